package app_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
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

func waitGone(t *testing.T, pid int) {
	t.Helper()
	deadline, tick := time.After(waitLimit), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !gone(pid) {
		select {
		case <-deadline:
			t.Fatalf("process %d still runs", pid)
		case <-tick.C:
		}
	}
}

func childPID(t *testing.T, line string) int {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "child ")))
	if err != nil || gone(pid) {
		t.Fatalf("no living child in %q: %v", line, err)
	}
	return pid
}

func TestAppDiesWithUs(t *testing.T) {
	t.Parallel()
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = []string{behaviour + "=is a parent"}
	parent.Stderr = os.Stderr
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child := childPID(t, line)
	if err := parent.Process.Kill(); err != nil { // SIGKILL: it cannot clean up
		t.Fatal(err)
	}
	if err := parent.Wait(); err == nil {
		t.Error("the parent was not killed")
	}
	waitGone(t, child)
}

func TestWhatTheAppLeavesBehindIsKilled(t *testing.T) {
	t.Parallel()
	p, out := start(t, "leaves a child", nil)
	waitReady(t, p)
	child := childPID(t, out.String())
	p.Stop(t.Context())
	waitDone(t, p)
	waitGone(t, child)
}
