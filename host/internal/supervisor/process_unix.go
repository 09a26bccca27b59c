//go:build unix && !linux

package supervisor

import (
	"os"
	"syscall"
)

// attributes: a process group of its own. Where the host's death sends no signal, the plugin notices the end of the
// sockets that it inherited.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// reap waits for the end of the process, takes its exit status and kills what the process left behind.
func (p *process) reap() error {
	err := p.cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killable = false
	p.killGroup()
	return err
}

// execPath returns the path: the file cannot be executed by its descriptor here.
func (e *executable) execPath() (path string, hold *os.File, err error) {
	return e.path, nil, nil
}
