package e2e

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"corbel.example/e2e/stack"
)

// These tests start and kill processes and measure time: they do not run in parallel with others.

func TestSignalsStopEverything(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			s := start(t)
			if all, err := s.Processes(t.Context()); err != nil || len(all) < 3 {
				t.Fatalf("processes %v, %v: want the emulator, the host and a plugin", all, err)
			}
			if err := s.StopBy(t.Context(), sig); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKilledHostLeavesNoPlugin(t *testing.T) {
	s := start(t)
	host, err := s.Process(t.Context(), "corbel")
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := s.Process(t.Context(), "plugins/unitycatalog")
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Kill(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := stack.WaitGone(ctx, []stack.Process{host, plugin}); err != nil {
		t.Errorf("the host was killed: %v", err)
	}
	code, err := s.Wait(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	if code == 0 {
		t.Error("the host was killed, and the program ended with exit code 0")
	}
}

func TestKilledProgramLeavesNothing(t *testing.T) {
	s := start(t)
	all, err := s.Processes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Signal(os.Kill); err != nil {
		t.Fatal(err)
	}
	if err := stack.WaitGone(bounded(t), all); err != nil {
		t.Error(err)
	}
}

// TestKilledPluginServesAgain kills the plugin while clients read, and looks at what they notice: a read may wait for the
// new process, and must not be lost. Later deaths of a plugin that keeps dying wait longer, by design: one for each start.
func TestKilledPluginServesAgain(t *testing.T) {
	const maxPause = 300 * time.Millisecond
	for range 3 {
		s := start(t)
		v := signIn(t, s, ana)
		get(t, v, http.StatusOK, api+"/catalogs")

		ctx, stop := context.WithCancel(t.Context())
		readers := readAllTheWhile(ctx, t, v, api+"/catalogs")
		killPlugin(t, s)
		stop()
		served, longest := readers()
		t.Logf("killed once: %d reads, none lost, the longest took %v", served, longest.Round(time.Millisecond))
		if longest > maxPause {
			t.Errorf("the longest read took %v, over %v", longest, maxPause)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// readAllTheWhile reads a path with many clients until ctx ends. The function that it returns waits for them and says how
// many reads there were, and how long the longest took. A read that fails fails the test.
func readAllTheWhile(ctx context.Context, t *testing.T, v *stack.Visitor, path string) (wait func() (served int, longest time.Duration)) {
	t.Helper()
	const readers = 8
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		served  int
		longest time.Duration
	)
	for range readers {
		wg.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				a, err := v.Get(context.WithoutCancel(ctx), path)
				took := time.Since(began)
				mu.Lock()
				served++
				longest = max(longest, took)
				mu.Unlock()
				if err != nil || a.Status != http.StatusOK {
					t.Errorf("a read was lost: status %d, %v: %.300s", a.Status, err, a.Body)
					return
				}
			}
		})
	}
	return func() (int, time.Duration) {
		wg.Wait()
		return served, longest
	}
}

// killPlugin kills the plugin's process and waits for a new one that serves.
func killPlugin(t *testing.T, s *stack.Stack) {
	t.Helper()
	old, err := s.Process(bounded(t), "plugins/unitycatalog")
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := stack.WaitGone(bounded(t), []stack.Process{old}); err != nil {
		t.Fatal(err)
	}
	await(t, "the plugin is ready again", func() bool {
		p, err := s.Process(t.Context(), "plugins/unitycatalog")
		if err != nil || p.PID == old.PID {
			return false
		}
		a, err := s.Stranger().Get(t.Context(), "/readyz")
		return err == nil && a.Status == http.StatusOK
	})
}

// await waits until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(waitTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("not within %v: %s", waitTimeout, what)
		}
	}
}

func TestStateSurvivesARestart(t *testing.T) {
	state := t.TempDir()
	begin := func() *stack.Stack {
		s, err := stack.Start(t.Context(), programs, state)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Kill(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	first := begin()
	before, err := first.Env(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	v := signIn(t, first, ana)
	post(t, v, http.StatusOK, "/api/unitycatalog/query", `{"statement": "CREATE TABLE main.samples.kept AS SELECT 42 AS answer"}`)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	second := begin()
	after, err := second.Env(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	if before["DATABRICKS_TOKEN"] != after["DATABRICKS_TOKEN"] {
		t.Error("ana's token changed with the restart")
	}
	a := get(t, signIn(t, second, ana), http.StatusOK, "/api/unitycatalog/catalogs/main/schemas/samples/tables/kept/rows")
	if !strings.Contains(a.Body, "42") {
		t.Errorf("the table made before the restart has rows %s", a.Body)
	}
	if err := second.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTwoRunsOnOneStateFolderAreRefused(t *testing.T) {
	s := start(t)
	_, err := stack.Start(t.Context(), programs, s.StateDir)
	if err == nil {
		t.Fatal("a second run on the same state folder started")
	}
	if !strings.Contains(err.Error(), filepath.Base(s.StateDir)) {
		t.Errorf("the refusal does not name the folder: %v", err)
	}
}

// make hands signals on in different ways: see scripts/run.
func TestMakeRunStopsOnSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			makefile := "SHELL := /bin/bash\n" + filepath.Join(dir, "life") + ":\n\t@exec " + filepath.Join(programs.Root, "scripts/run") + " $@ sleep 60\n"
			if err := os.WriteFile(filepath.Join(dir, "Makefile"), []byte(makefile), 0o600); err != nil {
				t.Fatal(err)
			}
			life := filepath.Join(dir, "life")
			cmd := exec.CommandContext(t.Context(), "make", "-C", dir, life)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var server string
			await(t, "scripts/run has started the server", func() bool {
				text, err := os.ReadFile(life)
				server = strings.TrimSpace(string(text))
				return err == nil && server != ""
			})
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("make was interrupted and says that all is well")
			}
			if _, err := os.Stat(life); !os.IsNotExist(err) {
				t.Errorf("the file that says a server runs is still there: %v", err)
			}
			if err := exec.CommandContext(t.Context(), "kill", "-0", server).Run(); err == nil {
				t.Errorf("the server %s runs on", server)
			}
		})
	}
}
