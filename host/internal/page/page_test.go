package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/wire"
)

// discard is a log for nobody.
var discard = slog.New(slog.DiscardHandler)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// backend is a plugin in process: one function a path.
type backend struct {
	name  string
	paths map[string]func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error
}

func (b *backend) Name() string { return b.name }

func (b *backend) Forward(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	if f, ok := b.paths[r.URL.Path]; ok {
		return f(w, r, x)
	}
	return fault.New(fault.NotFound, "no such path: "+r.URL.Path)
}

func (b *backend) on(path string, f func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error) *backend {
	if b.paths == nil {
		b.paths = map[string]func(http.ResponseWriter, *http.Request, wire.Exchange) error{}
	}
	b.paths[path] = f
	return b
}

type answerFunc = func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error

// answers returns a function that answers with a status, a content type and a body.
func answers(status int, contentType, body string) answerFunc {
	return func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, err := io.WriteString(w, body)
		return err
	}
}

func htmlOf(body string) answerFunc { return answers(http.StatusOK, "text/html; charset=utf-8", body) }

func fails(err error) answerFunc {
	return func(http.ResponseWriter, *http.Request, wire.Exchange) error { return err }
}

// catalog is a plugin "catalog" with a page /catalog/{catalog} of the given fragments, each at /f/<id>.
func catalog(b *backend, fragments ...plugin.Fragment) mount.Mounted {
	b.name = "catalog"
	manifest := plugin.Manifest{
		Name: "catalog", Routes: []plugin.Route{{Method: "GET", Pattern: "/f/{rest...}"}},
		Pages: []plugin.Page{{Path: "/catalog/{catalog}", Title: "Catalog"}},
		Nav:   []plugin.NavItem{{Title: "Catalog", Path: "/catalog/all", Group: "Data"}, {Title: "Main", Path: "/catalog/main", Group: "Data"}},
	}
	for _, f := range fragments {
		if f.Path == "" {
			f.Path = "/f/" + f.ID
		}
		manifest.Fragments = append(manifest.Fragments, f)
		manifest.Pages[0].Slots = append(manifest.Pages[0].Slots, plugin.Slot{Name: "main", Fragment: f.ID})
	}
	return mount.Mounted{Manifest: manifest, Backend: b, State: mount.Ready}
}

func composer(t *testing.T, limits Limits, plugins ...mount.Mounted) *Composer {
	t.Helper()
	table := mount.NewTable([]string{"/_fragment/"})
	for _, conflict := range table.Set(plugins) {
		t.Fatalf("conflict: %v", conflict)
	}
	return New(Params{Table: table, Logger: discard, AppName: "Atlas", SignOutHref: "/out", Limits: limits})
}

func exchange() wire.Exchange {
	return wire.Exchange{RequestID: "r-42", Identity: identity.Identity{
		User: identity.User{ID: "1", Email: "ana@example.com", Name: "Ana Lima"}, AccessToken: secret.New("token"),
	}}
}

// get serves the page of a path and returns the response with its body.
func get(t *testing.T, c *Composer, path string, x wire.Exchange) (*http.Response, string, error) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Cookie", "session=1")
	r.Header.Set("Accept-Language", "pt")
	w := httptest.NewRecorder()
	target, err := c.table.Lookup(r)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	err = c.ServePage(w, r, target, x)
	return w.Result(), w.Body.String(), err
}

// mainOf is the part of a document that differs from page to page.
func mainOf(document string) string {
	_, main, _ := strings.Cut(document, "<main")
	return main
}

