package postgres

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// systemSettings make recovery fast: one call writes to disk what is left to be written, not one
// for each file.
const systemSettings = "recovery_init_sync_method = 'syncfs'\n"

// dieWithUs has the kernel shut the server down in good order when the thread that started
// it dies.
func dieWithUs(attr *syscall.SysProcAttr) *syscall.SysProcAttr {
	attr.Pdeathsig = syscall.SIGINT
	return attr
}

// leftovers returns the processes that run in the data folder, as the server and all its
// children do.
func (c *cluster) leftovers() ([]int, error) {
	data, err := filepath.EvalSymlinks(c.data())
	if err != nil {
		return nil, err
	}
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, link := range links {
		process := filepath.Dir(link)
		if target, err := os.Readlink(link); err != nil || target != data {
			continue // another's, or it has ended
		}
		// Somebody's shell may be there, too. A program that was updated meanwhile is "deleted".
		program, err := os.Readlink(filepath.Join(process, "exe"))
		if err != nil || strings.TrimSuffix(filepath.Base(program), " (deleted)") != "postgres" {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(process)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
