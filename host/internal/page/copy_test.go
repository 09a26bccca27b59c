package page

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/wire"
)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// kept is a composer of a page /catalog/{catalog} with one fragment that may be kept for a minute.
type kept struct {
	*Composer
	table   *mount.Table
	plugin  mount.Mounted
	backend *backend
	clock   *clock
	asked   atomic.Int64
}

func newKept(t *testing.T, f plugin.Fragment) *kept {
	t.Helper()
	k := &kept{table: mount.NewTable(nil), clock: newClock()}
	f.ID, f.Path, f.CacheTTL = "rows", "/f/{catalog}", time.Minute
	k.backend = new(backend)
	k.plugin = catalog(k.backend, f)
	k.answer(nil)
	if conflicts := k.table.Set([]mount.Mounted{k.plugin}); len(conflicts) > 0 {
		t.Fatal(conflicts)
	}
	k.Composer = New(Params{Table: k.table, Logger: discard, Now: k.clock.Now, Limits: Limits{Grace: 10 * time.Second}})
	return k
}

// answer has the plugin answer with f; nil is for an answer that says whose it is, and the how manieth.
func (k *kept) answer(f answerFunc) {
	k.backend.on("/f/main", func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		n := k.asked.Add(1)
		if f != nil {
			return f(w, r, x)
		}
		return htmlOf(fmt.Sprintf("<p>answer %d to %s %s %s %s</p>", n, x.Identity.User.ID, x.Identity.AccessToken.Reveal(), r.URL.RawQuery, r.Header.Get("Accept-Language")))(w, r, x)
	})
}

func (k *kept) get(ctx context.Context, t *testing.T, query, user, token, language string) (string, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/catalog/main"+query, nil)
	r.Header.Set("Accept-Language", language)
	target, err := k.table.Lookup(r)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	err = k.ServePage(w, r, target, wire.Exchange{RequestID: "r-42", Identity: identity.Identity{
		User: identity.User{ID: user, Email: "same@example.com"}, AccessToken: secret.New(token),
	}})
	return w.Body.String(), err
}

// page is the page of one user.
func (k *kept) page(t *testing.T) string {
	t.Helper()
	page, err := k.get(t.Context(), t, "", "1", "token", "")
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestCopiesAreNeverShared(t *testing.T) {
	t.Parallel()
	k := newKept(t, plugin.Fragment{})
	seen := map[string]bool{}
	for _, who := range []struct{ query, user, token, language string }{
		{"", "1", "token-a", ""},
		{"", "2", "token-a", ""}, // another user, even with the same token
		{"", "1", "token-b", ""}, // another token, whose rights may differ
		{"", "1", "", ""},
		{"?x=1", "1", "token-a", ""},
		{"", "1", "token-a", "pt"},
	} {
		first, err := k.get(t.Context(), t, who.query, who.user, who.token, who.language)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("to %s %s %s %s</p>", who.user, who.token, strings.TrimPrefix(who.query, "?"), who.language)
		if !strings.Contains(first, want) || seen[first] {
			t.Errorf("%+v is shown:\n%s", who, mainOf(first))
		}
		seen[first] = true
		if again, err := k.get(t.Context(), t, who.query, who.user, who.token, who.language); err != nil || again != first {
			t.Errorf("%+v: the second page differs, %v:\n%s", who, err, mainOf(again))
		}
	}
	if got := k.asked.Load(); got != 6 {
		t.Errorf("the plugin was asked %d times, want 6", got)
	}
}

func TestWhatAUserChangesIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	k := newKept(t, plugin.Fragment{})
	shows := func(what, want string) {
		t.Helper()
		if page := k.page(t); !strings.Contains(page, want) {
			t.Errorf("%s, the page lacks %q:\n%s", what, want, mainOf(page))
		}
	}
	shows("at first", "answer 1 ")
	k.clock.advance(time.Second)
	k.Changed(wire.Exchange{Identity: identity.Identity{User: identity.User{ID: "1"}}})
	k.answer(func(http.ResponseWriter, *http.Request, wire.Exchange) error { return fault.New(fault.Unavailable, "") })
	shows("while the plugin fails", "answer 1 ")
	k.clock.advance(time.Second)
	k.answer(nil)
	shows("after a change", "answer 3 ")
	shows("then", "answer 3 ")
}

// What a plugin was asked for before a change may show what was there before.
func TestACopyThatWasAskedForBeforeAChangeIsOld(t *testing.T) {
	t.Parallel()
	k := newKept(t, plugin.Fragment{})
	k.answer(func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		k.clock.advance(time.Second)
		k.Changed(x)
		return htmlOf("<p>before</p>")(w, r, x)
	})
	k.page(t)
	k.clock.advance(time.Second)
	k.answer(nil)
	if page := k.page(t); !strings.Contains(page, "answer 2 ") {
		t.Errorf("the page shows\n%s", mainOf(page))
	}
}

