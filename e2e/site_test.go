package e2e

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/stack"
)

// place is a page of the application and who looks at it.
type place struct {
	// name is that of its pictures.
	name string
	path string
	// user is "" for somebody who has not signed in.
	user string
	// status is 0 for 200.
	status int
	// modal: a dialog lies over it, in which the keyboard stays. TestCatalogByKeyboard goes through one.
	modal bool
	// at is the stack that has the page.
	at func(*testing.T) *stack.Stack
}

const penguins = "/catalog/samples/science/penguins"

// places are all kinds of pages, each as it is at its fullest.
var places = []place{
	{name: "sign-in", path: "/_frontdoor/sign-in", at: running},
	{name: "home", path: "/", user: ana, at: running},
	{name: "home-of-nobody", path: "/", user: cleo, at: running},
	{name: "catalogs", path: "/catalog", user: ana, at: running},
	{name: "catalog", path: "/catalog/samples", user: ana, at: running},
	{name: "schema", path: "/catalog/samples/science", user: ana, at: running},
	{name: "table-columns", path: penguins, user: ana, at: running},
	{name: "table-sample", path: penguins + "/data", user: ana, at: running},
	{name: "table-permissions", path: penguins + "/permissions", user: ana, at: running},
	{name: "table-details", path: penguins + "/details", user: ana, at: running},
	{name: "search", path: "/catalog/search?q=s", user: ana, at: running},
	{name: "search-without-result", path: "/catalog/search?q=unicorns", user: ana, at: running},
	{name: "sample-data", path: "/sample-data", user: ana, at: sampled},
	{name: "sample-data-asks", path: "/sample-data?confirm=clean-up", user: ana, modal: true, at: sampled},
	{name: "design", path: "/_design", user: ana, at: running},
	{name: "sql", path: "/sql?statement=SELECT+species%2C+count%28*%29+FROM+samples.science.penguins+WHERE+island+%3D+%3Aisland+GROUP+BY+species&p.island=Dream", user: ana, at: running},
	{name: "table-refused-page", path: penguins + "/data?page_token=broken", user: ana, at: running},
	{name: "preferences", path: "/preferences", user: ana, at: running},
	{name: "notes", path: "/notes", user: ana, at: running},
	{name: "queries", path: "/queries", user: ana, at: running},
	{name: "models", path: "/models", user: ana, at: running},
	{name: "model-prediction", path: "/models/penguin-species?beak_length_mm=40&beak_depth_mm=18&flipper_length_mm=190&body_mass_g=4000", user: ana, at: running},
	{name: "model-refused-input", path: "/models/penguin-mass?species=Adelie&island=Mars&beak_length_mm=40", user: ana, at: running},
	{name: "model-chat", path: "/models/corbel-chat?message=The+union", user: ana, at: running},
	{name: "plugins", path: "/plugins", user: ana, at: running},
	// Its log is quiet at this level: what comes meanwhile would move what a test walks through.
	{name: "plugin", path: "/plugins/unitycatalog?level=error", user: ana, at: running},
	{name: "plugin-of-others", path: "/plugins/lakebase?level=error", user: ben, at: running},
	{name: "requests", path: "/requests", user: ana, at: running},
	{name: "request", path: "/requests?id=" + shownID, user: ana, at: traced},
	{name: "request-not-found", path: "/requests?id=unknown", user: ben, status: http.StatusNotFound, at: running},
	{name: "error-403", path: "/gallery/answers/403", user: ana, status: http.StatusForbidden, at: gallery},
	{name: "error-404", path: "/catalog/samples/science/unicorns", user: ana, status: http.StatusNotFound, at: running},
	{name: "error-503", path: "/gallery/answers/503", user: ana, status: http.StatusServiceUnavailable, at: gallery},
	{name: "failed-fragment", path: "/gallery/exhibits/message", user: ana, at: gallery},
}

