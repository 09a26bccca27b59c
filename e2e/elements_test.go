package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"corbel.example/e2e/browser"
)

// stage shows markup in the application's own shell, under its policy, with its elements. What the elements fetch is up to
// the test.
type stage struct {
	t   *testing.T
	tab *browser.Tab
	url string
	// expected are parts of complaints that the test causes on purpose.
	expected []string
}

// play opens a page with that markup. Fragments answer what is fetched from /_fragment/stage/<name>.
func play(t *testing.T, look browser.Look, markup string, fragments map[string]http.HandlerFunc) *stage {
	t.Helper()
	app := running(t)
	home := get(t, as(t, ana), http.StatusOK, "/")
	before, rest, ok := strings.Cut(home.Body, `tabindex="-1">`)
	_, after, ok2 := strings.Cut(rest, "</main>")
	if !ok || !ok2 {
		t.Fatal("the home page has no main element with a tabindex")
	}
	target, err := url.Parse(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	mux.HandleFunc("/stage", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", home.Header.Get("Content-Security-Policy"))
		_, err := io.WriteString(w, before+`tabindex="-1"><h1>Stage</h1>`+markup+`</main>`+after)
		if err != nil {
			t.Error(err)
		}
	})
	for name, answer := range fragments {
		mux.HandleFunc("/_fragment/stage/"+name, answer)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s := &stage{t: t, tab: tab(t, look), url: server.URL}
	// Cookies know no ports: these are good for the stage, too.
	enter(t, s.tab, app, ana)
	browse(t, s.tab, s.url+"/stage", http.StatusOK)
	s.await(`!!customElements.get('databricks-tree')`)
	return s
}

// done checks that the browser has nothing to complain about.
func (s *stage) done() {
	s.t.Helper()
	for _, complaint := range s.tab.Complaints() {
		if !slices.ContainsFunc(s.expected, func(part string) bool { return strings.Contains(complaint, part) }) {
			s.t.Errorf("the browser complains: %s", complaint)
		}
	}
}

func (s *stage) await(condition string) {
	s.t.Helper()
	if err := s.tab.Await(condition); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) press(keys ...string) {
	s.t.Helper()
	if err := s.tab.Press(keys...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) click(selector string) {
	s.t.Helper()
	if err := s.tab.Click(selector); err != nil {
		s.t.Fatal(err)
	}
}

// is checks the value of an expression.
func (s *stage) is(what, expression, want string) {
	s.t.Helper()
	got, err := browser.Evaluate[string](s.tab, "String("+expression+")")
	if err != nil {
		s.t.Fatal(err)
	}
	if got != want {
		s.t.Errorf("%s: %s is %q, want %q", what, expression, got, want)
	}
}

// focused is the text of what has the focus.
const focused = `document.activeElement.innerText.trim()`

func say(markup string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, markup)
	}
}