func TestCopiesAreAsOldAsTheManifestAllows(t *testing.T) {
	t.Parallel()
	k := newKept(t, plugin.Fragment{})
	for _, step := range []struct {
		pass time.Duration
		want string
	}{{0, "answer 1 "}, {59 * time.Second, "answer 1 "}, {time.Second, "answer 2 "}} {
		k.clock.advance(step.pass)
		if page := k.page(t); !strings.Contains(page, step.want) {
			t.Errorf("after %s more:\n%s", step.pass, mainOf(page))
		}
	}
	// A new process knows nothing of what the old one has answered.
	k.plugin.Generation++
	k.table.Set([]mount.Mounted{k.plugin})
	if page := k.page(t); !strings.Contains(page, "answer 3 ") {
		t.Errorf("after a restart:\n%s", mainOf(page))
	}
}

func TestCopiesThatAreTooOldAreForgotten(t *testing.T) {
	t.Parallel()
	k := newKept(t, plugin.Fragment{})
	for user := range 5 {
		if _, err := k.get(t.Context(), t, "", fmt.Sprint(user), "token", ""); err != nil {
			t.Fatal(err)
		}
	}
	k.clock.advance(time.Minute + k.limits.MaxCopyAge)
	k.page(t)
	k.copies.entries.CleanUp()
	if n := k.copies.entries.EstimatedSize(); n != 1 {
		t.Errorf("%d copies are left, want the new one", n)
	}
}

func TestAnOldCopyStandsInForWhatCannotBeHad(t *testing.T) {
	t.Parallel()
	const old, banner = "answer 1 to 1", "as of <time datetime=\"2026-01-02T03:04:05Z\">03:04:05 UTC</time>"
	for name, test := range map[string]struct {
		answer  answerFunc
		passed  time.Duration
		standIn bool
	}{
		"unavailable":         {fails(fault.New(fault.Unavailable, "")), 2 * time.Minute, true},
		"lost":                {fails(&wire.LostError{}), 2 * time.Minute, true},
		"late":                {fails(fault.New(fault.Timeout, "")), 2 * time.Minute, true},
		"unusable":            {htmlOf(strings.Repeat("<b>", 600)), 2 * time.Minute, true},
		"broken":              {answers(http.StatusInternalServerError, "text/html", ""), 2 * time.Minute, true},
		"too old":             {fails(fault.New(fault.Unavailable, "")), 17 * time.Minute, false},
		"permission revoked":  {fails(fault.New(fault.Forbidden, "")), 2 * time.Minute, false},
		"session ended":       {fails(fault.New(fault.Unauthenticated, "")), 2 * time.Minute, false},
		"gone":                {answers(http.StatusNotFound, "text/html", ""), 2 * time.Minute, false},
		"wrong in the asking": {fails(fault.New(fault.Invalid, "")), 2 * time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKept(t, plugin.Fragment{})
			if page := k.page(t); !strings.Contains(page, old) {
				t.Fatalf("first page:\n%s", mainOf(page))
			}
			k.clock.advance(test.passed)
			k.answer(test.answer)
			page := k.page(t)
			if got := strings.Contains(page, old) && strings.Contains(page, banner) && strings.Contains(page, `<databricks-fragment src="/_fragment/catalog/rows?catalog=main">`); got != test.standIn {
				t.Errorf("old copy shown: %v, want %v:\n%s", got, test.standIn, mainOf(page))
			}
			if !test.standIn && strings.Contains(page, old) {
				t.Error("the old copy is shown without a word")
			}
			k.answer(fails(fault.New(fault.Unavailable, "")))
			if page := k.page(t); strings.Contains(page, old) != test.standIn {
				t.Errorf("and then, when the plugin is down:\n%s", mainOf(page))
			}
		})
	}
}

func TestOneFetchServesAllThatWait(t *testing.T) {
	t.Parallel()
	const visitors = 8
	k := newKept(t, plugin.Fragment{Timeout: 10 * time.Second})
	answer, open := gate(htmlOf("<p>once</p>"))
	k.answer(answer)
	var group sync.WaitGroup
	for range visitors {
		group.Go(func() {
			if page, err := k.get(t.Context(), t, "", "1", "token", ""); err != nil || !strings.Contains(page, "<p>once</p>") {
				t.Errorf("%v:\n%s", err, mainOf(page))
			}
		})
	}
	for waiting := 0; waiting < visitors; {
		k.copies.mu.Lock()
		for _, f := range k.copies.flights {
			waiting = f.waiting
		}
		k.copies.mu.Unlock()
	}
	open()
	group.Wait()
	if got := k.asked.Load(); got != 1 {
		t.Errorf("the plugin was asked %d times, want once", got)
	}
}

