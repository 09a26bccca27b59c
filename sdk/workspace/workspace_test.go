package workspace_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

func get(ctx context.Context, w *workspace.Workspace, path string, answer any) error {
	c, err := w.User(ctx)
	if err != nil {
		return err
	}
	return workspace.Do(ctx, c, workspace.Call{Op: "test.get", Method: http.MethodGet, Path: path, Answer: answer})
}

func TestUserCallsCarryTheirOwnTokenAndRequestID(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, fmt.Sprintf(`{"token":%q}`, r.Header.Get("Authorization")))
	})
	w := u.workspace(t, func(c *workspace.Config) { c.Token = secret.New("token-of-the-app") })

	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			user := fmt.Sprintf("user%d", i)
			var answer struct{ Token string }
			if err := get(as(t.Context(), user, "token-of-"+user), w, "/api/2.0/x", &answer); err != nil {
				t.Error(err)
				return
			}
			if want := "Bearer token-of-" + user; answer.Token != want {
				t.Errorf("%s was served with %q, want %q", user, answer.Token, want)
			}
		})
	}
	wg.Wait()

	for _, r := range u.received("/api/2.0/x") {
		user := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer token-of-")
		if got, want := r.Header.Get("X-Request-Id"), "request-of-"+user; got != want {
			t.Errorf("request id %q, want %q", got, want)
		}
		if agent := r.Header.Get("User-Agent"); !strings.HasPrefix(agent, "corbel/") {
			t.Errorf("User-Agent %q does not begin with corbel/", agent)
		}
	}
	if n := len(u.received("/.well-known/databricks-config")); n != 1 {
		t.Errorf("host metadata was fetched %d times for 20 users, want once", n)
	}
	if logs := u.logs.String(); strings.Contains(logs, "token-of-") || !strings.Contains(logs, `"path":"/api/2.0/x"`) {
		t.Errorf("logs hold a token or lack the call:\n%s", logs)
	}
}

func TestUserWithoutTokenOrWithoutIdentityIsUnauthenticated(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(http.ResponseWriter, *http.Request) { t.Error("the workspace was called") })
	w := u.workspace(t, func(c *workspace.Config) { c.Token = secret.New("token-of-the-app") })

	if _, err := w.User(t.Context()); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("without identity: %v", err)
	}
	_, err := w.User(identity.NewContext(t.Context(), identity.Identity{User: identity.User{ID: "ana"}}))
	f := fault.From(err)
	if f == nil || f.Kind != fault.Unauthenticated || f.Code != "USER_AUTHORIZATION_REQUIRED" || !strings.Contains(f.Message, "scopes sql") {
		t.Errorf("without token: %#v", f)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer a" {
			writeJSON(w, http.StatusUnauthorized, `{"error_code":"401","message":"Credential was not sent or was of an unsupported type"}`)
			return
		}
		w.Header().Set("X-Databricks-Org-Id", "42")
		writeJSON(w, http.StatusOK, `{"id":"7","userName":"ana@example.com","displayName":"Ana",
			"emails":[{"value":"other@example.com"},{"value":"ana@example.com","primary":true}],
			"groups":[{"display":"users"},{"display":"admins"}]}`)
	})
	w := u.workspace(t)
	want := workspace.Me{
		ID: "7", UserName: "ana@example.com", DisplayName: "Ana",
		Emails: []string{"ana@example.com", "other@example.com"}, Groups: []string{"admins", "users"}, WorkspaceID: "42",
	}
	for range 2 {
		me, err := w.Me(as(t.Context(), "ana", "a"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, me); diff != "" {
			t.Error(diff)
		}
	}
	if n := len(u.received("/api/2.0/preview/scim/v2/Me")); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	if _, err := w.Me(as(t.Context(), "ana", "expired")); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("expired token: %v", err)
	}
}

func TestConfigIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config workspace.Config
		want   string
	}{
		"no host":                  {workspace.Config{}, "DATABRICKS_HOST"},
		"clear text to elsewhere":  {workspace.Config{Host: "http://example.com"}, "use https"},
		"another scheme":           {workspace.Config{Host: "ftp://example.com"}, "use https"},
		"credentials in the host":  {workspace.Config{Host: "https://me:secret@example.com"}, "not the address"},
		"no host name":             {workspace.Config{Host: "https://"}, "not the address"},
		"client id without secret": {workspace.Config{Host: "https://example.com", ClientID: "x"}, "DATABRICKS_CLIENT_SECRET"},
		"secret without client id": {workspace.Config{Host: "https://example.com", ClientSecret: secret.New("s")}, "DATABRICKS_CLIENT_ID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := workspace.New(tt.config, workspace.Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret@") {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	w, err := workspace.New(workspace.Config{Host: "example.cloud.databricks.com/?o=1"}, workspace.Options{})
	if err != nil {
		t.Fatalf("host without scheme: %v", err)
	}
	w.Close()
}
