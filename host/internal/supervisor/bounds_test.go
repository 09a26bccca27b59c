package supervisor

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		ready []time.Duration // how long each process was ready
		want  []int           // the waits in milliseconds, without their jitter
		loop  bool
	}{
		{"the first death", []time.Duration{time.Second}, []int{0}, false},
		{"deaths of young processes", []time.Duration{1, 1, 1, 1, 1}, []int{0, 100, 200, 400, 500}, true},
		{"starts that fail", []time.Duration{0, 0, 0, 0}, []int{100, 200, 400, 500}, true},
		{"a stable process between", []time.Duration{1, 1, 1, time.Hour, 1}, []int{0, 100, 200, 0, 100}, false},
		{"a death and a start that fails", []time.Duration{1, 0, 0}, []int{0, 200, 400}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := backoff{first: 100 * time.Millisecond, longest: 500 * time.Millisecond, stable: time.Minute}
			for i, ready := range test.ready {
				want := time.Duration(test.want[i]) * time.Millisecond
				got := b.next(ready)
				if low := time.Duration(float64(want) * (1 - jitter)); got < low || got > min(b.longest, want*12/10) {
					t.Errorf("wait %d is %s, want about %s", i+1, got, want)
				}
			}
			if b.crashLoop() != test.loop {
				t.Errorf("crash loop: %v", !test.loop)
			}
		})
	}
	b := backoff{first: time.Hour, longest: 30 * time.Second, stable: time.Minute}
	for range 100 {
		if wait := b.next(1); wait > b.longest {
			t.Fatalf("wait of %s", wait)
		}
	}
}

func TestBulkhead(t *testing.T) {
	t.Parallel()
	const limit, users, rounds = 4, 16, 500
	b := newBulkhead(limit)
	var inside, most atomic.Int64
	var all sync.WaitGroup
	for range users {
		all.Go(func() {
			for range rounds {
				if !b.tryEnter() {
					if ok, err := b.enter(t.Context(), patience); !ok || err != nil {
						t.Errorf("a place that comes free is not found: %v", err)
						return
					}
				}
				if n := inside.Add(1); n > most.Load() {
					most.Store(n)
				}
				inside.Add(-1)
				b.leave()
			}
		})
	}
	all.Wait()
	if most.Load() > limit || b.used.Load() != 0 || b.waiting.Load() != 0 {
		t.Errorf("%d at once, %d left, %d waiting", most.Load(), b.used.Load(), b.waiting.Load())
	}
}

func TestBulkheadAllocatesNothing(t *testing.T) {
	b := newBulkhead(1)
	if allocs := testing.AllocsPerRun(100, func() { b.tryEnter(); b.leave() }); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestBulkheadThatIsFull(t *testing.T) {
	t.Parallel()
	b := newBulkhead(1)
	if !b.tryEnter() || b.tryEnter() {
		t.Fatal("one place, not none and not two")
	}
	if ok, err := b.enter(t.Context(), time.Millisecond); ok || err != nil {
		t.Errorf("enter: %v, %v", ok, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if ok, err := b.enter(ctx, patience); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("enter with an ended context: %v, %v", ok, err)
	}
	b.leave()
	if !b.tryEnter() {
		t.Error("the place is lost")
	}
}

func TestStaleFolders(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	old := time.Now().Add(-2 * staleAge)
	folder := func(name string, at time.Time) string {
		path := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Join(path, "plugin-dir1"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		return path
	}
	stale, young := folder(socketDirPrefix+"1", old), folder(socketDirPrefix+"2", time.Now())
	used, foreign := folder(socketDirPrefix+"3", old), folder("other-1", old)
	namesake := folder(socketDirPrefix+"2026", old)
	if err := os.WriteFile(filepath.Join(namesake, "plugin-dir1", "thesis.txt"), []byte("dear to somebody"), 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := lockDir(used)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	removeStale(base)
	for path, want := range map[string]bool{stale: false, young: true, used: true, foreign: true, namesake: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", filepath.Base(path), !want, want)
		}
	}
}

func TestGrants(t *testing.T) {
	t.Setenv("CORBEL_TEST_A", "a")
	t.Setenv("CORBEL_TEST_B", "b")
	t.Setenv("PLUGIN_MIN_PORT", "1")
	t.Setenv("COOKIE", "c")
	t.Setenv("PATH", os.Getenv("PATH"))
	got := grants([]string{"CORBEL_TEST_B", "CORBEL_TEST_A", "CORBEL_TEST_B", "CORBEL_TEST_NONE", "PLUGIN_MIN_PORT", "COOKIE", "PATH"}, "COOKIE")
	if strings.Join(got, " ") != "CORBEL_TEST_A CORBEL_TEST_B" {
		t.Errorf("granted: %q", got)
	}
}
