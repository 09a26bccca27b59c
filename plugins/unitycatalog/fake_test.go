package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
)

func TestMain(m *testing.M) {
	// The SDK's Google sign-in brings this goroutine along; it starts with the process and never ends.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// databricks is a workspace that a test scripts: an answer for each "METHOD /path", with escapes, that it expects.
type databricks struct {
	*httptest.Server
	logs lockedBuffer

	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	seen    []seen
	arrived chan struct{} // closed and renewed with every request
}

type seen struct{ route, token, requestID, query, body string }

func newDatabricks(t *testing.T, answers map[string]http.HandlerFunc) *databricks {
	t.Helper()
	d := &databricks{answers: answers, arrived: make(chan struct{})}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		route := r.Method + " " + r.URL.EscapedPath()
		d.mu.Lock()
		d.seen = append(d.seen, seen{
			route: route, token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "),
			requestID: r.Header.Get("X-Request-Id"), query: r.URL.RawQuery, body: string(body),
		})
		close(d.arrived)
		d.arrived = make(chan struct{})
		answer, ok := d.answers[route]
		d.mu.Unlock()
		if !ok {
			answer = answerJSON(http.StatusNotFound, `{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"}`)
		}
		answer(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

// received returns the requests of a route.
func (d *databricks) received(route string) []seen {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []seen
	for _, s := range d.seen {
		if s.route == route {
			found = append(found, s)
		}
	}
	return found
}

// await waits until a request of the route has come.
func (d *databricks) await(t *testing.T, route string) seen {
	t.Helper()
	for {
		d.mu.Lock()
		arrived := d.arrived
		i := slices.IndexFunc(d.seen, func(s seen) bool { return s.route == route })
		if i >= 0 {
			defer d.mu.Unlock()
			return d.seen[i]
		}
		d.mu.Unlock()
		select {
		case <-arrived:
		case <-t.Context().Done():
			t.Fatalf("%s was never called", route)
		}
	}
}

func answerJSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the test sees what is missing
	}
}

// start configures the plugin for the fake workspace.
func (d *databricks) start(t *testing.T, config map[string]any) *unityCatalog {
	t.Helper()
	return d.startIn(t, alone{}, config)
}

// startBeside configures it for an app that has other plugins.
func (d *databricks) startBeside(t *testing.T, others plugin.Caller) *unityCatalog {
	t.Helper()
	return d.startIn(t, others, nil)
}

func (d *databricks) startIn(t *testing.T, others plugin.Caller, config map[string]any) *unityCatalog {
	t.Helper()
	all := map[string]any{"host": d.URL, "warehouse_id": "wh"}
	for k, v := range config {
		all[k] = v
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	u := &unityCatalog{}
	found := u.Configure(t.Context(), plugin.Settings{
		Host:       others,
		Generation: 1, Config: raw,
		Logger: slog.New(slog.NewJSONHandler(&d.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if found.HasError() {
		t.Fatal(found)
	}
	t.Cleanup(func() {
		if err := u.Drain(context.Background()); err != nil { //nolint:usetesting // t.Context has ended by then
			t.Error(err)
		}
	})
	return u
}

// request is one exchange with the plugin. The zero user is ana.
type request struct {
	method, path, body string
	user, token        string
	header             http.Header
	ctx                context.Context
}

func (q request) do(t *testing.T, u *unityCatalog) *httptest.ResponseRecorder {
	t.Helper()
	if q.user == "" {
		q.user = "ana"
	}
	if q.token == "" {
		q.token = "token-of-" + q.user
	}
	if q.method == "" {
		q.method = http.MethodGet
	}
	ctx := q.ctx
	if ctx == nil {
		ctx = t.Context()
	}
	ctx = correlation.NewContext(ctx, "request-1")
	ctx = identity.NewContext(ctx, identity.Identity{
		User: identity.User{ID: q.user, Email: q.user + "@example.com"}, AccessToken: secret.New(q.token),
	})
	r := httptest.NewRequestWithContext(ctx, q.method, q.path, strings.NewReader(q.body))
	for name, values := range q.header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	u.Handler().ServeHTTP(w, r)
	return w
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) fault.Problem {
	t.Helper()
	var p fault.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != fault.ProblemContentType {
		t.Fatalf("status %d, not a problem: %s", w.Code, w.Body)
	}
	if p.RequestID != "request-1" {
		t.Errorf("problem has the request id %q", p.RequestID)
	}
	return p
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// alone is the host of an app that has no other plugin.
type alone struct{}

func (alone) Call(_ *http.Request, name string) (*http.Response, error) {
	return nil, fault.Newf(fault.NotEnabled, "The plugin %s is not enabled.", name)
}
