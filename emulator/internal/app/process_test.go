package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"corbel.example/emulator/internal/app"
)

// waitLimit bounds every wait of these tests; none comes near it.
const waitLimit = 30 * time.Second

// output collects what an app writes, and remembers each write.
type output struct {
	mu     sync.Mutex
	buf    bytes.Buffer
	writes []string
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.writes = append(o.writes, string(p))
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// start runs this test binary as an app of the given behaviour.
func start(t *testing.T, b string, change func(*app.Config)) (*app.Process, *output) {
	t.Helper()
	out := &output{}
	c := app.Config{
		Command:     []string{os.Args[0], "--port", "$DATABRICKS_APP_PORT"},
		Environment: []string{behaviour + "=" + b},
		Stdout:      out, Stderr: out, Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	p, err := app.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(t.Context()) }) // its context is done by then: at once
	return p, out
}

func waitReady(t *testing.T, p *app.Process) {
	t.Helper()
	if err := p.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Ready():
	default:
		t.Fatal("WaitReady returned and Ready is not closed")
	}
}

func waitDone(t *testing.T, p *app.Process) {
	t.Helper()
	select {
	case <-p.Done():
	case <-time.After(waitLimit):
		t.Fatal("the app does not end")
	}
}

func TestAppListensWhereItIsToldAndSeesNothingElse(t *testing.T) {
	t.Parallel()
	p, _ := start(t, "serves", nil)
	waitReady(t, p)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL().String()+"/env", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSpace(string(body)), "\n")
	slices.Sort(got)
	port := p.URL().Port()
	want := []string{"CORBEL_SERVER_HOST=127.0.0.1", behaviour + "=serves", "DATABRICKS_APP_PORT=" + port, "args [--port " + port + "]"}
	if !slices.Equal(got, want) {
		t.Errorf("the app saw\n%q, want\n%q", got, want)
	}
}

func TestStopLetsTheAppFinish(t *testing.T) {
	t.Parallel()
	p, out := start(t, "serves", nil)
	waitReady(t, p)
	p.Stop(t.Context())
	waitDone(t, p)
	if got := out.String(); !strings.HasSuffix(got, "bye\n") {
		t.Errorf("output %q", got)
	}
	p.Stop(t.Context()) // again is fine
}

func TestStopKillsAnAppThatIgnoresIt(t *testing.T) {
	t.Parallel()
	p, _ := start(t, "ignores SIGTERM", func(c *app.Config) { c.StopTimeout = 50 * time.Millisecond })
	waitReady(t, p)
	p.Stop(t.Context())
	waitDone(t, p)
}

func TestStopDoesNotWaitWhenItMustBeAtOnce(t *testing.T) {
	t.Parallel()
	p, _ := start(t, "ignores SIGTERM", func(c *app.Config) { c.StopTimeout = time.Hour })
	waitReady(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p.Stop(ctx)
	waitDone(t, p)
}

func TestStopBeforeTheAppIsReady(t *testing.T) {
	t.Parallel()
	p, _ := start(t, "hangs", func(c *app.Config) { c.StopTimeout = time.Second })
	p.Stop(t.Context())
	waitDone(t, p)
}

func TestAppThatExitsIsReportedWithItsLastLines(t *testing.T) {
	t.Parallel()
	p, _ := start(t, "exits", nil)
	err := p.WaitReady(t.Context())
	if err == nil {
		t.Fatal("ready")
	}
	for _, want := range []string{"exit status 3", "reading configuration", "cannot open warehouse"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	p, _ = start(t, "exits silently", nil)
	waitDone(t, p)
	if err := p.Exit(); !strings.Contains(err.Error(), "exit status 0") || !strings.Contains(err.Error(), "wrote nothing") {
		t.Errorf("error %q", err)
	}
}

func TestAppThatNeverAnswers(t *testing.T) {
	t.Parallel()
	p, _ := start(t, "hangs", func(c *app.Config) { c.StartTimeout = 50 * time.Millisecond })
	if err := p.WaitReady(t.Context()); err == nil || !strings.Contains(err.Error(), "DATABRICKS_APP_PORT") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.WaitReady(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: error %v", err)
	}
}

func TestOutputPassesUnchangedInWholeLines(t *testing.T) {
	t.Parallel()
	p, out := start(t, "writes", nil)
	waitDone(t, p)
	got := strings.Replace(out.String(), "error line\n", "", 1)
	if want := "one\ntwo\n" + strings.Repeat("x", 200<<10) + "\nend\n"; got != want {
		t.Errorf("output of %d bytes %.40q...%.40q, want %d bytes", len(got), got, got[max(0, len(got)-40):], len(want))
	}
	for _, w := range out.writes {
		if !strings.HasSuffix(w, "\n") && len(w) < 64<<10 {
			t.Errorf("a write that is no whole line: %.40q", w)
		}
	}
}

func TestCommandsThatCannotRun(t *testing.T) {
	t.Parallel()
	for name, command := range map[string][]string{
		"none":           nil,
		"missing":        {"/nonexistent/corbel", "serve"},
		"not on PATH":    {"no-such-command-of-corbel"},
		"not executable": {t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := app.Start(app.Config{Command: command, Stdout: io.Discard, Stderr: io.Discard, Logger: slog.New(slog.DiscardHandler)})
			if err == nil || !strings.Contains(err.Error(), "command") {
				t.Errorf("error %v", err)
			}
		})
	}
}
