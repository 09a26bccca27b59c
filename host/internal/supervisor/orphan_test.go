package supervisor

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"corbel.example/sdk/plugin"
)

// hostVariable makes the test binary a host of the plugins whose paths it lists.
const hostVariable = "CORBEL_TEST_HOST"

// runHost starts the plugins, prints their process ids and waits to be killed.
func runHost() {
	var specs []Spec
	for _, path := range strings.Split(os.Getenv(hostVariable), ":") {
		specs = append(specs, Spec{Name: filepath.Base(path), Path: path})
	}
	s := New(Params{
		Plugins: specs, Settings: Settings{StartWait: patience}, Log: slog.NewTextHandler(os.Stderr, nil),
		Resolve: func(string, json.RawMessage) (json.RawMessage, plugin.Diagnostics) { return nil, nil },
	})
	if err := s.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	stdout := os.NewFile(1, "stdout") // package serve, which this binary is built with, has taken os.Stdout
	for _, status := range s.Plugins() {
		fmt.Fprintln(stdout, status.PID)
	}
	fmt.Fprintln(stdout, "sockets", s.sockets.path)
	select {}
}

func TestOrphans(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{
		faultyPlugin(t, "good", "one").Path, faultyPlugin(t, "ignores-term", "two").Path, faultyPlugin(t, "good", "three").Path,
	}
	host := exec.CommandContext(t.Context(), self)
	host.Env = append(os.Environ(), hostVariable+"="+strings.Join(paths, ":"))
	stdout, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = host.Process.Kill() }) // it may be dead already
	var pids []int
	var sockets string
	for lines := bufio.NewScanner(stdout); sockets == "" && lines.Scan(); {
		if path, ok := strings.CutPrefix(lines.Text(), "sockets "); ok {
			sockets = path
		} else if pid, err := strconv.Atoi(lines.Text()); err == nil && pid > 0 {
			pids = append(pids, pid)
		}
	}
	if len(pids) != len(paths) {
		t.Fatalf("the host started %d plugins, want %d", len(pids), len(paths))
	}

	killed := time.Now()
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stdout)
	_ = host.Wait()
	for _, pid := range pids {
		for alive(pid) {
			if time.Since(killed) > time.Second {
				t.Fatalf("plugin %d lives 1 s after its host was killed", pid)
			}
			<-time.After(time.Millisecond) // nobody tells of the end of another's child
		}
	}
	t.Logf("plugins gone %s after SIGKILL of the host", time.Since(killed).Round(time.Millisecond))

	old := time.Now().Add(-2 * staleAge)
	if err := os.Chtimes(sockets, old, old); err != nil {
		t.Fatal(err)
	}
	removeStale(filepath.Dir(sockets))
	if _, err := os.Stat(sockets); !os.IsNotExist(err) {
		t.Errorf("the killed host's folder is still there: %v", err)
	}
}

// alive says whether a process runs; one that is dead and not reaped does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return !os.IsNotExist(err)
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}
