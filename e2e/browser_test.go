package e2e

import (
	"net/http"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
)

func TestBrowserWalksFromSignInToRows(t *testing.T) {
	looks := map[string]browser.Look{"desk": browser.Desk, "desk-dark": browser.DeskDark, "phone": browser.Phone, "phone-dark": browser.PhoneDark}
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			w := &walk{t: t, tab: tab(t, look)}
			if err := w.tab.SetCookies(running(t).URL, []*http.Cookie{{Name: "corbel_theme", Value: "system"}}); err != nil {
				t.Fatal(err)
			}
			w.open(running(t).URL + "/")
			w.at("/_frontdoor/sign-in")
			w.look("1-sign-in")
			w.follow("Sign in as Ana")
			w.at("/")
			w.look("2-home")
			w.open(running(t).URL + "/catalog")
			w.look("3-catalogs")
			w.follow("samples")
			w.look("4-schemas")
			w.follow("science")
			w.look("5-tables")
			w.follow("penguins")
			w.look("6-table")
			w.follow("Sample data")
			first := w.texts("#rows tbody tr")
			w.follow("Next")
			w.look("7-next-page")
			second := w.texts("#rows tbody tr")
			if len(first) == 0 || len(second) == 0 || first[0] == second[0] {
				t.Errorf("%d rows on the first page and %d on the second, beginning with %q and %q", len(first), len(second), head(first), head(second))
			}
			w.open(running(t).URL + "/catalog/nowhere")
			w.look("8-not-found")
			w.open(running(t).URL + "/catalog/" + strings.Repeat("long", 60) + "/nowhere")
			w.look("9-long-name-not-found")
			w.background(look)
		})
	}
}

func head(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// walk is a way through the pages; each step ends the test when it fails.
type walk struct {
	t        *testing.T
	tab      *browser.Tab
	expected int // complaints that the walk caused on purpose
}

func (w *walk) open(url string) {
	w.t.Helper()
	status, err := w.tab.Open(url)
	w.arrived(url, status, err)
}

func (w *walk) follow(text string) {
	w.t.Helper()
	status, err := w.tab.Follow(text)
	w.arrived(text, status, err)
}

func (w *walk) arrived(where string, status int, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	if status != http.StatusOK && !strings.HasSuffix(where, "/nowhere") {
		w.t.Fatalf("%s: status %d", where, status)
	}
}

func (w *walk) at(path string) {
	w.t.Helper()
	location, err := w.tab.Location()
	if err != nil {
		w.t.Fatal(err)
	}
	if rest := strings.TrimPrefix(location, running(w.t).URL); rest != path && !strings.HasPrefix(rest, path+"?") {
		w.t.Fatalf("the browser is at %s, want %s", location, path)
	}
}

func (w *walk) texts(selector string) []string {
	w.t.Helper()
	texts, err := w.tab.Texts(selector)
	if err != nil {
		w.t.Fatal(err)
	}
	return texts
}

// look checks what must be so on every page: nothing sticks out, the browser complains of nothing,
// and there is one heading.
func (w *walk) look(name string) {
	w.t.Helper()
	if pixels, culprits, err := w.tab.Overflow(); err != nil || pixels > 0 {
		w.t.Errorf("%s: %d pixels wider than the window: %v, %v", name, pixels, culprits, err)
	}
	if n, err := w.tab.Count("h1"); err != nil || n != 1 {
		w.t.Errorf("%s: %d headings h1, want 1: %v", name, n, err)
	}
	for _, complaint := range w.tab.Complaints()[w.expected:] {
		w.expected++
		if !strings.Contains(complaint, "404") || !strings.HasSuffix(name, "not-found") {
			w.t.Errorf("%s: the browser complains: %s", name, complaint)
		}
	}
}

// background checks that the page took the colour scheme that the user prefers.
func (w *walk) background(look browser.Look) {
	w.t.Helper()
	colour, err := w.tab.Background()
	if err != nil {
		w.t.Fatal(err)
	}
	if dark := strings.HasPrefix(colour, "rgb(17,"); dark != look.Dark {
		w.t.Errorf("background %s with dark preferred: %v", colour, look.Dark)
	}
}
