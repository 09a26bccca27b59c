package wire

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func peerPID(fd int) (int, error) {
	pid, err := unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	if err != nil {
		return 0, os.NewSyscallError("getsockopt LOCAL_PEERPID", err)
	}
	return pid, nil
}

// Pair returns a connected pair of sockets: the host's end as a connection, the plugin's as the file to inherit. Both
// are close-on-exec: only the process that is given the file gets it.
func Pair() (host net.Conn, plugin *os.File, err error) {
	syscall.ForkLock.RLock() // no fork between making the sockets and marking them
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return pairOf(fds)
}