func TestPageIsComposedOfItsFragments(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var gotExchange wire.Exchange
	b := new(backend).on("/f/a/b", func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		got, gotExchange = r, x
		return htmlOf("<h1>a/b</h1><div><b>one")(w, r, x)
	}).on("/f/two", htmlOf("<p>two</p></div></main>")).on("/f/three", htmlOf("<p>three</p>"))
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "one", Path: "/f/{catalog}", Primary: true, Timeout: 3 * time.Second}, plugin.Fragment{ID: "two"}, plugin.Fragment{ID: "three"}))

	response, body, err := get(t, c, "/catalog/a%2Fb?page=2&x=%2F", exchange())
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("status %d, content type %q", response.StatusCode, response.Header.Get("Content-Type"))
	}
	last := -1
	for _, part := range []string{"<title>a/b - Atlas</title>", "<h1>a/b</h1><div><b>one</b></div>", "<p>two</p></div>", "<p>three</p>", "</main>"} {
		i := strings.Index(body, part)
		if i <= last {
			t.Errorf("%q is at %d, after %d:\n%s", part, i, last, body)
		}
		last = i
	}
	if n := strings.Count(body, "<h1"); n != 1 {
		t.Errorf("%d headings of the first rank, want 1", n)
	}
	if got.URL.EscapedPath() != "/f/a%2Fb" || got.URL.RawQuery != "page=2&x=%2F" || got.Method != http.MethodGet {
		t.Errorf("fragment request is %s %s?%s", got.Method, got.URL.EscapedPath(), got.URL.RawQuery)
	}
	if diff := cmp.Diff(http.Header{"Accept": {"text/html"}, "Accept-Language": {"pt"}}, got.Header); diff != "" {
		t.Errorf("fragment request's header (-want +got):\n%s", diff)
	}
	if gotExchange.RequestID != "r-42" || gotExchange.Timeout != 3*time.Second || gotExchange.Identity.User.Name != "Ana Lima" {
		t.Errorf("exchange = %+v", gotExchange)
	}
}

func TestFailedFragmentIsABannerAndHarmsNobody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer answerFunc
		want   string
	}{
		"fault":         {fails(fault.New(fault.Forbidden, "You may not see <main>.")), "You may not see &lt;main&gt;."},
		"unknown error": {fails(errors.New("secret detail")), "Something went wrong"},
		"lost":          {fails(&wire.LostError{Sent: true, Err: io.EOF}), "Not available right now"},
		"broken off":    {fails(&wire.AbortedError{Err: io.EOF}), "No usable answer"},
		"panic":         {func(http.ResponseWriter, *http.Request, wire.Exchange) error { panic("secret detail") }, "Something went wrong"},
		"too late": {func(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
			<-r.Context().Done()
			return r.Context().Err()
		}, "It took too long"},
		"too large": {htmlOf(strings.Repeat("x", 2000)), "No usable answer"},
		"too deep":  {htmlOf(strings.Repeat("<b>", 600)), "No usable answer"},
		"not HTML":  {answers(http.StatusOK, "application/json", "{}"), "No usable answer"},
		"no type":   {answers(http.StatusOK, "", "<p>x</p>"), "No usable answer"},
		"compressed": {func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
			w.Header().Set("Content-Encoding", "gzip")
			return htmlOf("<p>x</p>")(w, r, x)
		}, "No usable answer"},
		"no content":     {answers(http.StatusNoContent, "text/html", ""), "No usable answer"},
		"redirect":       {answers(http.StatusFound, "text/html", ""), "No usable answer"},
		"error page":     {answers(http.StatusInternalServerError, "text/html", "<p>secret detail</p>"), "Something went wrong"},
		"not found page": {answers(http.StatusNotFound, "text/html", "<p>secret detail</p>"), "Not found"},
		"problem":        {answers(http.StatusUnprocessableEntity, "application/problem+json", `{"detail":"No table main.x.","code":"TABLE_OR_VIEW_NOT_FOUND"}`), "No table main.x."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := new(backend).on("/f/bad", test.answer).on("/f/good", htmlOf("<p>unharmed</p>"))
			limits := Limits{MaxFragmentBytes: 1900, FragmentTimeout: 200 * time.Millisecond}
			c := composer(t, limits, catalog(b, plugin.Fragment{ID: "bad"}, plugin.Fragment{ID: "good"}))
			response, body, err := get(t, c, "/catalog/main?x=1", exchange())
			if err != nil || response.StatusCode != http.StatusOK {
				t.Fatalf("status %d, %v", response.StatusCode, err)
			}
			for _, part := range []string{`<databricks-banner type="error" role="alert">`, "catalog: ", test.want, "r-42", `<databricks-fragment src="/_fragment/catalog/bad?x=1">`, `<a href="/catalog/main?x=1" data-retry>Retry</a>`, "<p>unharmed</p>"} {
				if !strings.Contains(body, part) {
					t.Errorf("page lacks %q: %.3000s", part, mainOf(body))
				}
			}
			if strings.Contains(body, "secret detail") {
				t.Error("page shows what is for operators")
			}
		})
	}
}

