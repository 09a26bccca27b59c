package workspace_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

// The credentials of a Databricks App are in the environment of every test: no client may pick them up.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"DATABRICKS_CLIENT_ID": "environment-id", "DATABRICKS_CLIENT_SECRET": "environment-secret",
		"DATABRICKS_HOST": "https://environment.invalid", "DATABRICKS_TOKEN": "environment-token",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	// The SDK's Google sign-in brings this goroutine along; it starts with the process and never ends.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// upstream is a workspace that a test scripts, with what it received.
type upstream struct {
	*httptest.Server
	logs *lockedBuffer

	mu       sync.Mutex
	requests []*http.Request
}

func newUpstream(t *testing.T, handler http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{logs: &lockedBuffer{}}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mu.Lock()
		u.requests = append(u.requests, r)
		u.mu.Unlock()
		if r.URL.Path == "/.well-known/databricks-config" {
			http.NotFound(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(u.Close)
	return u
}

// received returns the requests for a path.
func (u *upstream) received(path string) []*http.Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	var found []*http.Request
	for _, r := range u.requests {
		if r.URL.Path == path {
			found = append(found, r)
		}
	}
	return found
}

func (u *upstream) workspace(t *testing.T, change ...func(*workspace.Config)) *workspace.Workspace {
	t.Helper()
	cfg := workspace.Config{Host: u.URL}
	for _, f := range change {
		f(&cfg)
	}
	w, err := workspace.New(cfg, workspace.Options{
		Logger:     slog.New(slog.NewJSONHandler(u.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		UserScopes: []string{"sql"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func as(ctx context.Context, user, token string) context.Context {
	ctx = correlation.NewContext(ctx, "request-of-"+user)
	return identity.NewContext(ctx, identity.Identity{
		User:        identity.User{ID: user, Email: user + "@example.com"},
		AccessToken: secret.New(token),
	})
}

func writeJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write([]byte(body)); err != nil {
		panic(http.ErrAbortHandler)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
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
