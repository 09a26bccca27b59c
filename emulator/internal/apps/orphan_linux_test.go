package apps_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
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
