package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// TestMain runs the tests or, when the supervisor has started this binary, a plugin; or, for TestOrphans, a host.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(wire.Handshake.MagicCookieKey) != "":
		runFaulty()
	case os.Getenv(hostVariable) != "":
		runHost()
	default:
		goleak.VerifyTestMain(m)
	}
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// testHost is a supervisor with what it told.
type testHost struct {
	*Supervisor
	logs *logRecorder

	mu      sync.Mutex
	mounted []mount.Mounted
	news    chan struct{} // closed at the next change
	ended   []Exchange
}

// logRecorder is the host's log: JSON lines in memory, the last ones only.
type logRecorder struct {
	mu    sync.Mutex
	lines []string
	total int
	news  chan struct{}
}

const maxRecorded = 20_000

func (l *logRecorder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	if len(l.lines) < maxRecorded {
		l.lines = append(l.lines, string(p))
	}
	close(l.news)
	l.news = make(chan struct{})
	return len(p), nil
}

// wait returns the first line that has all the parts.
func (l *logRecorder) wait(t testing.TB, parts ...string) string {
	t.Helper()
	timeout := time.After(patience)
	for {
		l.mu.Lock()
		i := slices.IndexFunc(l.lines, func(line string) bool {
			return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(line, part) })
		})
		news := l.news
		if i >= 0 {
			defer l.mu.Unlock()
			return l.lines[i]
		}
		l.mu.Unlock()
		select {
		case <-news:
		case <-timeout:
			t.Fatalf("no log line with %q within %s; the log:\n%s", parts, patience, l.text())
		}
	}
}

func (l *logRecorder) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, line := range l.lines[max(0, len(l.lines)-30):] {
		b.WriteString(line[:min(len(line), 300)])
	}
	return b.String()
}

// fastSettings are the bounds of tests: short where a test waits for them to pass.
func fastSettings() Settings {
	return Settings{
		Describe: 3 * time.Second, Configure: 3 * time.Second,
		Drain: 2 * time.Second, Kill: 5 * time.Second, StartWait: patience,
		RestartWait: 20 * time.Millisecond, RestartWaitMax: 200 * time.Millisecond,
	}
}

// newHost makes a supervisor of the plugins and stops it with the test.
func newHost(t testing.TB, settings Settings, specs ...Spec) *testHost {
	t.Helper()
	h := &testHost{news: make(chan struct{}), logs: &logRecorder{news: make(chan struct{})}}
	h.Supervisor = New(Params{
		Plugins: specs,
		Resolve: func(name string, _ json.RawMessage) (json.RawMessage, plugin.Diagnostics) {
			if name == "unconfigured" {
				return nil, plugin.Diagnostics{{Severity: plugin.Error, Summary: "unknown key", Path: "colour", Detail: "did you mean color?"}}
			}
			return json.RawMessage(`{"for":"` + name + `"}`), nil
		},
		Log:      slog.NewJSONHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug}),
		Settings: settings,
		OnExchange: func(x Exchange) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.ended = append(h.ended, x)
		},
		OnChange: func(mounted []mount.Mounted) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.mounted = mounted
			close(h.news)
			h.news = make(chan struct{})
		},
	})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := h.Stop(ctx); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	return h
}

// startHost makes a supervisor and starts it.
func startHost(t testing.TB, settings Settings, specs ...Spec) *testHost {
	t.Helper()
	h := newHost(t, settings, specs...)
	if err := h.Start(t.Context()); err != nil {
		t.Fatalf("Start: %v", err)
	}
	return h
}

// faultyPlugin returns the spec of a plugin of that name that misbehaves in that way.
func faultyPlugin(t testing.TB, mode, name string) Spec {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), mode)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return Spec{Name: name, Path: path}
}

// wait returns the plugin's status as soon as it fulfils the condition.
func (h *testHost) wait(t testing.TB, name string, ok func(Status) bool) Status {
	t.Helper()
	timeout := time.After(patience)
	for {
		h.mu.Lock()
		news := h.news
		h.mu.Unlock()
		for _, s := range h.Plugins() {
			if s.Name == name && ok(s) {
				return s
			}
		}
		select {
		case <-news:
		case <-timeout:
			t.Fatalf("plugin %q did not get there within %s: %+v\n%s", name, patience, h.Plugins(), h.logs.text())
		}
	}
}

func (h *testHost) waitState(t testing.TB, name string, state State) Status {
	t.Helper()
	return h.wait(t, name, func(s Status) bool { return s.State == state })
}

// get performs a GET on a plugin's public route.
func (h *testHost) get(t testing.TB, name, path string) (*httptest.ResponseRecorder, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/"+name+"/public/"+path, http.NoBody)
	w := httptest.NewRecorder()
	return w, h.Plugin(name).Forward(w, r, wire.Exchange{RequestID: "r-1"})
}

// serves fails the test unless the plugin answers, and returns its process id.
func (h *testHost) serves(t testing.TB, name string) int {
	t.Helper()
	w, err := h.get(t, name, "pid")
	if err != nil {
		t.Fatalf("plugin %q: %v\n%s", name, err, h.logs.text())
	}
	pid, err := strconv.Atoi(w.Body.String())
	if err != nil {
		t.Fatalf("plugin %q answered %d %q", name, w.Code, w.Body)
	}
	return pid
}

func errorAs[T error](t testing.TB, err error) T {
	t.Helper()
	var target T
	if !errors.As(err, &target) {
		t.Fatalf("error is %T (%v), want %T", err, err, target)
	}
	return target
}
