package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/serve"
	"corbel.example/sdk/wire"
)

// TestMain runs this program as a plugin when the host that is under test has started it.
func TestMain(m *testing.M) {
	if os.Getenv(wire.Handshake.MagicCookieKey) == wire.Handshake.MagicCookieValue {
		serve.Main(probe{})
		return
	}
	if os.Getenv(hostVariable) != "" {
		main()
		return
	}
	// A dependency of the Databricks SDK starts it when it is imported.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// hostVariable makes this program the host itself, in a process that can get signals.
const hostVariable = "CORBEL_TEST_RUN_AS_HOST"

// probe is a plugin with a secret.
type probe struct{}

func (probe) Manifest() plugin.Manifest {
	return plugin.Manifest{
		Name: "probe", Version: "1.2.3",
		Routes:   append([]plugin.Route{{Method: http.MethodGet, Pattern: "/api/probe/{name}", Timeout: 2 * time.Second}}, probeCommandRoutes...),
		Commands: probeCommands, NeedsAccessToken: true,
		ConfigSchema: json.RawMessage(`{"type":"object","required":["place"],"properties":{
			"place":{"type":"string","env":"PROBE_PLACE"},"key":{"type":"string","x-secret":true}}}`),
		Resources: []plugin.Resource{{Kind: "sql_warehouse", Key: "probe-warehouse", Permission: "CAN_USE", Env: "PROBE_WAREHOUSE"}},
	}
}

func (probe) Configure(context.Context, plugin.Settings) plugin.Diagnostics { return nil }

func (probe) Handler() http.Handler {
	mux := http.NewServeMux()
	handleProbeCommands(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s probed", strings.TrimPrefix(r.URL.Path, "/api/probe/"))
	})
	return mux
}

// output is what a command has written so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// program is one run of the command line.
type program struct {
	stdout, stderr output
	dir            string
}

