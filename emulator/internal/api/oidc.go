package api

import (
	"net/http"
	"time"

	"corbel.example/emulator/internal/principal"
)

// tokenLife is the life of service principals' tokens.
const tokenLife = time.Hour

// authorizationServer describes the token endpoint (RFC 8414).
func (s *server) authorizationServer(w http.ResponseWriter, r *http.Request) error {
	base := baseURL(r) + "/oidc"
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                base,
		"authorization_endpoint":                base + "/v1/authorize",
		"token_endpoint":                        base + "/v1/token",
		"grant_types_supported":                 []string{"client_credentials"},
		"scopes_supported":                      []string{principal.ScopeAll},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"response_types_supported":              []string{"token"},
	})
	return nil
}

// token serves the client credentials grant (RFC 6749, 4.4). Its errors have OAuth's form.
func (s *server) token(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if err := r.ParseForm(); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", "The form could not be read.")
		return nil
	}
	if grant := r.PostForm.Get("grant_type"); grant != "client_credentials" {
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "This workspace serves the grant type client_credentials only.")
		return nil
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	p, err := s.Directory.ServicePrincipal(id, secret)
	if err != nil {
		w.Header().Set("WWW-Authenticate", "Basic")
		oauthError(w, http.StatusUnauthorized, "invalid_client", "Client authentication failed")
		return nil
	}
	if scope := r.PostForm.Get("scope"); scope != "" && scope != principal.ScopeAll {
		oauthError(w, http.StatusBadRequest, "invalid_scope", "The scope must be "+principal.ScopeAll+".")
		return nil
	}
	token, expires, err := s.Directory.Mint(p, []string{principal.ScopeAll}, tokenLife)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"access_token": token, "token_type": "Bearer", "scope": principal.ScopeAll,
		"expires_in": int(time.Until(expires).Round(time.Second).Seconds()),
	})
	return nil
}

func oauthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": description})
}
