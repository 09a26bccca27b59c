package browser_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
)

// show opens a page with that body in a tab on a desk.
func show(t *testing.T, body string) *browser.Tab {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if _, err := io.WriteString(w, "<!doctype html><html lang=en><title>Bad</title>"+body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	b, err := browser.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	tab, err := b.Tab(browser.Desk)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if _, err := tab.Open(server.URL); err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestSeesTextThatIsCutOff(t *testing.T) {
	t.Parallel()
	tab := show(t, `<p style="width: 40px; overflow: hidden; white-space: nowrap">Too long for its box</p>
		<p style="width: 40px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">Shortened on purpose</p>
		<p style="width: 40px; overflow: auto; white-space: nowrap">Scrolls by itself</p>
		<p style="position: absolute; width: 1px; height: 1px; overflow: hidden">For screen readers</p>`)
	cut, err := tab.Cut()
	if err != nil || len(cut) != 1 || !strings.Contains(cut[0], "Too long") {
		t.Errorf("cut off: %q, %v, want the first paragraph alone", cut, err)
	}
}

func TestSeesWhereTheKeyboardLeads(t *testing.T) {
	t.Parallel()
	tab := show(t, `<style>#bare { outline: none } #cover { position: fixed; inset: 0 0 auto 0; height: 60px; background: white }</style>
		<div id="cover"></div><a id="covered" href="/">Covered</a><p style="margin-top: 80px"><button>Fine</button> <button id="bare">Bare</button>
		<button disabled>Disabled</button> <button hidden>Hidden</button> <button tabindex="-1">By script alone</button></p>
		<div><template shadowrootmode="open"><slot name="b"></slot><slot name="a"></slot></template><a slot="a" href="/">Last</a><a slot="b" href="/">Before</a></div>`)
	stops, err := tab.Stops()
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name       string
		ring, seen bool
	}{{"Covered", true, false}, {"Fine", true, true}, {"Bare", false, true}, {"Before", true, true}, {"Last", true, true}}
	if len(stops) != len(want) {
		t.Fatalf("stops %+v, want %+v", stops, want)
	}
	for i, w := range want {
		if err := tab.Press(browser.KeyTab); err != nil {
			t.Fatal(err)
		}
		got, err := tab.Focused()
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != w.name || got.Order != i || got.Ring != w.ring || got.Seen != w.seen {
			t.Errorf("stop %d is %+v, want %+v", i, got, w)
		}
	}
}

func TestSeesDialogsAndShifts(t *testing.T) {
	t.Parallel()
	tab := show(t, `<p id="late" style="height: 0; margin: 0"></p><h1 style="height: 300px">Pushed down</h1><script>
		alert('hello');
		requestAnimationFrame(() => requestAnimationFrame(() => { document.getElementById('late').style.height = '300px'; setTimeout(() => document.body.dataset.done = '', 100); }));
	</script>`)
	if err := tab.Await(`'done' in document.body.dataset`); err != nil {
		t.Fatal(err)
	}
	if shift, err := tab.Shift(); err != nil || shift < 0.1 {
		t.Errorf("layout shift %v, %v, want at least 0.1", shift, err)
	}
	if complaints := strings.Join(tab.Complaints(), "\n"); !strings.Contains(complaints, `dialog: alert "hello"`) {
		t.Errorf("the alert is not among the complaints: %s", complaints)
	}
}