// failFirst fails once, and then answers.
func failFirst(then http.HandlerFunc) http.HandlerFunc {
	var asked atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Swap(true) {
			then(w, r)
			return
		}
		w.Header().Set("X-Request-Id", "r-stage")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

const treeMarkup = `<databricks-tree label="Catalog"><ul>
	<li data-kind="catalog"><a href="/stage?main">main</a><ul>
		<li data-kind="schema"><a href="/stage?default">default</a></li>
		<li data-kind="schema"><a href="/stage?science" aria-current="page">science</a></li></ul></li>
	<li data-kind="catalog" data-src="/_fragment/stage/samples"><a href="/stage?samples">samples</a></li>
	<li data-kind="catalog" data-src="/_fragment/stage/system"><a href="/stage?system">system</a></li>
	<li data-kind="catalog" data-src="/_fragment/stage/empty"><a href="/stage?empty">empty</a></li></ul></databricks-tree>`

func TestTreeIsWalkedByKeyboard(t *testing.T) {
	branch := `<ul><li data-kind="schema" data-src="/_fragment/stage/empty"><a href="/stage?tpch">tpch</a></li></ul>`
	s := play(t, browser.Desk, treeMarkup, map[string]http.HandlerFunc{
		"samples": say(branch), "system": failFirst(say(`<ul><li data-kind="schema"><a href="/stage?logs">logs</a></li></ul>`)), "empty": say("<ul></ul>"),
	})
	s.expected = []string{"503"}
	s.is("tree", `document.querySelector('[role=tree]').ariaLabel`, "Catalog")
	s.is("tab stops", `document.querySelectorAll('databricks-tree [tabindex="0"]').length`, "1")
	s.is("open branch", `document.querySelector('[role=treeitem]').ariaExpanded`, "true")
	s.is("branch to fetch", `document.querySelector('[data-src] > a').ariaExpanded`, "false")

	if _, err := browser.Evaluate[bool](s.tab, `(document.querySelector('databricks-tree [tabindex="0"]').focus(), true)`); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ key, want string }{
		{browser.KeyUp, "default"},
		{browser.KeyUp, "main"},
		{browser.KeyUp, "main"},
		{browser.KeyRight, "default"},
		{browser.KeyLeft, "main"},
		{browser.KeyLeft, "main"},    // closes
		{browser.KeyDown, "samples"}, // past what is closed
		{browser.KeyEnd, "empty"},
		{browser.KeyHome, "main"},
		{"s", "samples"},
		{"y", "system"}, // "sy"
	} {
		s.press(step.key)
		s.is("after "+fmt.Sprintf("%q", step.key), focused, step.want)
	}

	s.press(browser.KeyRight)
	s.await(`document.querySelector('.failed > a') !== null`)
	s.is("failure", `document.querySelector('.failed > a').ariaLabel`, "system was not loaded: The server answered with status 503. Request id r-stage. Retry")
	s.press(browser.KeyDown, browser.KeyEnter)
	s.await(focused + ` === 'logs'`)
	s.is("location after a retry", `location.pathname + location.search`, "/stage")

	s.press(browser.KeyEnd, browser.KeyRight)
	s.await(`document.querySelector('.note') !== null`)
	s.press(browser.KeyDown)
	s.is("empty branch", focused, "Empty")

	s.click(`[data-src$=samples] > .toggle`)
	s.await(`document.querySelector('[href="/stage?tpch"]') !== null`)
	s.is("fetched branch", `document.querySelector('[href="/stage?tpch"]').ariaExpanded`, "false")
	s.press(browser.KeyHome)
	s.press("t")
	s.is("typing reaches what was fetched", focused, "tpch")
	if status, err := s.tab.PressToLeave(browser.KeyEnter); err != nil || status != http.StatusOK {
		t.Errorf("Enter: status %d, %v", status, err)
	}
	s.is("Enter follows the link", `location.search`, "?tpch")
	s.done()
}

func TestFragmentLoadsInPlace(t *testing.T) {
	s := play(t, browser.Desk, `<databricks-fragment id="near" src="/_fragment/stage/near" loading="lazy"><databricks-skeleton lines="3"></databricks-skeleton></databricks-fragment>
		<div id="gap"></div><databricks-fragment id="far" src="/_fragment/stage/far" loading="lazy"><a href="/stage">Show it</a></databricks-fragment>`,
		map[string]http.HandlerFunc{"near": say("<p>Near</p>"), "far": failFirst(say(`<p>Far</p><databricks-button>Again</databricks-button>`))})
	s.expected = []string{"503"}
	s.await(`document.querySelector('#near').innerText === 'Near'`)
	s.is("skeleton", `document.querySelector('#near databricks-skeleton')`, "null")
	// A page without room below: what is near is loaded.
	s.await(`document.querySelector('#far [role=alert]') !== null`)
	s.is("failure", `document.querySelector('#far [role=alert] code').innerText`, "r-stage")
	s.click(`#far [data-retry]`)
	s.await(`document.querySelector('#far button')?.innerText === 'Again'`)
	s.is("busy", `document.querySelector('#far').ariaBusy`, "null")
	s.is("focus of Retry, which is gone", `document.activeElement.id`, "far")
	s.done()
}

