package frontdoor_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"corbel.example/emulator/internal/frontdoor"
)

type fixedDeveloper struct{ err error }

func (d fixedDeveloper) Caller(context.Context) (frontdoor.Caller, error) {
	if d.err != nil {
		return frontdoor.Caller{}, d.err
	}
	return frontdoor.Caller{User: ana, AccessToken: "real-token"}, nil
}

func openForDeveloper(t *testing.T, d frontdoor.Developer) *house {
	t.Helper()
	return open(t, mirror, func(c *frontdoor.Config) {
		c.Identities, c.SessionKey, c.Developer = nil, nil, d
	})
}

func TestDeveloperIsSignedInAlways(t *testing.T) {
	t.Parallel()
	h := openForDeveloper(t, fixedDeveloper{})
	b := h.browser(t)
	got := b.page("/").seen(t).Header
	if got.Get("X-Forwarded-Email") != ana.Email || got.Get("X-Forwarded-Access-Token") != "real-token" {
		t.Errorf("the app saw %v", got)
	}
	got = b.get("/", "X-Forwarded-Email", "eve@example.com", "Authorization", "Bearer other").seen(t).Header
	if got.Get("X-Forwarded-Email") != ana.Email || got.Get("Authorization") != "" {
		t.Errorf("forged: the app saw %v", got)
	}
	if r := b.page("/_frontdoor/sign-in?next=/catalog"); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/catalog" {
		t.Errorf("sign-in page: %s to %q", r.Status, r.Header.Get("Location"))
	}
	if r := b.page("/_frontdoor/sign-out"); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "Nothing to sign out of") {
		t.Errorf("sign-out page: %s\n%s", r.Status, r.body)
	}
}

func TestOtherSitesAreNotTheDeveloper(t *testing.T) {
	t.Parallel()
	h := openForDeveloper(t, fixedDeveloper{})
	for name, tt := range map[string]struct {
		method string
		header []string
		want   int
	}{
		"form of another site":    {http.MethodPost, []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"form of another port":    {http.MethodPost, []string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"image in another site":   {http.MethodGet, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, http.StatusForbidden},
		"frame in another site":   {http.MethodGet, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, http.StatusForbidden},
		"link from another site":  {http.MethodGet, []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, http.StatusOK},
		"own form":                {http.MethodPost, []string{"Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		"program":                 {http.MethodPost, nil, http.StatusOK},
		"another name of this ip": {http.MethodGet, []string{"Host", "rebound.example"}, http.StatusMisdirectedRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := h.browser(t).do(tt.method, "/", url.Values{}, tt.header...); r.StatusCode != tt.want {
				t.Errorf("%s, want %d\n%s", r.Status, tt.want, r.body)
			}
		})
	}
}

func TestDeveloperWhomTheWorkspaceRefuses(t *testing.T) {
	t.Parallel()
	h := openForDeveloper(t, fixedDeveloper{fmt.Errorf("at https://internal.example: %w", frontdoor.ErrUnauthenticated)})
	p := h.browser(t).get("/").problem(t)
	if p.Status != http.StatusUnauthorized || !strings.Contains(p.Detail, "DATABRICKS_TOKEN") || strings.Contains(p.Detail, "internal.example") {
		t.Errorf("refused: %+v", p)
	}
	h = openForDeveloper(t, fixedDeveloper{errors.New("no route to host")})
	if p := h.browser(t).get("/").problem(t); p.Status != http.StatusServiceUnavailable || !p.Retryable {
		t.Errorf("unreachable: %+v", p)
	}
}

func TestNewNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	valid := open(t, mirror, nil).config
	for want, spoil := range map[string]func(*frontdoor.Config){
		"target":       func(c *frontdoor.Config) { c.Target = nil },
		"workspace id": func(c *frontdoor.Config) { c.WorkspaceID = "" },
		"logger":       func(c *frontdoor.Config) { c.Logger = nil },
		"exactly one":  func(c *frontdoor.Config) { c.Developer = fixedDeveloper{} },
		"session key":  func(c *frontdoor.Config) { c.SessionKey = []byte("short") },
		"renewed":      func(c *frontdoor.Config) { c.TokenLife = 1; c.RenewBefore = 1 },
	} {
		c := valid
		spoil(&c)
		if _, err := frontdoor.New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", want, err)
		}
	}
}
