package workspace_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

func withPrincipal(c *workspace.Config) {
	c.ClientID, c.ClientSecret = "app-id", secret.New("app-secret")
}

// oidc is a workspace with a token endpoint at the address that endpoint gives.
func oidc(t *testing.T, endpoint func(origin string) string) *upstream {
	t.Helper()
	return newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/oidc/.well-known/oauth-authorization-server":
			writeJSON(w, http.StatusOK, fmt.Sprintf(`{"token_endpoint":%q}`, endpoint("http://"+r.Host)))
		case "/oidc/v1/token":
			id, password, _ := r.BasicAuth()
			if id != "app-id" || password != "app-secret" || r.FormValue("scope") != "all-apis" || r.FormValue("grant_type") != "client_credentials" {
				writeJSON(w, http.StatusUnauthorized, `{"error":"invalid_client"}`)
				return
			}
			writeJSON(w, http.StatusOK, `{"access_token":"minted","token_type":"Bearer","expires_in":3600}`)
		default:
			writeJSON(w, http.StatusOK, fmt.Sprintf(`{"authorization":%q}`, r.Header.Get("Authorization")))
		}
	})
}

func local(origin string) string { return origin + "/oidc/v1/token" }

func callAsApp(t *testing.T, w *workspace.Workspace) (authorization string, err error) {
	t.Helper()
	c, err := w.App(t.Context())
	if err != nil {
		return "", err
	}
	var answer struct{ Authorization string }
	err = workspace.Do(t.Context(), c, workspace.Call{Method: http.MethodGet, Path: "/api/2.0/x", Answer: &answer})
	return answer.Authorization, err
}

func TestAppSignsInAsServicePrincipalOnce(t *testing.T) {
	t.Parallel()
	u := oidc(t, local)
	w := u.workspace(t, withPrincipal, func(c *workspace.Config) { c.Token = secret.New("loses") })
	for range 3 {
		got, err := callAsApp(t, w)
		if err != nil || got != "Bearer minted" {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if n := len(u.received("/oidc/v1/token")); n != 1 {
		t.Errorf("%d tokens were minted, want 1", n)
	}
}

func TestAppWithToken(t *testing.T) {
	t.Parallel()
	u := oidc(t, local)
	got, err := callAsApp(t, u.workspace(t, func(c *workspace.Config) { c.Token = secret.New("static") }))
	if err != nil || got != "Bearer static" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestAppCannotSignIn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		endpoint func(string) string
		config   func(*workspace.Config)
		code     string
	}{
		"no credentials":             {local, func(*workspace.Config) {}, "APP_CREDENTIALS_MISSING"},
		"wrong secret":               {local, func(c *workspace.Config) { c.ClientID, c.ClientSecret = "app-id", secret.New("wrong-secret") }, "APP_CREDENTIALS_REFUSED"},
		"endpoint without TLS":       {func(string) string { return "http://example.com/token" }, withPrincipal, "APP_CREDENTIALS_REFUSED"},
		"endpoint that is not there": {func(string) string { return "" }, withPrincipal, "APP_CREDENTIALS_REFUSED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := callAsApp(t, oidc(t, tt.endpoint).workspace(t, tt.config))
			f := fault.From(err)
			if f == nil || f.Kind != fault.Unavailable || f.Code != tt.code || !strings.Contains(f.Message, "DATABRICKS_CLIENT_SECRET") {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(f.Error(), "wrong-secret") {
				t.Errorf("the error holds the secret: %v", f)
			}
		})
	}
}
