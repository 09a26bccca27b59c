package developer_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/config"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/frontdoor/developer"
)

// waitLimit bounds every wait of these tests; none comes near it.
const waitLimit = 20 * time.Second

func TestMain(m *testing.M) {
	// A library of the SDK's starts this one when it is loaded, for good.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// workspace is what the developer's credentials lead to.
type workspace struct {
	*httptest.Server
	asked  atomic.Int32
	minted atomic.Int32
	answer func(w http.ResponseWriter, r *http.Request)
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Databricks-Org-Id", "4711")
		io.WriteString(w, `{"id":"9","userName":"dana@example.com","displayName":"Dana","emails":[{"value":"d@old.example"},{"value":"dana@example.com","primary":true}]}`)
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/2.0/preview/scim/v2/Me", func(rw http.ResponseWriter, r *http.Request) {
		w.asked.Add(1)
		if auth := r.Header.Get("Authorization"); auth != "Bearer dapi-1" && !strings.HasPrefix(auth, "Bearer oauth-") {
			http.Error(rw, `{"error_code":"UNAUTHENTICATED"}`, http.StatusUnauthorized)
			return
		}
		w.answer(rw, r)
	})
	mux.HandleFunc("GET /oidc/.well-known/oauth-authorization-server", func(rw http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(rw).Encode(map[string]string{"token_endpoint": w.URL + "/oidc/v1/token", "authorization_endpoint": w.URL + "/oidc/v1/authorize"})
	})
	mux.HandleFunc("POST /oidc/v1/token", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(map[string]any{"access_token": "oauth-" + strconv.Itoa(int(w.minted.Add(1))), "token_type": "Bearer", "expires_in": 1})
	})
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Close)
	return w
}

func open(t *testing.T, cfg *config.Config) *developer.Developer {
	t.Helper()
	cfg.Loaders = []config.Loader{config.ConfigAttributes}
	cfg.HTTPTransport = &http.Transport{DisableKeepAlives: true}
	d, err := developer.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestTokenTellsWhoTheDeveloperIs(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	d := open(t, &config.Config{Host: w.URL, Token: "dapi-1"})
	want := frontdoor.Caller{
		User:        frontdoor.User{ID: "9", UserName: "dana@example.com", DisplayName: "Dana", Email: "dana@example.com"},
		AccessToken: "dapi-1",
	}
	for range 3 {
		got, err := d.Caller(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("caller (-want +got):\n%s", diff)
		}
	}
	if id, err := d.WorkspaceID(t.Context()); id != "4711" || err != nil {
		t.Errorf("workspace id %q, %v", id, err)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("the workspace was asked %d times", n)
	}
	env, expires, err := d.AppEnvironment()
	if diff := cmp.Diff([]string{"DATABRICKS_HOST=" + w.URL, "DATABRICKS_TOKEN=dapi-1"}, env); diff != "" || expires || err != nil {
		t.Errorf("app environment: expires %v, %v (-want +got):\n%s", expires, err, diff)
	}
}

func TestWorkspaceThatDoesNotTellItsID(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.answer = func(rw http.ResponseWriter, _ *http.Request) {
		io.WriteString(rw, `{"id":"9","userName":"dana@example.com"}`)
	}
	if id, err := open(t, &config.Config{Host: w.URL, Token: "dapi-1"}).WorkspaceID(t.Context()); id != "0" || err != nil {
		t.Errorf("workspace id %q, %v", id, err)
	}
}

func TestManyCallersAskOnce(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	answer, gate := w.answer, make(chan struct{})
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		<-gate
		answer(rw, r)
	}
	d := open(t, &config.Config{Host: w.URL, Token: "dapi-1"})
	var callers sync.WaitGroup
	for range 10 {
		callers.Go(func() {
			if _, err := d.Caller(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	close(gate)
	callers.Wait()
	if n := w.asked.Load(); n != 1 {
		t.Errorf("the workspace was asked %d times", n)
	}
}

func TestNewTokenIsAskedAboutAgain(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	d := open(t, &config.Config{Host: w.URL, ClientID: "client", ClientSecret: "secret"})
	first, err := d.Caller(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// A token lives one second here, and the SDK replaces it in the background.
	deadline, tick := time.After(waitLimit), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for second := first; second.AccessToken == first.AccessToken; {
		select {
		case <-deadline:
			t.Fatalf("the token was still %q after %v", second.AccessToken, waitLimit)
		case <-tick.C:
		}
		if second, err = d.Caller(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.asked.Load(); n < 2 {
		t.Errorf("the workspace was asked %d times about two tokens", n)
	}
	env, expires, err := d.AppEnvironment()
	want := []string{"DATABRICKS_HOST=" + w.URL, "DATABRICKS_CLIENT_ID=client", "DATABRICKS_CLIENT_SECRET=secret"}
	if diff := cmp.Diff(want, env); diff != "" || expires || err != nil {
		t.Errorf("app environment: expires %v, %v (-want +got):\n%s", expires, err, diff)
	}
}

func TestRefusalsAndRubbish(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		token   string
		answer  string
		status  int
		refused bool
	}{
		"unknown token": {token: "dapi-2", status: http.StatusOK, refused: true},
		"forbidden":     {token: "dapi-1", status: http.StatusForbidden, refused: true},
		"out of order":  {token: "dapi-1", status: http.StatusInternalServerError},
		"not JSON":      {token: "dapi-1", status: http.StatusOK, answer: "<html>"},
		"nobody":        {token: "dapi-1", status: http.StatusOK, answer: "{}"},
		"endless":       {token: "dapi-1", status: http.StatusOK, answer: `{"id":"` + strings.Repeat("9", 5<<20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.answer = func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(tt.status)
				io.WriteString(rw, tt.answer)
			}
			_, err := open(t, &config.Config{Host: w.URL, Token: tt.token}).Caller(t.Context())
			if err == nil || errors.Is(err, frontdoor.ErrUnauthenticated) != tt.refused {
				t.Errorf("error %v, want refused %v", err, tt.refused)
			}
			if err != nil && strings.Contains(err.Error(), tt.token) {
				t.Errorf("the error tells the token: %v", err)
			}
		})
	}
}

func TestCallerThatLeavesDoesNotWait(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	answer, gate, asked := w.answer, make(chan struct{}), make(chan struct{})
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		close(asked)
		<-gate
		answer(rw, r)
	}
	d := open(t, &config.Config{Host: w.URL, Token: "dapi-1"})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := d.Caller(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	close(gate)
	if _, err := d.Caller(t.Context()); err != nil { // the answer came for those who still wait
		t.Error(err)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("the workspace was asked %d times", n)
	}
}

func TestCredentialsThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	cfg := &config.Config{Host: w.URL, Username: "dana", Password: "pw"}
	if _, err := open(t, cfg).Caller(t.Context()); err == nil || !strings.Contains(err.Error(), "DATABRICKS_TOKEN") {
		t.Errorf("a password: %v", err)
	}
}