// visit opens a place as its user, and fails the test when it has another status than it must.
func (p place) visit(t *testing.T, tab *browser.Tab) {
	t.Helper()
	s := p.at(t)
	if p.user != "" {
		enter(t, tab, s, p.user)
	}
	browse(t, tab, s.URL+p.path, cmp.Or(p.status, http.StatusOK))
	approach(t, tab)
	// An editor takes the place of its textarea when somebody is there; without scripts never.
	if err := tab.Await(`!customElements.get('databricks-editor') || [...document.querySelectorAll('databricks-editor')].every(e => e.querySelector('.host'))`); err != nil {
		t.Fatal(err)
	}
}

// expected says of a complaint that the browser must make it about this place: a page that is an error is one.
func (p place) expected(complaint string) bool {
	return p.status != 0 && strings.Contains(complaint, "Failed to load resource") && strings.HasSuffix(complaint, p.path)
}

// approach is a sign of somebody.
func approach(t *testing.T, tab *browser.Tab) {
	t.Helper()
	if _, err := browser.Evaluate[any](tab, `dispatchEvent(new PointerEvent('pointermove'))`); err != nil {
		t.Fatal(err)
	}
}

// browse opens an address and expects a status.
func browse(t *testing.T, tab *browser.Tab, url string, status int) {
	t.Helper()
	got, err := tab.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	if got != status {
		t.Fatalf("%s: status %d, want %d", url, got, status)
	}
}

// enter gives a tab the cookies of a user who has signed in.
func enter(t *testing.T, tab *browser.Tab, s *stack.Stack, user string) {
	t.Helper()
	cookies, err := signIn(t, s, user).Cookies()
	if err != nil {
		t.Fatal(err)
	}
	if err := tab.SetCookies(s.URL, cookies); err != nil {
		t.Fatal(err)
	}
}

// chromium is the browser of all tests; each tab has cookies and a cache of its own. It outlives the test that is first to need it.
var chromium = sync.OnceValues(func() (*browser.Browser, error) {
	chromiumStarted.Store(true)
	return browser.Start(context.Background(), filepath.Join(programs.Bin, "profile"))
})

var chromiumStarted atomic.Bool

func closeBrowser() error {
	if !chromiumStarted.Load() {
		return nil
	}
	b, err := chromium()
	if err == nil {
		b.Close()
	}
	return err
}

// tab opens a tab.
func tab(t *testing.T, look browser.Look) *browser.Tab {
	t.Helper()
	b, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	tab, err := b.Tab(look)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	return tab
}

// exhibit is an instance of the plugin e2e/exhibit: its name, and what it does on the home page.
type exhibit struct{ name, home string }

// withExhibits starts a stack whose plugins are exhibits, with everything in dir.
func withExhibits(ctx context.Context, dir string, exhibits ...exhibit) (*stack.Stack, error) {
	program := filepath.Join(dir, "exhibit")
	if err := programs.BuildPlugin(ctx, "./e2e/exhibit", program); err != nil {
		return nil, err
	}
	config := "plugins:\n"
	for _, e := range exhibits {
		// The plugin takes its name from its file.
		file := filepath.Join(dir, e.name)
		if err := os.Link(program, file); err != nil {
			return nil, err
		}
		config += "  " + e.name + ":\n    required: true\n    path: " + file + "\n    config:\n      home: " + e.home + "\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "corbel.yaml"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	return stack.Start(ctx, programs, filepath.Join(dir, "state"), "CORBEL_CONFIG_DIR="+dir)
}

// gallery returns the stack with one exhibit, for all tests of single fragments.
func gallery(t *testing.T) *stack.Stack {
	t.Helper()
	return galleryStack.get(t)
}

var galleryStack = lazyStack{start: func() (*stack.Stack, error) {
	return withExhibits(context.Background(), filepath.Join(programs.Bin, "gallery"), exhibit{"gallery", "quick"})
}}
