package e2e

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/stack"
)

const (
	maxFirstByte = 50 * time.Millisecond
	// maxVisible is when fragments that are quick are to be seen, whatever the others do.
	maxVisible = 300 * time.Millisecond
	// pollInterval is how often a page that is loading is looked at.
	pollInterval = 5 * time.Millisecond
)

func exhibits(t *testing.T, exhibits ...exhibit) *stack.Stack {
	t.Helper()
	s, err := withExhibits(t.Context(), t.TempDir(), exhibits...)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, s)
	return s
}

func TestFirstByteWhileAPluginHangs(t *testing.T) {
	s := exhibits(t, exhibit{"alpha", "quick"}, exhibit{"hanging", "hangs"})
	v := signIn(t, s, ana)
	const requests = 20
	times := make([]time.Duration, requests)
	for i := range times {
		begin := time.Now()
		resp, err := v.Open(t.Context(), http.MethodGet, "/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		times[i] = time.Since(begin)
		// Nobody waits for the rest.
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(times)
	if median := times[requests/2]; median > maxFirstByte {
		t.Errorf("the page's first byte comes after %v, want at most %v", median, maxFirstByte)
	}
	figure.Note(t, "first byte while a plugin hangs: median %.1f ms, slowest of %d %.1f ms",
		milliseconds(times[requests/2]), requests, milliseconds(times[requests-1]))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// A page of four fragments, one of which takes 2 s and one of which fails: the other two are to be seen at once, the failed
// one has its banner, and nothing moves when the late one comes; with scripts and without.
func TestFragmentsDoNotWaitForEachOther(t *testing.T) {
	s := exhibits(t, exhibit{"alpha", "quick"}, exhibit{"beta", "slow"}, exhibit{"gamma", "fails"}, exhibit{"delta", "quick"})
	for _, scripting := range []bool{true, false} {
		name := map[bool]string{true: "with scripts", false: "without scripts"}[scripting]
		t.Run(name, func(t *testing.T) {
			tab := tab(t, browser.Desk)
			if err := tab.Scripting(scripting); err != nil {
				t.Fatal(err)
			}
			enter(t, tab, s, ana)
			const loads = 3
			var quick, late []time.Duration
			var shift float64
			for range loads {
				// The measurement begins with styles in the cache and a process for the site: with the second page.
				browse(t, tab, s.URL+"/alpha/exhibits/none", http.StatusOK)
				q, l := watchHome(t, tab, s.URL)
				quick, late = append(quick, q), append(late, l)
				moved, err := tab.Shift()
				if err != nil {
					t.Fatal(err)
				}
				shift = max(shift, moved)
			}
			slices.Sort(quick)
			if quick[loads/2] > maxVisible {
				t.Errorf("the quick fragments are to be seen after %v, want at most %v", quick, maxVisible)
			}
			if shift >= maxShift {
				t.Errorf("layout shift %.3f, want under %v", shift, maxShift)
			}
			if complaints := tab.Complaints(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
			figure.Note(t, "four fragments %s: two and the failed one's banner visible after %.0f ms, the slow one after %.0f ms, layout shift %.3f",
				name, milliseconds(quick[loads/2]), milliseconds(slices.Max(late)), shift)
		})
	}
}

// watchHome opens the home page and returns when the quick fragments and the banner of the failed one are to be seen, and
// when the slow one is.
func watchHome(t *testing.T, tab *browser.Tab, url string) (quick, late time.Duration) {
	t.Helper()
	begin := time.Now()
	if err := tab.Begin(url + "/"); err != nil {
		t.Fatal(err)
	}
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for begin := begin; time.Since(begin) < waitTimeout; <-ticker.C {
		seen, err := browser.Evaluate[map[string]bool](tab, `(() => {
			const seen = e => !!e && e.checkVisibility() && e.getBoundingClientRect().height > 10;
			return {
				quick: seen(document.querySelector('.alpha')) && seen(document.querySelector('.delta')) &&
					seen([...document.querySelectorAll('databricks-banner')].find(e => e.innerText.includes('gamma'))),
				slow: seen(document.querySelector('.beta')),
			};
		})()`)
		if err != nil {
			continue // the page is just taking the place of the one before
		}
		if seen["slow"] && quick == 0 {
			t.Fatal("the quick fragments have waited for the slow one")
		}
		if seen["quick"] && quick == 0 {
			quick = time.Since(begin)
		}
		if seen["slow"] {
			return quick, time.Since(begin)
		}
	}
	t.Fatal("the slow fragment never came")
	return 0, 0
}
