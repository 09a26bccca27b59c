package statement

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/emulator/internal/compute"
	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/warehouse"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engineFunc is an engine made of a function.
type engineFunc func(ctx context.Context, r warehouse.Request, sink warehouse.Sink) error

func (f engineFunc) Execute(ctx context.Context, r warehouse.Request, sink warehouse.Sink) error {
	return f(ctx, r, sink)
}

// rows is an engine that answers with n rows of one column.
func rows(n int, cell string) engineFunc {
	return func(_ context.Context, _ warehouse.Request, sink warehouse.Sink) error {
		if err := sink.Columns([]warehouse.Column{{Name: "a", Type: &dialect.Type{Name: dialect.StringType}}}); err != nil {
			return err
		}
		for range n {
			if err := sink.Row([]any{cell}); err != nil {
				return err
			}
		}
		return nil
	}
}

// forever is an engine that runs until it is cancelled.
func forever(ctx context.Context, _ warehouse.Request, _ warehouse.Sink) error {
	<-ctx.Done()
	return ctx.Err()
}

func registry(t *testing.T, engine Engine) *Registry {
	t.Helper()
	r, err := NewRegistry(engine, compute.New(0), filepath.Join(t.TempDir(), "results"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func request(owner string) Request {
	return Request{Request: warehouse.Request{Statement: "SELECT", Principal: principal.Principal{UserName: owner}}, Format: JSONArray}
}

func submit(t *testing.T, r *Registry, owner string) *Statement {
	t.Helper()
	s, err := r.Submit(request(owner))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ended(t *testing.T, s *Statement) Status {
	t.Helper()
	if !s.Wait(t.Context(), 10*time.Second) {
		t.Fatal("the statement does not end")
	}
	return s.Status()
}

func TestStatesOfAStatement(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engine engineFunc
		want   State
		class  string
	}{
		"rows":              {rows(2, "x"), Succeeded, ""},
		"error of the user": {func(context.Context, warehouse.Request, warehouse.Sink) error { return dialect.Unsupported("x") }, Failed, "UNSUPPORTED_FEATURE"},
		"error of ours":     {func(context.Context, warehouse.Request, warehouse.Sink) error { return io.ErrUnexpectedEOF }, Failed, "INTERNAL_ERROR"},
		"panic of a driver": {func(context.Context, warehouse.Request, warehouse.Sink) error { panic("boom") }, Failed, "INTERNAL_ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := ended(t, submit(t, registry(t, c.engine), "o"))
			class := ""
			if status.Err != nil {
				class = status.Err.Class
			}
			if status.State != c.want || class != c.class {
				t.Errorf("%s %s, want %s %s", status.State, class, c.want, c.class)
			}
		})
	}
}

func TestCancelEndsWhatRunsAndWhatWaits(t *testing.T) {
	t.Parallel()
	r := registry(t, engineFunc(forever))
	var all []*Statement
	for range maxRunning + 3 {
		all = append(all, submit(t, r, "o"))
	}
	pending := 0
	for _, s := range all {
		if s.Status().State == Pending {
			pending++
		}
	}
	if pending < 3 {
		t.Errorf("%d statements are pending, want at least 3", pending)
	}
	for _, s := range all {
		s.Cancel()
	}
	for _, s := range all {
		if status := ended(t, s); status.State != Canceled {
			t.Errorf("state %s", status.State)
		}
		s.Cancel() // once more is no error
	}
}

func TestClosingEndsEverything(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "results")
	r, err := NewRegistry(engineFunc(forever), compute.New(0), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := submit(t, r, "o")
	for range 2 {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if status := s.Status(); status.State == Running || status.State == Pending {
		t.Errorf("state %s after closing", status.State)
	}
	if _, err := r.Submit(request("o")); !errors.Is(err, ErrTooMany) {
		t.Errorf("submit after closing: %v", err)
	}
}

func TestLargeChunksGoToDiskAndAway(t *testing.T) {
	t.Parallel()
	r := registry(t, rows(5000, strings.Repeat("x", 1000)))
	now := time.Now()
	r.now = func() time.Time { return now }
	s := submit(t, r, "o")
	status := ended(t, s)
	if len(status.Chunks) != 3 || status.Rows != 5000 {
		t.Fatalf("%d chunks, %d rows", len(status.Chunks), status.Rows)
	}
	files, err := os.ReadDir(filepath.Join(r.dir, s.ID))
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files, error %v", len(files), err)
	}
	for i, c := range status.Chunks {
		reader, _, err := s.Open(i)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, reader)
		if err := errors.Join(err, reader.Close()); err != nil || n != c.ByteCount {
			t.Errorf("chunk %d: %d bytes of %d, error %v", i, n, c.ByteCount, err)
		}
	}
	now = now.Add(resultLife + time.Second)
	r.sweep()
	if got := s.Status().State; got != Closed {
		t.Errorf("state %s after the result's life", got)
	}
	if _, _, err := s.Open(0); !errors.Is(err, ErrNoChunk) {
		t.Errorf("open after the result's life: %v", err)
	}
	if _, err := os.Stat(filepath.Join(r.dir, s.ID)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the files are still there: %v", err)
	}
	now = now.Add(statusLife)
	r.sweep()
	if _, ok := r.Find(s.ID, "o"); ok {
		t.Error("the statement is remembered for ever")
	}
}

func TestRegistryIsBounded(t *testing.T) {
	t.Parallel()
	r := registry(t, rows(1, "x"))
	first := submit(t, r, "o")
	ended(t, first)
	for range maxStatements {
		ended(t, submit(t, r, "o"))
	}
	if len(r.byID) > maxStatements {
		t.Errorf("%d statements are remembered", len(r.byID))
	}
	if _, ok := r.Find(first.ID, "o"); ok {
		t.Error("the oldest statement was not the one to go")
	}
}

func TestOwnersSeeTheirOwn(t *testing.T) {
	t.Parallel()
	r := registry(t, rows(1, "x"))
	s := submit(t, r, "o")
	if _, ok := r.Find(s.ID, "p"); ok {
		t.Error("p sees a statement of o")
	}
	if found, ok := r.Find(s.ID, "o"); !ok || found != s {
		t.Error("o does not see their own statement")
	}
	ended(t, s)
}