func TestAFetchEndsWithTheLastThatWaits(t *testing.T) {
	t.Parallel()
	k := newKept(t, plugin.Fragment{Timeout: time.Hour})
	k.limits.PageTimeout = time.Hour
	begun, ended := make(chan struct{}), make(chan struct{})
	k.answer(func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		close(begun)
		defer close(ended)
		return hangs(w, r, x)
	})
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-begun
		leave()
	}()
	if page, err := k.get(ctx, t, "", "1", "token", ""); err == nil {
		t.Errorf("a page for nobody:\n%s", mainOf(page))
	}
	<-ended
}

func TestFallbackOfTheManifest(t *testing.T) {
	t.Parallel()
	const own = `<p>The list <i onclick="x">rests</i>.</p><script>alert(1)</script>`
	for name, test := range map[string]struct {
		fragment plugin.Fragment
		fault    *fault.Error
		status   int
		want     string
	}{
		"unavailable":           {plugin.Fragment{ID: "x", Fallback: own}, fault.New(fault.Unavailable, ""), 200, "<p>The list <i>rests</i>.</p>"},
		"primary":               {plugin.Fragment{ID: "x", Fallback: own, Primary: true}, fault.New(fault.Unavailable, ""), 503, "<p>The list <i>rests</i>.</p>"},
		"required":              {plugin.Fragment{ID: "x", Fallback: own, Required: true}, fault.New(fault.Unavailable, ""), 200, "<p>The list <i>rests</i>.</p>"},
		"forbidden":             {plugin.Fragment{ID: "x", Fallback: own}, fault.New(fault.Forbidden, ""), 200, "catalog: You have no permission"},
		"without":               {plugin.Fragment{ID: "x"}, fault.New(fault.Unavailable, ""), 200, "catalog: Not available right now"},
		"forbidden and primary": {plugin.Fragment{ID: "x", Fallback: own, Primary: true}, fault.New(fault.Forbidden, ""), 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := composer(t, Limits{Grace: 10 * time.Second}, catalog(new(backend).on("/f/x", fails(test.fault)), test.fragment))
			response, page, err := get(t, c, "/catalog/main", exchange())
			if test.status == 0 {
				if err == nil {
					t.Errorf("page:\n%s", mainOf(page))
				}
				return
			}
			if err != nil || response.StatusCode != test.status || !strings.Contains(page, test.want) || strings.Contains(page, "alert(1)") {
				t.Errorf("status %d, %v:\n%s", response.StatusCode, err, mainOf(page))
			}
			if test.status == 200 && !strings.Contains(page, `<databricks-fragment src="/_fragment/catalog/x">`) {
				t.Error("it cannot be loaded again in place")
			}
		})
	}
}

func TestCleaningIsOfPluginAndRoutes(t *testing.T) {
	t.Parallel()
	routes := func(name string) plugin.Manifest {
		return plugin.Manifest{
			Name:      name,
			Routes:    []plugin.Route{{Method: "GET", Pattern: "/api/" + name + "/f"}, {Method: "POST", Pattern: "/api/" + name + "/x"}},
			Fragments: []plugin.Fragment{{ID: "f", Slot: HomeSlot, Path: "/api/" + name + "/f"}},
		}
	}
	const forms = `<form action="/api/one/x" method="post"></form><form action="/api/two/x" method="post"></form>`
	one := mount.Mounted{Manifest: routes("one"), Backend: new(backend).on("/api/one/f", htmlOf(forms)), State: mount.Ready}
	two := mount.Mounted{Manifest: routes("two"), Backend: new(backend).on("/api/two/f", htmlOf(forms)), State: mount.Ready}
	c := composer(t, Limits{Grace: 10 * time.Second}, one, two)
	w := httptest.NewRecorder()
	if err := c.ServeHome(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), exchange()); err != nil {
		t.Fatal(err)
	}
	for place, want := range []string{
		`<div slot="f1" class="corbel-fragment"><form action="/api/one/x" method="post"></form><form method="post"></form></div>`,
		`<div slot="f2" class="corbel-fragment"><form method="post"></form><form action="/api/two/x" method="post"></form></div>`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("place %d lacks %s:\n%s", place+1, want, mainOf(w.Body.String()))
		}
	}
}
