package page

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
)

func TestErrorPage(t *testing.T) {
	t.Parallel()
	m := catalog(new(backend))
	m.State = "failed"
	c := composer(t, Limits{}, m)
	signedIn := identity.NewContext(t.Context(), exchange().Identity)
	ended, cancel := context.WithCancel(signedIn)
	cancel()
	for name, test := range map[string]struct {
		ctx          context.Context
		method, path string
		fault        *fault.Error
		want, not    []string
	}{
		"not found": {
			signedIn, "GET", "/nothing", fault.New(fault.NotFound, "There is no table main.x."),
			[]string{"<title>Not found - Atlas</title>", ">404<", "There is no table main.x.", "r-1", "NOT_FOUND", "unavailable", "ana@example.com"},
			[]string{">Try again<"},
		},
		"retry": {
			signedIn, "GET", "/catalog/main?x=1", fault.New(fault.Unavailable, "").WithRetryAfter(1500 * time.Millisecond),
			[]string{">503<", `<a href="/catalog/main?x=1">Try again</a>`},
			nil,
		},
		"no retry of a post":     {signedIn, "POST", "/x", fault.New(fault.Unavailable, ""), []string{">503<"}, []string{">Try again<"}},
		"no link to other hosts": {signedIn, "GET", "//evil.example/", fault.New(fault.Timeout, ""), []string{">504<"}, []string{"evil.example"}},
		"not signed in": {
			t.Context(), "GET", "/catalog/main", fault.New(fault.Unauthenticated, ""), []string{">401<", "Sign in again."}, []string{"Account of", "/catalog/all"},
		},
		"nothing for operators": {
			signedIn, "GET", "/x", fault.Wrap(fault.Internal, context.DeadlineExceeded, ""), []string{">500<", "Quote the request id"}, []string{"deadline"},
		},
		"context that has ended": {ended, "GET", "/x", fault.New(fault.Timeout, ""), []string{">504<"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(test.ctx, test.method, "/", nil)
			r.URL.Path, r.URL.RawQuery, _ = strings.Cut(test.path, "?")
			w := httptest.NewRecorder()
			w.Header().Set("ETag", "x")
			c.ServeError(w, r, test.fault, "r-1")
			if w.Code != test.fault.Kind.Status() || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("ETag") != "" {
				t.Errorf("status %d, header %v", w.Code, w.Header())
			}
			if test.fault.RetryAfter > 0 && w.Header().Get("Retry-After") != "2" {
				t.Errorf("Retry-After = %q, want 2", w.Header().Get("Retry-After"))
			}
			for _, part := range test.want {
				if !strings.Contains(w.Body.String(), part) {
					t.Errorf("page lacks %q: %s", part, mainOf(w.Body.String()))
				}
			}
			for _, part := range test.not {
				if strings.Contains(w.Body.String(), part) {
					t.Errorf("page has %q: %s", part, mainOf(w.Body.String()))
				}
			}
		})
	}
}

func TestEveryKindHasATitle(t *testing.T) {
	t.Parallel()
	for _, kind := range fault.Kinds() {
		if kind != fault.Internal && kind != fault.Canceled && titleOf(kind) == titleOf(fault.Internal) {
			t.Errorf("kind %v has no title of its own", kind)
		}
	}
}

func TestNavigationMarksThePageThatIsOpen(t *testing.T) {
	t.Parallel()
	m := catalog(new(backend))
	m.State = "restarting"
	m.Manifest.Routes = append(m.Manifest.Routes, plugin.Route{Method: http.MethodGet, Pattern: "/catalog"})
	m.Manifest.Nav = append(m.Manifest.Nav, plugin.NavItem{Title: "All", Path: "/catalog"})
	c := composer(t, Limits{}, m)
	for path, want := range map[string]string{
		"/": "Home", "/catalog": "All", "/catalog/main": "Main", "/catalog/main/x": "Main", "/catalog/mainly": "All", "/catalogue": "", "/x": "",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		var current []string
		for _, group := range c.shellFor(r, exchange().Identity.User).Nav {
			for _, item := range group.Items {
				if item.Current {
					current = append(current, item.Title)
				}
				if restarting := item.Note == "restarting"; restarting != (item.Title != "Home") {
					t.Errorf("%s: note %q", item.Title, item.Note)
				}
			}
		}
		if got := strings.Join(current, " "); got != want {
			t.Errorf("GET %s marks %q, want %q", path, got, want)
		}
	}
	for state, want := range map[string]string{mount.Ready: "", "starting": "starting", "degraded": "", "crash loop": "unavailable", "": "unavailable"} {
		if got := note(state); got != want {
			t.Errorf("note of state %q = %q, want %q", state, got, want)
		}
	}
}
