package e2e

import (
	"strings"
	"sync/atomic"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
)

// Every page by Tab alone: the first stop leads past the navigation, every control and link is a stop, in the order in which they
// are read, and each shows that it has the focus and lies behind nothing.
func TestPagesByKeyboard(t *testing.T) {
	t.Parallel()
	var stops atomic.Int64
	pages := 0
	t.Run("pages", func(t *testing.T) {
		for _, p := range places {
			if p.modal {
				continue
			}
			pages++
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				tab := tab(t, browser.Desk)
				p.visit(t, tab)
				if p.user != "" {
					checkSkipLink(t, tab)
					p.visit(t, tab)
				}
				// What has been said is dismissed first: it lies over the page, and goes by itself.
				if _, err := browser.Evaluate[int](tab, `Array.from(document.querySelectorAll('.corbel-toasts button'), e => e.click()).length`); err != nil {
					t.Fatal(err)
				}
				stops.Add(checkStops(t, tab))
			})
		}
	})
	figure.Note(t, "Tab stops in order, visible, with a focus ring: %d on %d pages", stops.Load(), pages)
}

func checkSkipLink(t *testing.T, tab *browser.Tab) {
	t.Helper()
	press(t, tab, browser.KeyTab)
	first := focus(t, tab)
	if !strings.HasPrefix(first.Name, "Skip") || !first.Seen {
		t.Errorf("the first stop is %+v, want a link past the navigation that is to be seen", first)
	}
	press(t, tab, browser.KeyEnter, browser.KeyTab)
	inMain, err := browser.Evaluate[bool](tab, `!!document.activeElement.closest('main') || document.activeElement === document.body`)
	if err != nil || !inMain {
		t.Errorf("behind the skip link is %+v, which is not in the page's main part: %v", focus(t, tab), err)
	}
}

// checkStops walks through the page by Tab and returns how many stops it has.
func checkStops(t *testing.T, tab *browser.Tab) int64 {
	t.Helper()
	// What loads when it comes into view would change the stops on the way.
	if _, err := browser.Evaluate[int](tab, `Promise.all(Array.from(document.querySelectorAll('databricks-fragment[loading]'), e => e.load())).then(all => all.length)`); err != nil {
		t.Fatal(err)
	}
	want, err := tab.Stops()
	if err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 {
		t.Fatal("the page has no stops")
	}
	// A box that scrolls and holds no control is a stop of the browser's own: they are passed, not counted.
	for next, others := 0, 0; next < len(want); {
		press(t, tab, browser.KeyTab)
		stop := focus(t, tab)
		switch {
		case stop.Order == next:
			next++
		case stop.Order == -1 && stop.Element != "" && others < len(want):
			others++
		default:
			t.Errorf("after %d of %d stops Tab leads to %+v, want %+v", next, len(want), stop, want[next])
			return int64(next)
		}
		if !stop.Ring || !stop.Seen {
			t.Errorf("stop %+v: a ring is drawn around it: %v, it is to be seen: %v", stop, stop.Ring, stop.Seen)
		}
	}
	return int64(len(want))
}

func press(t *testing.T, tab *browser.Tab, keys ...string) {
	t.Helper()
	if err := tab.Press(keys...); err != nil {
		t.Fatal(err)
	}
}

func focus(t *testing.T, tab *browser.Tab) browser.Stop {
	t.Helper()
	stop, err := tab.Focused()
	if err != nil {
		t.Fatal(err)
	}
	return stop
}
