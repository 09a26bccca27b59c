package page

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/ui"
)

// hosting is a composer with pages of the host's own.
func hosting(t *testing.T) *Composer {
	t.Helper()
	c := composer(t, Limits{})
	c.nav = []mount.NavGroup{{Title: "Application", Items: []mount.NavItem{{Title: "Plugins", Path: "/plugins", State: mount.Ready}}}}
	c.find = func(id string) string { return "/requests?id=" + id }
	c.notice = func(ctx context.Context) ui.Component {
		if id, _ := identity.FromContext(ctx); id.User.ID == "1" {
			return ui.Banner{Title: "Look at <hello>"}
		}
		return nil
	}
	return c
}

func TestViewStandsInTheShell(t *testing.T) {
	t.Parallel()
	c := hosting(t)
	body := ui.Parts{ui.Heading{Level: 1, Text: "hello"}, ui.Text("<b>escaped</b>"), ui.Fragment{Source: "/_fragment/-/plugin?name=hello"}}
	for method, want := range map[string]int{http.MethodGet: 1, http.MethodHead: 0} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), method, "/plugins/hello", nil)
		if err := c.ServeView(w, r, View{Title: "hello", Status: http.StatusNotFound, Body: body}, exchange()); err != nil {
			t.Fatal(err)
		}
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("%s: status %d, header %v", method, w.Code, w.Header())
		}
		for _, part := range []string{
			"<title>hello - Atlas</title>", "&lt;b&gt;escaped", `src="/_fragment/-/plugin?name=hello"`, "</html>",
		} {
			if n := strings.Count(w.Body.String(), part); n != want {
				t.Errorf("%s: %q stands there %d times, want %d:\n%s", method, part, n, want, w.Body)
			}
		}
		if n := strings.Count(w.Body.String(), `<a href="/plugins" aria-current="page">`); n != 2*want {
			t.Errorf("%s: the navigation marks its page %d times, want %d", method, n, 2*want)
		}
		if n := strings.Count(w.Body.String(), "<h1>"); n != want {
			t.Errorf("%s: %d headings, want %d", method, n, want)
		}
	}
	w := httptest.NewRecorder()
	if err := c.ServeViewPart(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), ui.Text("<part>")); err != nil {
		t.Fatal(err)
	}
	if w.Body.String() != "&lt;part&gt;" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("a part is %q of %q", w.Body, w.Header().Get("Content-Type"))
	}
}

func TestNoticeStandsAtTheTopOfHome(t *testing.T) {
	t.Parallel()
	c := hosting(t)
	for user, want := range map[string]bool{"1": true, "2": false} {
		x := exchange()
		x.Identity.User.ID = user
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(identity.NewContext(t.Context(), x.Identity), http.MethodGet, "/", nil)
		if err := c.ServeHome(w, r, x); err == nil {
			at, layout := strings.Index(w.Body.String(), "Look at &lt;hello&gt;"), strings.Index(w.Body.String(), `class="corbel-page"`)
			if shown := at >= 0 && at < layout; shown != want || at >= 0 != want {
				t.Errorf("user %s: the notice is at %d, the layout at %d", user, at, layout)
			}
		} else {
			t.Error(err)
		}
	}
}

func TestErrorsLeadToTheRequestOfWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	c := hosting(t)
	const link = `<a href="/requests?id=r-1"><code class="corbel-request-id">r-1</code></a>`
	for who, ctx := range map[string]context.Context{"user": identity.NewContext(t.Context(), exchange().Identity), "stranger": t.Context()} {
		w := httptest.NewRecorder()
		c.ServeError(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/x", nil), fault.New(fault.NotFound, ""), "r-1")
		if strings.Contains(w.Body.String(), link) != (who == "user") || !strings.Contains(w.Body.String(), `class="corbel-request-id">r-1<`) {
			t.Errorf("%s: %s", who, w.Body)
		}
	}
}
