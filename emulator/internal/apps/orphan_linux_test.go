package apps_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/apps/appstest"
)

// gone reports whether a process has ended; one that nobody has reaped yet has.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	_, state, ok := bytes.Cut(stat, []byte(") "))
	return err != nil || ok && (state[0] == 'Z' || state[0] == 'X')
}

func TestWhatAnAppStartsEndsWithIt(t *testing.T) {
	t.Parallel()
	g := open(t, t.TempDir(), nil)
	g.create(apps.Settings{})
	g.run(order(appstest.LeavesAChild))
	_, after, _ := strings.Cut(g.log(), "APP child ")
	line, _, _ := strings.Cut(after, "\n")
	child, err := strconv.Atoi(line)
	if err != nil || gone(child) {
		t.Fatalf("no living child in %q: %v", line, err)
	}
	_, err = g.Stop("shop")
	must(t, err)
	g.eventually("the child's end", func() bool { return gone(child) })
}

func TestWhatAKilledWorkspaceLeftIsEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	g := open(t, dir, nil)
	g.create(apps.Settings{})
	g.run(order(appstest.Serves))
	folder := filepath.Dir(g.look("/").Dir)
	g.close()
	must(t, os.MkdirAll(folder, 0o700))
	left := exec.CommandContext(t.Context(), "sleep", "300")
	left.Dir = folder
	must(t, left.Start())
	g = open(t, dir, nil)
	var status *exec.ExitError
	if err := left.Wait(); !errors.As(err, &status) || status.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Errorf("what was left ended by itself: %v", err)
	}
	if seen := g.look("/"); filepath.Dir(seen.Dir) == folder {
		t.Errorf("the app runs in the old folder %s", folder)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old folder is left: %v", err)
	}
}
