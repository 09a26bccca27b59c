package credential_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"corbel.example/plugins/lakebase/internal/credential"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

// platform answers both credential APIs with tokens t1, t2, ... that live for life.
type platform struct {
	life    time.Duration
	fetched atomic.Int64
	bodies  sync.Map
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	switch r.URL.Path {
	case "/api/2.0/postgres/credentials", "/api/2.0/database/credentials":
		if r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer app" || json.NewDecoder(r.Body).Decode(&body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.bodies.Store(r.URL.Path, body)
		key := map[string]string{"/api/2.0/postgres/credentials": "expire_time", "/api/2.0/database/credentials": "expiration_time"}[r.URL.Path]
		fmt.Fprintf(w, `{"token":"t%d","%s":%q}`, p.fetched.Add(1), key, time.Now().Add(p.life).Format(time.RFC3339Nano))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func minted(t *testing.T, p *platform, target credential.Target) *credential.Minted {
	t.Helper()
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	w, err := workspace.New(workspace.Config{Host: server.URL, Token: secret.New("app")}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	source := credential.NewMinted(w, target)
	t.Cleanup(source.Close)
	return source
}

func TestManyWaitersShareOneToken(t *testing.T) {
	t.Parallel()
	p := &platform{life: time.Hour}
	source := minted(t, p, credential.Target{Endpoint: "projects/p/branches/b/endpoints/e"})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if token, err := source.Token(t.Context()); err != nil || token.Reveal() != "t1" {
				t.Errorf("%s, %v", token.Reveal(), err)
			}
		})
	}
	wg.Wait()
	if n := p.fetched.Load(); n != 1 {
		t.Errorf("%d fetches", n)
	}
	if body, _ := p.bodies.Load("/api/2.0/postgres/credentials"); fmt.Sprint(body) != "map[endpoint:projects/p/branches/b/endpoints/e]" {
		t.Errorf("asked with %v", body)
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	p := &platform{life: time.Hour}
	source := minted(t, p, credential.Target{Instance: "prod"})
	if token, err := source.Token(t.Context()); err != nil || token.Reveal() != "t1" {
		t.Fatalf("%s, %v", token.Reveal(), err)
	}
	for range 3 { // three connections were refused with the same token
		source.Refuse("t1")
		if token, err := source.Token(t.Context()); err != nil || token.Reveal() != "t2" {
			t.Errorf("%s, %v", token.Reveal(), err)
		}
	}
	body, _ := p.bodies.Load("/api/2.0/database/credentials")
	if asked, ok := body.(map[string]any); !ok || fmt.Sprint(asked["instance_names"]) != "[prod]" || asked["request_id"] == "" {
		t.Errorf("asked with %v", body)
	}
}

func TestAFailureIsNotKept(t *testing.T) {
	t.Parallel()
	p := &platform{life: time.Hour}
	var down atomic.Bool
	down.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	w, err := workspace.New(workspace.Config{Host: server.URL, Token: secret.New("app")}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	source := credential.NewMinted(w, credential.Target{Instance: "prod"})
	t.Cleanup(source.Close)
	if token, err := source.Token(t.Context()); err == nil {
		t.Errorf("a token: %s", token.Reveal())
	}
	down.Store(false)
	if token, err := source.Token(t.Context()); err != nil || token.Reveal() != "t1" {
		t.Errorf("%s, %v", token.Reveal(), err)
	}
}

func TestTokensAreReplacedBeforeTheirEnd(t *testing.T) {
	t.Parallel()
	for life, kept := range map[time.Duration]time.Duration{
		time.Hour: 58 * time.Minute, 4 * time.Minute: 2 * time.Minute, 2 * time.Second: time.Second, 0: 250 * time.Millisecond, -time.Hour: 250 * time.Millisecond,
	} {
		if got := credential.KeepFor(life); got != kept {
			t.Errorf("a token that lives for %s is kept for %s, want %s", life, got, kept)
		}
	}
}
