package wire

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func peerPID(fd int) (int, error) {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, os.NewSyscallError("getsockopt SO_PEERCRED", err)
	}
	return int(cred.Pid), nil
}

// Pair returns a connected pair of sockets: the host's end as a connection, the plugin's as the file to inherit. Both
// are close-on-exec: only the process that is given the file gets it.
func Pair() (host net.Conn, plugin *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return pairOf(fds)
}
