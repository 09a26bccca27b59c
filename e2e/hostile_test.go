package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

// whole is what is left of a page that a hostile fragment was put into.
type whole struct {
	// Witness says that the fragment after it is to be seen, Bar that nothing lies over the shell.
	Witness, Bar bool
	// Mains, Headings and Bars are how many the page has.
	Mains, Headings, Bars int
	// Foreign are elements and attributes that no fragment may bring.
	Foreign []string
}

const inspect = `(() => {
	const shown = e => !!e && e.checkVisibility() && e.getBoundingClientRect().height > 0;
	const bar = document.querySelector('header');
	const box = bar.getBoundingClientRect();
	const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
	const foreign = [];
	// A form's controls take the place of its properties.
	const attributes = e => Object.getOwnPropertyDescriptor(Element.prototype, 'attributes').get.call(e);
	for (const e of document.querySelectorAll('main *')) {
		if (e.matches('script, style, link, meta, base, iframe, object, embed, plaintext, noscript, foreignObject, animate, use, portal, [popover], [srcdoc], [formaction]')) foreign.push(e.outerHTML.slice(0, 120));
		for (const {name, value} of attributes(e)) {
			const address = value.replace(/[\s\x00-\x1f]/g, '').toLowerCase();
			if (name.startsWith('on') || /^(javascript|vbscript|data:text)/.test(address) || (/^(action|formaction|src|data-src)$/.test(name) && /evil/.test(address)))
				foreign.push(name + '=' + value.slice(0, 120));
			if (name === 'style' && e.closest('.corbel-fragment')) foreign.push('style=' + value.slice(0, 120));
		}
	}
	return {
		Witness: shown(document.querySelector('main .witness')), Bar: shown(bar) && (bar === over || bar.contains(over)),
		Mains: document.querySelectorAll('main').length, Headings: document.querySelectorAll('h1').length,
		Bars: document.querySelectorAll('body header.corbel-bar').length, Foreign: foreign,
	};
})()`

// Whatever a fragment holds, the page around it stays whole, nothing of it runs, and nothing of it even gets as far as the
// content security policy.
func TestHostileFragmentsLeaveThePageWhole(t *testing.T) {
	t.Parallel()
	s := gallery(t)
	names := decode[[]string](t, get(t, signIn(t, s, ana), http.StatusOK, "/api/gallery/exhibits"))
	if len(names) < 30 {
		t.Fatalf("only %d exhibits: %v", len(names), names)
	}
	t.Run("fragments", func(t *testing.T) {
		for _, name := range names {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				tab := tab(t, browser.Desk)
				enter(t, tab, s, ana)
				address := s.URL + "/gallery/exhibits/" + name
				browse(t, tab, address, http.StatusOK)
				checkWhole(t, tab)
				checkNothingRan(t, tab, s)
				if location, err := tab.Location(); err != nil || location != address {
					t.Errorf("the page has become %s, %v", location, err)
				}
			})
		}
	})
	figure.Note(t, "%d hostile fragments: no script ran, every page whole, 0 reports of the policy", len(names))
}

func checkWhole(t *testing.T, tab *browser.Tab) {
	t.Helper()
	page, err := browser.Evaluate[whole](tab, inspect)
	if err != nil {
		t.Fatal(err)
	}
	if !page.Witness || !page.Bar {
		t.Errorf("what comes after it is to be seen: %v; nothing lies over the shell: %v", page.Witness, page.Bar)
	}
	if page.Mains != 1 || page.Headings != 1 || page.Bars != 1 {
		t.Errorf("the page has %d main, %d h1 and %d top bars, want one of each", page.Mains, page.Headings, page.Bars)
	}
	if len(page.Foreign) > 0 {
		t.Errorf("the page holds what no fragment may bring: %q", page.Foreign)
	}
}

// checkNothingRan checks that no script of somebody else's has run or tried to, and that nobody else was asked for anything.
func checkNothingRan(t *testing.T, tab *browser.Tab, s *stack.Stack) {
	t.Helper()
	for _, complaint := range tab.Complaints() {
		// A picture that is not there, or the page itself, when it is an error.
		if !strings.Contains(complaint, "Failed to load resource") {
			t.Errorf("the browser complains: %s", complaint)
		}
	}
	foreign := slices.DeleteFunc(tab.Transfers(), func(transfer browser.Transfer) bool {
		return strings.HasPrefix(transfer.URL, s.URL+"/") || strings.HasPrefix(transfer.URL, "data:")
	})
	if len(foreign) > 0 {
		t.Errorf("the page asked others: %+v", foreign)
	}
}
