package supervisor

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes: a process group of its own, and death with the host even when the host is killed.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// reap waits for the end of the process and takes its exit status. What it left behind is killed before, as long as the
// process's pid cannot be anybody else's.
func (p *process) reap() error {
	for {
		err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break // any other error: Wait meets it too and reports it
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killGroup()
	p.killable = false
	return p.cmd.Wait()
}

// lowestExecFD is above every descriptor that starting a process moves about in the child.
const lowestExecFD = 64

// execPath returns a path that executes the verified file itself, and the file to hold until the process runs.
// The path is opened by the child, where the descriptor is still open at that moment.
func (e *executable) execPath() (path string, hold *os.File, err error) {
	if e.file == nil {
		return e.path, nil, nil
	}
	fd, err := unix.FcntlInt(e.file.Fd(), unix.F_DUPFD_CLOEXEC, lowestExecFD)
	if err != nil {
		return "", nil, fmt.Errorf("duplicate descriptor of %s: %w", e.path, err)
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), os.NewFile(uintptr(fd), e.path), nil
}
