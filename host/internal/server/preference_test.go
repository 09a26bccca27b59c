package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

func TestThemeIsKeptAsAPreference(t *testing.T) {
	t.Parallel()
	kept := make(chan string, 1)
	route := plugin.Route{Method: http.MethodPatch, Pattern: "/api/hello/preferences"}
	for name, test := range map[string]struct {
		path    string
		backend backend
		kept    string
		warned  string
	}{
		"kept": {"/api/hello/preferences", func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
			body, err := io.ReadAll(r.Body)
			kept <- fmt.Sprint(r.Method, " ", r.Header.Get("Content-Type"), " ", string(body), " of ", x.Identity.User.Name)
			w.WriteHeader(http.StatusOK)
			return err
		}, `PATCH application/merge-patch+json {"theme":"dark"} of Ada`, ""},
		"refused": {"/api/hello/preferences", func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
			w.WriteHeader(http.StatusConflict)
			return nil
		}, "", "in this browser alone"},
		"plugin gone": {"/api/hello/preferences", func(http.ResponseWriter, *http.Request, wire.Exchange) error {
			return fault.Wrap(fault.Unavailable, errors.New("no process"), "")
		}, "", "in this browser alone"},
		"no such route": {"/api/nowhere", greet, "", "in this browser alone"},
		"nobody keeps":  {"", greet, "", ""},
	} {
		o := api(route, test.backend)
		o.preferences = test.path
		h := start(t, o)
		a := h.send(t, http.MethodPost, "/_theme", strings.NewReader("theme=dark&back=%2Fx"), as("Content-Type", "application/x-www-form-urlencoded")...)
		if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Set-Cookie"), "corbel_theme=dark;") {
			t.Errorf("%s: status %d, cookie %q", name, a.StatusCode, a.Header.Get("Set-Cookie"))
		}
		if test.kept != "" {
			if got := <-kept; got != test.kept {
				t.Errorf("%s: the plugin got %s, want %s", name, got, test.kept)
			}
		}
		if warned := strings.Contains(h.log.String(), "in this browser alone"); warned != (test.warned != "") {
			t.Errorf("%s: the log says %s", name, h.log.String())
		}
	}
}

// A browser that is new to the user gets the theme that the user has chosen in another, with its first page.
func TestANewBrowserGetsTheSavedTheme(t *testing.T) {
	t.Parallel()
	const path, year = "/api/hello/preferences", "; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
	says := func(status int, body string) backend {
		return func(w http.ResponseWriter, _ *http.Request, x wire.Exchange) error {
			if x.Identity.User.Name != "Ada" {
				return fmt.Errorf("asked as %q", x.Identity.User.Name)
			}
			w.WriteHeader(status)
			_, err := io.WriteString(w, body)
			return err
		}
	}
	for name, test := range map[string]struct {
		path, has string
		backend   backend
		want      string
	}{
		"saved":             {path, "", says(200, `{"theme":"dark"}`), "corbel_theme=dark" + year},
		"not saved":         {path, "", says(200, `{}`), "corbel_theme=system" + year},
		"unknown":           {path, "", says(200, `{"theme":"pink; Domain=evil.example"}`), "corbel_theme=system" + year},
		"no answer":         {path, "", says(503, ``), "corbel_theme=system; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"},
		"no JSON":           {path, "", says(200, `<p>`), "corbel_theme=system; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"},
		"chosen here":       {path, "corbel_theme=light", says(200, `{"theme":"dark"}`), ""},
		"nobody keeps them": {"", "", says(200, `{"theme":"dark"}`), ""},
	} {
		o := api(plugin.Route{Method: http.MethodGet, Pattern: path}, test.backend)
		o.preferences = test.path
		h := start(t, o)
		for _, page := range []string{"/", "/plugins"} {
			a := h.get(t, page, as("Cookie", test.has)...)
			if got := a.Header.Get("Set-Cookie"); got != test.want || a.StatusCode != http.StatusOK {
				t.Errorf("%s at %s: status %d, cookie %q, want %q", name, page, a.StatusCode, got, test.want)
			}
		}
	}
}

func TestPluginsChooseTheTheme(t *testing.T) {
	t.Parallel()
	for theme, want := range map[string]string{
		"dark": "corbel_theme=dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", "system": "corbel_theme=system; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax",
		"pink; Domain=evil.example": "", "": "",
	} {
		h := start(t, api(plugin.Route{}, func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
			w.Header().Set("Corbel-Theme", theme)
			w.Header().Set("Set-Cookie", "session=stolen")
			w.WriteHeader(http.StatusSeeOther)
			return nil
		}))
		a := h.get(t, "/api/hello/x", signedIn...)
		if got := a.Header.Get("Set-Cookie"); got != want || a.Header.Get("Corbel-Theme") != "" {
			t.Errorf("theme %q: cookie %q, header %q", theme, got, a.Header.Get("Corbel-Theme"))
		}
	}
}
