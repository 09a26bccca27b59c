package server_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/identity"
	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/page"
	"corbel.example/host/internal/server"
	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/user"
	"corbel.example/sdk/fault"
	sdkidentity "corbel.example/sdk/identity"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

func TestMain(m *testing.M) {
	// A dependency of the Databricks SDK starts it when it is imported.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// backend answers in process, as a plugin would behind the border.
type backend func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error

func (b backend) Name() string { return "hello" }

func (b backend) Forward(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	return b(w, r, x)
}

// pages is a composer that writes what it was asked for.
type pages struct {
	changed func(user string) // may be nil
}

func (p pages) Changed(x wire.Exchange) {
	if p.changed != nil {
		p.changed(x.Identity.User.Name)
	}
}

func (pages) ServePage(w http.ResponseWriter, _ *http.Request, target mount.Target, x wire.Exchange) error {
	return html(w, http.StatusOK, "page "+target.Page.Title+" for "+x.Identity.User.Name)
}

func (pages) ServeHome(w http.ResponseWriter, _ *http.Request, x wire.Exchange) error {
	return html(w, http.StatusOK, "home of "+x.Identity.User.Name)
}

func (pages) ServeFragment(w http.ResponseWriter, _ *http.Request, plugin, id string, _ wire.Exchange) error {
	return html(w, http.StatusOK, "fragment "+plugin+" "+id)
}

func (pages) ServeDesign(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
	return html(w, http.StatusOK, "gallery of elements")
}

func (pages) ServeView(w http.ResponseWriter, _ *http.Request, v page.View, _ wire.Exchange) error {
	return html(w, cmp.Or(v.Status, http.StatusOK), "view "+v.Title)
}

func (pages) ServeViewPart(w http.ResponseWriter, r *http.Request, part ui.Component) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return part.Render(r.Context(), w)
}

func (pages) ServeError(w http.ResponseWriter, _ *http.Request, f *fault.Error, requestID string) {
	_ = html(w, f.Kind.Status(), "error page "+f.ErrorCode()+" "+requestID)
}

func html(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := io.WriteString(w, text)
	return err
}

// board shows what it was asked for, to those who are signed in.
type board struct{}

func (board) PluginsView(r *http.Request) (page.View, error) {
	return page.View{Title: "plugins for " + locale.FromContext(r.Context()).Count(1000)}, nil
}

func (board) PluginView(_ *http.Request, name string) (page.View, error) {
	if name != "hello" {
		return page.View{}, fault.New(fault.NotFound, "")
	}
	return page.View{Title: "plugin " + name}, nil
}

func (board) RequestView(r *http.Request) (page.View, error) {
	return page.View{Title: "request " + r.URL.Query().Get("id"), Status: http.StatusNotFound}, nil
}

func (board) Part(_ *http.Request, id string) (ui.Component, error) {
	return ui.Text("part " + id), nil
}

func (board) PluginsJSON(context.Context) (any, error) { return []string{"hello"}, nil }

func (board) PluginJSON(_ context.Context, name string) (any, error) { return name, nil }

func (board) Restart(ctx context.Context, name string) error {
	if id, _ := sdkidentity.FromContext(ctx); id.User.Name != "Ada" || name != "hello" {
		return fault.New(fault.Forbidden, "")
	}
	return nil
}

// assets are the shell's.
func assets(w http.ResponseWriter, r *http.Request) error {
	if !web.ServeAsset(w, r) {
		return fault.New(fault.NotFound, "")
	}
	return nil
}

// lines is a log.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// find waits for the line of a request.
func (l *lines) find(t *testing.T, requestID string) map[string]any {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		for line := range strings.Lines(l.String()) {
			var got map[string]any
			if json.Unmarshal([]byte(line), &got) == nil && got["request_id"] == requestID && got["message"] == "request" {
				return got
			}
		}
	}
	t.Fatalf("no line of request %q in\n%s", requestID, l.String())
	return nil
}

// host is a server with one plugin.
type host struct {
	*httptest.Server
	log     *lines
	handler *server.Server
}

type options struct {
	settings func(*config.Server)
	backend  backend
	manifest plugin.Manifest
	statuses []supervisor.Status
	// preferences is the path of the route that keeps them.
	preferences string
	// changed is told who has changed something.
	changed func(user string)
}

func defaults() config.Server {
	return config.Server{
		Host: "127.0.0.1", HeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
		IdleTimeout: 5 * time.Second, RequestTimeout: 5 * time.Second, ShutdownTimeout: 5 * time.Second,
		MaxHeaderBytes: 64 << 10, MaxBodyBytes: 1000, MaxConcurrentRequests: 100,
	}
}

func newHandler(t testing.TB, o options, log io.Writer) *server.Server {
	t.Helper()
	settings := defaults()
	if o.settings != nil {
		o.settings(&settings)
	}
	handler := logging.New(log, logging.Options{})
	callers, err := identity.New(identity.Params{
		Host: settings.Host, TrustedProxies: settings.TrustedProxies, Logger: slog.New(handler),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.manifest.Name, o.manifest.Version = "hello", "1.0.0"
	table := mount.NewTable(server.Reserved())
	if conflicts := table.Set([]mount.Mounted{{Manifest: o.manifest, Backend: o.backend, State: mount.Ready}}); len(conflicts) > 0 {
		t.Fatal(conflicts)
	}
	return server.New(server.Params{
		Settings: settings, Router: table, Pages: pages{changed: o.changed}, Callers: callers, Profiles: user.New(nil, slog.New(handler)),
		Assets: assets, Plugins: func() []supervisor.Status { return o.statuses }, Board: board{}, Log: handler,
		Preferences: o.preferences,
	})
}

func start(t *testing.T, o options) *host {
	t.Helper()
	h := &host{log: &lines{}}
	h.handler = newHandler(t, o, h.log)
	h.Server = httptest.NewServer(h.handler)
	t.Cleanup(h.Close)
	return h
}

// api is a plugin with one route, and a backend that answers it.
func api(route plugin.Route, b backend) options {
	if route.Pattern == "" {
		route.Pattern = "/api/hello/{name...}"
	}
	return options{backend: b, manifest: plugin.Manifest{Routes: []plugin.Route{route}}}
}

func greet(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := io.WriteString(w, `{"hello":"world"}`)
	return err
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body string
}

// problem decodes the body as problem details.
func (a answer) problem(t *testing.T) fault.Problem {
	t.Helper()
	var p fault.Problem
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type is %q", got)
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Errorf("%v: %s", err, a.body)
	}
	return p
}

// send performs a request with headers given as name, value, name, value.
func (h *host) send(t *testing.T, method, path string, body io.Reader, headers ...string) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, h.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	resp, err := h.Client().Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp, string(read)}
}

func (h *host) get(t *testing.T, path string, headers ...string) answer {
	t.Helper()
	return h.send(t, http.MethodGet, path, nil, headers...)
}

// signedIn are the headers of the platform's proxy.
var signedIn = []string{
	"X-Forwarded-User", "u1", "X-Forwarded-Email", "ada@example.com", "X-Forwarded-Preferred-Username", "Ada", "X-Forwarded-Access-Token", "dapi-secret",
}

func as(headers ...string) []string { return append(append([]string{}, signedIn...), headers...) }
