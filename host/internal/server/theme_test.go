package server_test

import (
	"net/http"
	"strings"
	"testing"

	"corbel.example/host/internal/config"
	"corbel.example/sdk/plugin"
)

func TestThemeIsKeptInACookie(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, test := range []struct {
		body             string
		status           int
		location, cookie string
	}{
		{"theme=dark&back=%2Fcatalog%3Fx%3D1", 303, "/catalog?x=1", "corbel_theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		{"theme=system", 303, "/", "corbel_theme=system; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		{"theme=light&back=https%3A%2F%2Fevil.example%2F", 303, "/", "corbel_theme=light; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		{"theme=light&back=%2F%2Fevil.example", 303, "/", "corbel_theme=light; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		{"theme=light&back=%2F%5Cevil.example", 303, "/", "corbel_theme=light; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		{"theme=light&back=x", 303, "/", "corbel_theme=light; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"},
		{"theme=pink", 400, "", ""},
		{"", 400, "", ""},
	} {
		a := h.send(t, http.MethodPost, "/_theme", strings.NewReader(test.body), as(form...)...)
		if a.StatusCode != test.status || a.Header.Get("Location") != test.location || a.Header.Get("Set-Cookie") != test.cookie {
			t.Errorf("%q: %d to %q with %q", test.body, a.StatusCode, a.Header.Get("Location"), a.Header.Get("Set-Cookie"))
		}
	}
	secure := h.send(t, http.MethodPost, "/_theme", strings.NewReader("theme=dark"), as(append(form, "X-Forwarded-Proto", "https")...)...)
	if got := secure.Header.Get("Set-Cookie"); !strings.Contains(got, "; Secure") {
		t.Errorf("cookie over https: %q", got)
	}
	foreign := h.send(t, http.MethodPost, "/_theme", strings.NewReader("theme=dark"), as(append(form, "Sec-Fetch-Site", "cross-site")...)...)
	if foreign.StatusCode != http.StatusForbidden || foreign.Header.Get("Set-Cookie") != "" {
		t.Errorf("from another site: %d with %q", foreign.StatusCode, foreign.Header.Get("Set-Cookie"))
	}
	if a := h.get(t, "/_theme", signedIn...); a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %d, Allow %q", a.StatusCode, a.Header.Get("Allow"))
	}
}

func TestThemeFormIsSmall(t *testing.T) {
	t.Parallel()
	o := api(plugin.Route{}, greet)
	o.settings = func(s *config.Server) { s.MaxBodyBytes = 1 << 20 }
	h := start(t, o)
	a := h.send(t, http.MethodPost, "/_theme", strings.NewReader("theme=dark&x="+strings.Repeat("x", 9<<10)), as("Content-Type", "application/x-www-form-urlencoded")...)
	if a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", a.StatusCode)
	}
}

func TestGalleryIsForUsers(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	if a := h.get(t, "/_design", signedIn...); a.StatusCode != http.StatusOK || a.body != "gallery of elements" {
		t.Errorf("%d %q", a.StatusCode, a.body)
	}
	if a := h.get(t, "/_design"); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("for nobody: %d", a.StatusCode)
	}
}
