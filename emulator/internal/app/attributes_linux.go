package app

import "syscall"

// attributes puts the app into a process group of its own, so that Ctrl-C in a
// terminal reaches only us and we can stop things in order, and has the kernel
// kill it when the thread that started it dies.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
