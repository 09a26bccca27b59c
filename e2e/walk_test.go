package e2e

import (
	"net/http"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
)

// maxStops bounds the way by Tab to a control.
const maxStops = 150

// keyboard is somebody with nothing but a keyboard. Each step ends the test when it fails.
type keyboard struct {
	*testing.T
	tab *browser.Tab
}

// to presses Tab until a link or button with that text has the focus.
func (k keyboard) to(text string) {
	k.Helper()
	for range maxStops {
		press(k.T, k.tab, browser.KeyTab)
		stop := focus(k.T, k.tab)
		if strings.Contains(stop.Name, text) && !strings.HasPrefix(stop.Element, "<databricks-") { // a table that scrolls is a stop, too
			return
		}
	}
	location, err := k.tab.Location()
	if err != nil {
		k.Fatal(err)
	}
	k.Fatalf("%d times Tab do not lead to %q on %s:\n%.2000s", maxStops, text, location, k.texts("main"))
}

func (k keyboard) press(keys ...string) {
	k.Helper()
	press(k.T, k.tab, keys...)
}

// leave presses a key that leads to another page.
func (k keyboard) leave(key, path string) {
	k.Helper()
	status, err := k.tab.PressToLeave(key)
	if err != nil {
		k.Fatal(err)
	}
	if status != http.StatusOK {
		k.Fatalf("on the way to %s: status %d", path, status)
	}
	// Chromium drops keys that come before the page is painted: whoever presses one sees the page.
	k.await(`performance.getEntriesByName('first-contentful-paint').length > 0`)
	k.at(path)
}

// at checks the path of the page.
func (k keyboard) at(path string) {
	k.Helper()
	location, err := k.tab.Location()
	if err != nil {
		k.Fatal(err)
	}
	if got, _, _ := strings.Cut(strings.TrimPrefix(location, running(k.T).URL), "?"); strings.TrimSuffix(got, "#rows") != path {
		k.Fatalf("the page is %s, want %s", location, path)
	}
}

// on waits until what has the focus begins with that text.
func (k keyboard) on(text string) {
	k.Helper()
	k.await(`document.activeElement.innerText.trim().startsWith(` + quote(text) + `)`)
}

func (k keyboard) await(condition string) {
	k.Helper()
	if err := k.tab.Await(condition); err != nil {
		k.Fatalf("%v; the focus is on %+v", err, focus(k.T, k.tab))
	}
}

func (k keyboard) texts(selector string) []string {
	k.Helper()
	texts, err := k.tab.Texts(selector)
	if err != nil {
		k.Fatal(err)
	}
	return texts
}

func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// From sign-in to a table's rows, and through everything that the shell offers, without a mouse.
func TestCatalogByKeyboard(t *testing.T) {
	t.Parallel()
	k := keyboard{t, tab(t, browser.Desk)}
	browse(t, k.tab, running(t).URL+"/_frontdoor/sign-in", http.StatusOK)
	k.to("Ana")
	k.leave(browser.KeyEnter, "/")
	k.to("Catalog")
	k.leave(browser.KeyEnter, "/catalog")

	t.Log("the tree: one stop, arrows within it, branches that load when they are opened")
	k.to("main")
	k.press("s")
	k.on("samples")
	k.press(browser.KeyRight)
	k.await(`document.activeElement.ariaExpanded === 'true' && !!document.activeElement.closest('li').querySelector('ul li')`)
	k.press(browser.KeyRight)
	k.on("climate")
	k.press("s")
	k.on("science")
	k.press(browser.KeyRight)
	k.await(`document.activeElement.ariaExpanded === 'true' && !!document.activeElement.closest('li').querySelector('ul li')`)
	k.press(browser.KeyRight)
	k.on("earthquakes")
	k.press(browser.KeyLeft)
	k.on("science")
	k.press(browser.KeyHome)
	k.on("main")
	k.press(browser.KeyDown)
	k.on("samples")
	k.press("p")
	k.on("politics")
	k.press(browser.KeyDown)
	k.on("science")
	k.press(browser.KeyRight, browser.KeyDown)
	k.on("penguins")
	k.leave(browser.KeyEnter, penguins)

	t.Log("tabs, sorting, paging")
	k.to("Columns")
	k.to("Sample data") // of the two, the one behind it: the other is in the navigation
	k.leave(browser.KeyEnter, penguins+"/data")
	k.to("body_mass_g")
	k.leave(browser.KeyEnter, penguins+"/data")
	if sorted := k.texts(`th[aria-sort=ascending]`); len(sorted) != 1 || !strings.Contains(sorted[0], "body_mass_g") {
		t.Errorf("sorted by %q", sorted)
	}
	first := k.texts("#rows tbody tr")
	k.to("Next")
	k.leave(browser.KeyEnter, penguins+"/data")
	if second := k.texts("#rows tbody tr"); len(first) == 0 || len(second) == 0 || first[0] == second[0] {
		t.Errorf("rows begin with %q, and on the next page with %q", head(first), head(second))
	}

	t.Log("search from anywhere")
	k.press("/")
	k.await(`document.activeElement.type === 'search'`)
	k.press("peng")
	k.leave(browser.KeyEnter, "/catalog/search")
	k.to("penguins")
	k.leave(browser.KeyEnter, penguins)

	t.Log("the user menu and the theme")
	k.to("Account of")
	k.press(browser.KeyEnter)
	k.to("Dark")
	k.press(browser.KeyEnter)
	k.await(`getComputedStyle(document.body).backgroundColor.startsWith('rgb(17,') || getComputedStyle(document.documentElement).backgroundColor.startsWith('rgb(17,')`)
	k.press(browser.KeyEscape)
	k.on("A") // the avatar: the menu is closed and its button has the focus
	k.await(`!document.activeElement.closest('details').open`)

	t.Log("dialogs")
	k.press("?")
	k.await(`document.querySelector('dialog[open]')?.contains(document.activeElement)`)
	for range 8 {
		k.press(browser.KeyTab)
		k.await(`document.querySelector('dialog[open]').contains(document.activeElement) || document.activeElement === document.body`)
	}
	k.press(browser.KeyEscape)
	k.await(`!document.querySelector('dialog[open]')`)
	k.on("A")
	if complaints := k.tab.Complaints(); len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
	figure.Note(t, "sign-in, navigation, lazy tree, tabs, sorting, paging, search, theme and dialog by keyboard alone: done")
}