func TestFragmentRefreshKeepsWhatTheUserDid(t *testing.T) {
	var version atomic.Int32
	s := play(t, browser.Desk, `<databricks-fragment src="/_fragment/stage/clock" refresh="1"><p>version 0</p>
		<details><summary>More</summary><p>text</p></details><input id="note" aria-label="Note"><a href="/stage">Link</a></databricks-fragment>`,
		map[string]http.HandlerFunc{"clock": func(w http.ResponseWriter, r *http.Request) {
			say(fmt.Sprintf(`<p>version %d</p><details><summary>More</summary><p>text %[1]d</p></details><p>new</p><input id="note" aria-label="Note"><a href="/stage">Link</a>`,
				version.Add(1)))(w, r)
		}})
	s.click("summary:not(header summary)")
	s.click("#note")
	s.press("k", "e", "p", "t")
	s.await(`document.querySelector('databricks-fragment').innerText.includes('version 2')`)
	s.is("focus", `document.activeElement.id`, "note")
	s.is("what was typed", `document.activeElement.value`, "kept")
	s.is("details", `document.querySelector('main details').open`, "true")
	s.is("what is in details", `document.querySelector('main details p').innerText.startsWith('text ')`, "true")
	s.done()
}

func TestDialogIsModalAndGivesTheFocusBack(t *testing.T) {
	s := play(t, browser.Desk, `<databricks-dialog><databricks-button variant="danger"><a class="open" href="?confirm=delete">Delete</a></databricks-button>
		<dialog aria-labelledby="title"><h2 id="title">Delete trips?</h2><form method="dialog" class="row"><databricks-button><a class="close" href="/stage">Cancel</a></databricks-button>
		<databricks-button variant="danger"><button value="yes">Delete it</button></databricks-button></form></dialog></databricks-dialog>`, nil)
	open := `document.querySelector('main dialog').matches(':modal')`
	for _, how := range []string{"Escape", "Cancel", "the button"} {
		s.click(".open")
		s.await(open)
		s.is("focus in the dialog", `document.querySelector('main dialog').contains(document.activeElement)`, "true")
		switch how {
		case "Escape":
			s.press(browser.KeyEscape)
		case "Cancel":
			s.click("main .close")
		default:
			s.click("main dialog button")
		}
		s.await("!" + open)
		s.is("focus after "+how, focused, "Delete")
	}
	s.is("location", `location.pathname + location.search`, "/stage")
	s.done()
}

func TestToastsGatherAndGo(t *testing.T) {
	s := play(t, browser.Desk, `<databricks-toast type="success" role="status"><p>Saved</p></databricks-toast>
		<databricks-toast type="error" role="alert"><p>Not saved</p></databricks-toast>`, nil)
	s.await(`document.querySelectorAll('.corbel-toasts > databricks-toast').length === 2`)
	s.is("live region", `document.querySelector('.corbel-toasts').ariaLive`, "polite")
	s.is("toasts left in the page", `document.querySelectorAll('main databricks-toast').length`, "0")
	s.await(`document.querySelectorAll('databricks-toast').length === 1`)
	s.is("an error stays", `document.querySelector('databricks-toast').innerText.trim()`, "Not saved")
	s.click(`databricks-toast .dismiss`)
	s.await(`!document.querySelector('databricks-toast')`)
	s.done()
}