// newProgram writes a configuration with one plugin.
func newProgram(t *testing.T, configuration ...string) *program {
	t.Helper()
	p := &program{dir: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content := "plugins:\n  probe:\n    path: " + self + "\n    required: true\n" + strings.Join(configuration, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(p.dir, "corbel.yaml"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// run executes a command, within a bound that no command should need.
func (p *program) run(ctx context.Context, environ []string, args ...string) int {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return run(ctx, process{args: append(args, "--config-dir", p.dir), environ: environ, stdout: &p.stdout, stderr: &p.stderr})
}

const place = "    config: {place: here, key: hunter2}"

func TestServe(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	code := make(chan int, 1)
	go func() { code <- p.run(ctx, nil, "serve", "--port", "0") }()
	url := p.awaitReady(t)
	for path, want := range map[string]string{
		"/api/probe/world": "world probed",
		"/healthz":         `{"status":"ok"}`,
		"/readyz":          `"status":"ready"`,
		"/api/user/me":     `"userName":"ada@example.com"`,
	} {
		if got := get(t, url+path); !strings.Contains(got, want) {
			t.Errorf("%s answers %s", path, got)
		}
	}
	interrupt()
	select {
	case got := <-code:
		if got != 0 {
			t.Errorf("exit code %d: %s", got, &p.stderr)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not stop")
	}
	if strings.Contains(p.stdout.String(), "hunter2") {
		t.Errorf("log holds the secret: %s", &p.stdout)
	}
}

// awaitReady returns the address that the log tells.
func (p *program) awaitReady(t *testing.T) string {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(5 * time.Millisecond) {
		for line := range strings.Lines(p.stdout.String()) {
			var got struct{ Message, URL string }
			if json.Unmarshal([]byte(line), &got) == nil && got.Message == "host ready" {
				return got.URL
			}
		}
	}
	t.Fatalf("it is not ready: %s%s", &p.stdout, &p.stderr)
	return ""
}

// await waits until the log has a text.
func (p *program) await(t *testing.T, text string) {
	t.Helper()
	awaitText(t, &p.stdout, text)
}

// awaitText waits until a text was written.
func awaitText(t *testing.T, o *output, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		if strings.Contains(o.String(), text) {
			return
		}
	}
	t.Fatalf("there is no %s: %s", text, o)
}

func get(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-Email", "ada@example.com")
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // after the subtests, which run when this function has returned
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		configuration []string
		args          []string
		want          string
	}{
		"a port that is taken":   {[]string{place}, []string{"--port", port}, "choose another server.port"},
		"to trust nobody":        {[]string{place}, []string{"--host", "0.0.0.0", "--port", "0"}, "server.trusted_proxies"},
		"a key that it lacks":    {[]string{"sever: {}"}, nil, "corbel.yaml:5: unknown key sever"},
		"a workspace by http":    {[]string{"databricks: {host: 'http://workspace.example'}"}, []string{"--port", "0"}, "workspace"},
		"a flag that it lacks":   {[]string{place}, []string{"--prot", "1"}, "--prot"},
		"an argument that it is": {[]string{place}, []string{"now"}, "now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, test.configuration...)
			if code := p.run(t.Context(), nil, append([]string{"serve"}, test.args...)...); code != 1 {
				t.Errorf("exit code %d", code)
			}
			if !strings.Contains(p.stderr.String(), test.want) {
				t.Errorf("it says %s", &p.stderr)
			}
		})
	}
}

func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place)
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	if code := p.run(ctx, nil, "serve", "--port", "0"); code != 0 {
		t.Errorf("exit code %d: %s", code, &p.stderr)
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		signals []os.Signal
		want    int
	}{
		"one lets requests finish": {[]os.Signal{syscall.SIGTERM}, 0},
		"a second ends at once":    {[]os.Signal{os.Interrupt, syscall.SIGTERM}, exitInterrupted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, place)
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			host := exec.CommandContext(t.Context(), self, "serve", "--port", "0", "--config-dir", p.dir)
			host.Env = []string{hostVariable + "=yes"}
			host.Stdout, host.Stderr = &p.stdout, &p.stderr
			host.WaitDelay = time.Second
			if err := host.Start(); err != nil {
				t.Fatal(err)
			}
			address := strings.TrimPrefix(p.awaitReady(t), "http://")
			// A body that never comes keeps the first signal from ending the host at once.
			var d net.Dialer
			conn, err := d.DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			p.await(t, `"route":"/healthz"`)
			for _, s := range test.signals {
				if err := host.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				p.await(t, "host stops")
			}
			if test.want == 0 {
				if _, err := io.WriteString(conn, "x"); err != nil {
					t.Fatal(err)
				}
			}
			begun := time.Now()
			_ = host.Wait() // the exit code says it all
			if got := host.ProcessState.ExitCode(); got != test.want || time.Since(begun) > 5*time.Second {
				t.Errorf("exit code %d after %s: %s%s", got, time.Since(begun), &p.stdout, &p.stderr)
			}
		})
	}
}

func TestConfigShow(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place)
	if code := p.run(t.Context(), []string{"LOG_LEVEL=debug", "PROBE_PLACE=there"}, "config", "show", "--port", "7"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &p.stderr)
	}
	shown := map[string]string{}
	for line := range strings.Lines(p.stdout.String()) {
		key, rest, _ := strings.Cut(line, " ")
		shown[key] = strings.Join(strings.Fields(rest), " ")
	}
	for key, want := range map[string]string{
		"server.port":                "7 flag --port",
		"log.level":                  "debug environment LOG_LEVEL",
		"plugins.probe.required":     "true " + p.dir + "/corbel.yaml:4",
		"plugins.probe.config.place": `"there" environment PROBE_PLACE`,
		"plugins.probe.config.key":   "*** " + p.dir + "/corbel.yaml:5",
	} {
		if shown[key] != want {
			t.Errorf("%s is shown as %q, want %q", key, shown[key], want)
		}
	}
}