func TestPrimaryFragmentDecidesTheStatus(t *testing.T) {
	t.Parallel()
	redirect := func(location string) answerFunc {
		return func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusSeeOther)
			return nil
		}
	}
	for name, test := range map[string]struct {
		answer   answerFunc
		status   int
		location string
		kind     fault.Kind
	}{
		"page":                {answer: htmlOf("<p>x</p>"), status: 200},
		"its own error page":  {answer: answers(404, "text/html", "<p>No such table.</p>"), status: 404},
		"fault":               {answer: fails(fault.New(fault.Forbidden, "")), kind: fault.Forbidden},
		"error without page":  {answer: answers(404, "text/plain", "x"), kind: fault.NotFound},
		"redirect":            {answer: redirect("/catalog/other?x=1"), status: 303, location: "/catalog/other?x=1"},
		"redirect elsewhere":  {answer: redirect("https://evil.example/"), kind: fault.Upstream},
		"redirect by slashes": {answer: redirect("//evil.example/"), kind: fault.Upstream},
		"redirect by a slash": {answer: redirect(`/\evil.example/`), kind: fault.Upstream},
		"redirect nowhere":    {answer: redirect(""), kind: fault.Upstream},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := new(backend).on("/f/first", test.answer).on("/f/other", htmlOf("<p>other</p>"))
			c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "other", Required: true}, plugin.Fragment{ID: "first", Primary: true}))
			response, body, err := get(t, c, "/catalog/main", exchange())
			if test.status == 0 {
				if err == nil || fault.KindOf(err) != test.kind || body != "" {
					t.Errorf("error %v with %d bytes, want kind %v and nothing written", err, len(body), test.kind)
				}
				if f := fault.From(err); f != nil && f.Origin != "catalog" {
					t.Errorf("origin %q, want catalog", f.Origin)
				}
				return
			}
			if err != nil || response.StatusCode != test.status || response.Header.Get("Location") != test.location {
				t.Errorf("status %d to %q, %v, want %d to %q", response.StatusCode, response.Header.Get("Location"), err, test.status, test.location)
			}
		})
	}
}

func TestWithoutARequiredFragmentThereIsNoPage(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/good", htmlOf("x"))
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "good", Primary: true}, plugin.Fragment{ID: "bad", Required: true}))
	if _, body, err := get(t, c, "/catalog/main", exchange()); fault.KindOf(err) != fault.NotFound || body != "" {
		t.Errorf("error %v with %d bytes, want not found and nothing written", err, len(body))
	}
}

func TestFragmentsAreFetchedAllAtOnce(t *testing.T) {
	t.Parallel()
	const n = 5
	var barrier sync.WaitGroup
	barrier.Add(n)
	b := new(backend)
	var fragments []plugin.Fragment
	for i := range n {
		id := fmt.Sprintf("f%d", i)
		fragments = append(fragments, plugin.Fragment{ID: id, Timeout: 10 * time.Second})
		b.on("/f/"+id, func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
			barrier.Done()
			barrier.Wait()
			return htmlOf("<p>"+id+"</p>")(w, r, x)
		})
	}
	_, body, err := get(t, composer(t, Limits{}, catalog(b, fragments...)), "/catalog/main", exchange())
	if err != nil || !strings.Contains(body, "<p>f4</p>") {
		t.Errorf("%v:\n%s", err, body)
	}
}