func TestBareElementsAreCompletedInTheBrowser(t *testing.T) {
	s := play(t, browser.Desk, `<form id="form"><databricks-button variant="primary">Go</databricks-button>
		<databricks-input label="Name" name="n" value="x" required></databricks-input>
		<databricks-select label="Size" name="s"><option>small</option><option selected>large</option></databricks-select>
		<databricks-textarea label="Text" name="t">words</databricks-textarea>
		<databricks-checkbox label="Sure" name="c" checked></databricks-checkbox></form>
		<databricks-banner dismissible><strong>Read me</strong></databricks-banner>`, nil)
	s.await(`document.querySelectorAll('#form button').length === 1`)
	s.is("button", `document.querySelector('#form button').outerHTML`, `<button type="button">Go</button>`)
	s.is("form", `new URLSearchParams(new FormData(document.querySelector('#form')))`, "n=x&s=large&t=words&c=on")
	s.is("labels", `[...document.querySelectorAll('#form [name]:not([label])')].map(e => e.labels[0].innerText.trim())`, "Name,Size,Text,Sure")
	s.click("databricks-banner .dismiss")
	s.await(`!document.querySelector('databricks-banner')`)
	s.done()
}

func TestShortcutsCanBeSwitchedOff(t *testing.T) {
	s := play(t, browser.Desk, `<databricks-input><label for="q">Search</label><input type="search" id="q"></databricks-input><p>Text</p>`, nil)
	s.press("/")
	s.is("after /", `document.activeElement.id`, "q")
	s.press("?")
	s.is("? in a field is text", `document.activeElement.value.endsWith('?')`, "true")
	s.click("main p")
	s.press("?")
	list := `document.querySelector('#corbel-shortcuts').open`
	s.await(list)
	s.click("#corbel-shortcuts input")
	s.press(browser.KeyEscape)
	s.await("!" + list)
	s.press("?")
	s.is("after the shortcuts are off", list, "false")
	s.done()
}

func TestNavigationOnAPhoneIsADrawer(t *testing.T) {
	s := play(t, browser.Phone, `<databricks-skeleton lines="12"></databricks-skeleton><p>Text</p>`, nil)
	open := `document.querySelector('.corbel-drawer').open`
	s.click(".corbel-drawer > summary")
	s.is("after a click", open, "true")
	s.press(browser.KeyEscape)
	s.is("after Escape", open, "false")
	s.is("focus", `document.activeElement.matches('.corbel-drawer > summary')`, "true")
	s.press(browser.KeyEnter)
	s.is("after Enter", open, "true")
	s.click(".corbel-menu > summary")
	s.is("after another menu", open, "false")
	s.is("the user's menu", `document.querySelector('.corbel-menu').open`, "true")
	s.click("main p")
	s.is("after a click outside", `document.querySelector('.corbel-menu').open`, "false")
	s.done()
}

func TestThemeIsAppliedAtOnceAndBeforeTheFirstPaint(t *testing.T) {
	for _, scripting := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripting %v", scripting), func(t *testing.T) {
			s := &stage{t: t, tab: tab(t, browser.Desk), url: running(t).URL}
			enter(t, s.tab, running(t), ana)
			if err := s.tab.Scripting(scripting); err != nil {
				t.Fatal(err)
			}
			browse(t, s.tab, s.url+"/catalog", http.StatusOK)
			scheme := `getComputedStyle(document.documentElement).colorScheme`
			s.is("at first", scheme, "light dark")
			s.click(".corbel-menu > summary")
			if scripting {
				s.click(".corbel-theme [value=dark]")
			} else if status, err := s.tab.Follow("Dark"); err != nil || status != http.StatusOK {
				t.Fatalf("choose the dark theme: status %d, %v", status, err)
			}
			s.await(scheme + ` === 'dark'`)
			s.await(`document.querySelector('.corbel-theme [value=dark]').ariaPressed === 'true'`)
			s.is("the page stays", `location.pathname`, "/catalog")
			// The server has it: the next document comes with it, whatever the script does.
			s.await(`fetch('/catalog').then(r => r.text()).then(text => text.includes('<html lang="en" data-theme="dark">'))`)
			s.done()
		})
	}
}