func TestConfigShowMasksWhatItCannotJudge(t *testing.T) {
	t.Parallel()
	p := newProgram(t, place, "  gone: {path: /nowhere/gone, config: {password: hunter2}}")
	if code := p.run(t.Context(), nil, "config", "show"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &p.stderr)
	}
	if strings.Contains(p.stdout.String(), "hunter2") || !strings.Contains(p.stderr.String(), "plugin gone cannot be asked what is secret") {
		t.Errorf("it shows %s%s", &p.stdout, &p.stderr)
	}
}

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	good := newProgram(t, place)
	if code := good.run(t.Context(), nil, "config", "check"); code != 0 || !strings.Contains(good.stdout.String(), "that of 1 plugins included") {
		t.Errorf("exit code %d: %s%s", code, &good.stdout, &good.stderr)
	}
	bad := newProgram(t, "    config: {plaec: here}", "  gone: {path: /nowhere/gone}", "  idle: {path: /nowhere/idle, enabled: false}")
	if code := bad.run(t.Context(), nil, "config", "check"); code != 1 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{
		"corbel.yaml:5: unknown key plugins.probe.config.plaec: did you mean plugins.probe.config.place?",
		"plugins.probe.config.place is required", "PROBE_PLACE",
		"plugin gone cannot be described: find: /nowhere/gone does not exist",
	} {
		if !strings.Contains(bad.stderr.String(), want) {
			t.Errorf("it does not say %q: %s", want, &bad.stderr)
		}
	}
	if strings.Contains(bad.stderr.String(), "idle") {
		t.Errorf("it checks a plugin that is not enabled: %s", &bad.stderr)
	}
}

func TestPluginsDescribe(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	if code := p.run(t.Context(), nil, "plugins", "describe", "probe"); code != 0 {
		t.Fatalf("exit code %d: %s", code, &p.stderr)
	}
	var got manifestView
	if err := json.Unmarshal([]byte(p.stdout.String()), &got); err != nil {
		t.Fatalf("%v: %s", err, &p.stdout)
	}
	if got.Name != "probe" || got.Version != "1.2.3" || len(got.Routes) != 1+len(probeCommandRoutes) || len(got.Commands) != len(probeCommands) || got.Routes[0].Timeout != "2s" || got.Routes[0].Auth != "signed in" || got.ConfigSchema == nil {
		t.Errorf("manifest is %+v", got)
	}

	// The same program by its path, without a configuration that knows it.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "probe")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	byPath := &program{dir: t.TempDir()}
	if code := byPath.run(t.Context(), nil, "plugins", "describe", path); code != 0 || byPath.stdout.String() != p.stdout.String() {
		t.Errorf("exit code %d: %s%s", code, &byPath.stdout, &byPath.stderr)
	}
	absent := newProgram(t)
	if code := absent.run(t.Context(), nil, "plugins", "describe", "nobody"); code != 1 || !strings.Contains(absent.stderr.String(), "describe nobody: find: ") {
		t.Errorf("exit code %d: %s", code, &absent.stderr)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	if code := p.run(t.Context(), nil, "version"); code != 0 || !strings.HasPrefix(p.stdout.String(), "corbel ") || !strings.Contains(p.stdout.String(), "plugin contract 1.") {
		t.Errorf("exit code %d: %s", code, &p.stdout)
	}
}

// nothing is a backend that is never asked.
type nothing struct{ name string }

func (n nothing) Name() string { return n.name }
func (n nothing) Forward(http.ResponseWriter, *http.Request, wire.Exchange) error {
	return nil
}

func TestPluginsThatClaimOnePath(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	table := mount.NewTable(nil)
	m := newMounts(table, slog.New(slog.NewTextHandler(&log, nil)))
	mounted := func(name string) mount.Mounted {
		return mount.Mounted{State: mount.Ready, Backend: nothing{name}, Manifest: plugin.Manifest{
			Name: name, Version: "1.0.0", Routes: []plugin.Route{{Pattern: "/api/" + name + "/x"}, {Pattern: "/shared"}},
		}}
	}
	statuses := func() []supervisor.Status {
		return m.statuses([]supervisor.Status{
			{Name: "first", State: supervisor.Ready},
			{Name: "second", State: supervisor.Ready},
			{Name: "third", State: supervisor.Failed, Message: "find: /opt/plugins/third does not exist"},
		}, "/opt/plugins/")
	}
	for range 3 {
		m.change([]mount.Mounted{mounted("first"), mounted("second")})
	}
	got := statuses()
	if got[0].State != supervisor.Ready || got[1].State != conflictState || !strings.Contains(got[1].Message, "first") {
		t.Errorf("states are %+v", got)
	}
	if got[2].Message != "find: third does not exist" {
		t.Errorf("message is %q", got[2].Message)
	}
	if n := strings.Count(log.String(), "plugin is not mounted"); n != 1 {
		t.Errorf("reported %d times: %s", n, log.String())
	}
	m.change([]mount.Mounted{mounted("second")})
	if got := statuses(); got[1].State != supervisor.Ready {
		t.Errorf("state is %+v", got[1])
	}
}
