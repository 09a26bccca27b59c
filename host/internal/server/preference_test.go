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