// From sign-in to a table's rows with scripts switched off: everything is links and forms.
func TestCatalogWithoutScripts(t *testing.T) {
	t.Parallel()
	tab := tab(t, browser.Desk)
	if err := tab.Scripting(false); err != nil {
		t.Fatal(err)
	}
	k := keyboard{t, tab}
	follow := func(text, path string) {
		t.Helper()
		status, err := tab.Follow(text)
		if err != nil || status != http.StatusOK {
			t.Fatalf("follow %q: status %d, %v", text, status, err)
		}
		k.at(path)
	}
	browse(t, tab, running(t).URL+"/_frontdoor/sign-in", http.StatusOK)
	follow("Sign in as Ana", "/")
	follow("Open catalog", "/catalog")
	follow("samples", "/catalog/samples")
	follow("science", "/catalog/samples/science")
	follow("penguins", penguins)
	follow("Permissions", penguins+"/permissions")
	follow("Details", penguins+"/details")
	follow("Sample data", penguins+"/data")
	follow("body_mass_g", penguins+"/data")
	if sorted := k.texts(`th[aria-sort=ascending]`); len(sorted) != 1 || !strings.Contains(sorted[0], "body_mass_g") {
		t.Errorf("sorted by %q", sorted)
	}
	first := k.texts("#rows tbody tr")
	follow("Next", penguins+"/data")
	if second := k.texts("#rows tbody tr"); len(first) == 0 || len(second) == 0 || first[0] == second[0] {
		t.Errorf("rows begin with %q, and on the next page with %q", head(first), head(second))
	}
	if err := tab.Click(`input[type=search]`); err != nil {
		t.Fatal(err)
	}
	k.press("peng")
	k.leave(browser.KeyEnter, "/catalog/search")
	if err := tab.Click(`.corbel-menu summary`); err != nil {
		t.Fatal(err)
	}
	follow("Dark", "/catalog/search")
	if colour, err := tab.Background(); err != nil || !strings.HasPrefix(colour, "rgb(17,") {
		t.Errorf("with the dark theme the background is %s, %v", colour, err)
	}
	if complaints := tab.Complaints(); len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
	figure.Note(t, "sign-in, navigation, tree, tabs, sorting, paging, search and theme with scripts switched off: done")
}

// Every page with scripts switched off: nothing stays a skeleton, and nothing sticks out on a phone.
func TestPagesWithoutScripts(t *testing.T) {
	t.Parallel()
	t.Run("pages", func(t *testing.T) {
		for _, p := range places {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				tab := tab(t, browser.Phone)
				if err := tab.Scripting(false); err != nil {
					t.Fatal(err)
				}
				p.visit(t, tab)
				if n, err := tab.Count("h1"); err != nil || n != 1 {
					t.Errorf("%d headings h1, want 1: %v", n, err)
				}
				empty, err := browser.Evaluate[int](tab, `Array.from(document.querySelectorAll('.corbel-page'), page => Array.from(
					page.shadowRoot?.querySelectorAll('slot') ?? []).filter(slot => slot.assignedNodes().length === 0).length).reduce((a, b) => a + b, 0)`)
				if err != nil || empty > 0 {
					t.Errorf("%d places still wait for their fragment: %v", empty, err)
				}
				checkFits(t, tab, "without scripts")
				for _, complaint := range tab.Complaints() {
					if !p.expected(complaint) {
						t.Errorf("the browser complains: %s", complaint)
					}
				}
			})
		}
	})
	figure.Note(t, "%d pages whole with scripts switched off, at 390 px", len(places))
}
