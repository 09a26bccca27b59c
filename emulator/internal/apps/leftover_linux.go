package apps

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// killLeftovers ends the processes that run in a folder or below: what an app started and did
// not end, in groups of their own.
func killLeftovers(folder string) {
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return // it is gone, and nothing runs there
	}
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return
	}
	for _, link := range links {
		dir, err := os.Readlink(link)
		if err != nil { // another's, or it has ended
			continue
		}
		dir = strings.TrimSuffix(dir, " (deleted)")
		if dir != folder && !strings.HasPrefix(dir, folder+"/") {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil && pid != os.Getpid() {
			// An error means that it has ended.
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