func TestPageHasABudgetOfItsOwn(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/slow", func(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		<-r.Context().Done()
		return r.Context().Err()
	})
	c := composer(t, Limits{PageTimeout: 100 * time.Millisecond}, catalog(b, plugin.Fragment{ID: "slow", Timeout: time.Hour}))
	if _, body, err := get(t, c, "/catalog/main", exchange()); err != nil || !strings.Contains(body, "It took too long") {
		t.Errorf("%v:\n%s", err, body)
	}
}

func TestNothingIsWrittenWhenTheClientHasLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	b := new(backend).on("/f/one", func(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		cancel()
		<-r.Context().Done()
		return r.Context().Err()
	})
	c := composer(t, Limits{}, catalog(b, plugin.Fragment{ID: "one"}))
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/catalog/main", nil)
	target, err := c.table.Lookup(r)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := c.ServePage(w, r, target, exchange()); !errors.Is(err, context.Canceled) || w.Body.Len() > 0 {
		t.Errorf("error %v with %d bytes, want canceled and nothing written", err, w.Body.Len())
	}
}

func TestPagesNeedIdentityUnlessTheirRoutesDoNot(t *testing.T) {
	t.Parallel()
	for _, auth := range []plugin.Auth{plugin.SignedIn, plugin.Anyone} {
		m := catalog(new(backend).on("/f/one", htmlOf("<p>one</p>")), plugin.Fragment{ID: "one"})
		m.Manifest.Routes[0].Auth = auth
		_, body, err := get(t, composer(t, Limits{}, m), "/catalog/main", wire.Exchange{})
		switch auth {
		case plugin.SignedIn:
			if fault.KindOf(err) != fault.Unauthenticated || body != "" {
				t.Errorf("signed-in route without identity: %v", err)
			}
		case plugin.Anyone:
			if err != nil || !strings.Contains(body, "<p>one</p>") || strings.Contains(body, "Account of") {
				t.Errorf("route for anyone: %v:\n%s", err, body)
			}
		}
	}
	c := composer(t, Limits{}, catalog(new(backend)))
	if _, _, err := get(t, c, "/catalog/main", wire.Exchange{}); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("page without fragments: %v, want unauthenticated", err)
	}
	w := httptest.NewRecorder()
	if err := c.ServeHome(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), wire.Exchange{}); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("home page: %v, want unauthenticated", err)
	}
}

func TestHomePageShowsWhatPluginsOffer(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/late", htmlOf("<h2>late</h2>")).on("/f/early", htmlOf("<h2>early</h2>"))
	m := catalog(b, plugin.Fragment{ID: "late", Slot: HomeSlot, Order: 2, Primary: true}, plugin.Fragment{ID: "bad", Slot: HomeSlot, Order: 3, Required: true},
		plugin.Fragment{ID: "early", Slot: HomeSlot, Order: 1}, plugin.Fragment{ID: "own"})
	for _, test := range []struct {
		plugins []mount.Mounted
		want    []string
	}{
		{[]mount.Mounted{m}, []string{"<h1>Home</h1>", "<h2>early</h2>", "<h2>late</h2>", "catalog: Not found"}},
		{nil, []string{"<h1>Home</h1>", "<databricks-empty>", "Nothing here yet", "configuration"}},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		if err := composer(t, Limits{}, test.plugins...).ServeHome(w, r, exchange()); err != nil {
			t.Fatal(err)
		}
		rest := w.Body.String()
		for _, part := range test.want {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Errorf("home page lacks %q, or has it too early:\n%s", part, w.Body)
			}
			rest = after
		}
	}
}
