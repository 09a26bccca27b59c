package e2e

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
)

// looks are those in which every page must stand, by the name of their pictures.
var looks = []struct {
	name string
	browser.Look
}{
	{"light", browser.Desk}, {"dark", browser.DeskDark}, {"phone", browser.Phone}, {"forced-colors", browser.DeskForced},
}

// takePicture takes a picture of the page into the folder CORBEL_E2E_PICTURES, if there is one: `make pictures`.
func takePicture(t *testing.T, tab *browser.Tab, page, look string) {
	t.Helper()
	folder := os.Getenv("CORBEL_E2E_PICTURES")
	if folder == "" {
		return
	}
	if err := tab.Screenshot(filepath.Join(folder, page+"-"+look+".webp")); err != nil {
		t.Error(err)
	}
}

// Every page, in light and dark, on a phone and with forced colours: it breaks no rule of axe-core, nothing sticks out or is
// cut off, it has one heading, and the browser complains of nothing: no violation of the policy, no script's error.
func TestPagesStandEveryLook(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(nodeTool(t, "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	var violations, complaints, widest atomic.Int64
	t.Run("pages", func(t *testing.T) {
		for _, p := range places {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				tab := tab(t, browser.Desk)
				p.visit(t, tab)
				if n, err := tab.Count("h1"); err != nil || n != 1 {
					t.Errorf("%d headings h1, want 1: %v", n, err)
				}
				for _, look := range looks {
					if err := tab.Show(look.Look); err != nil {
						t.Fatal(err)
					}
					if look.Look == browser.Phone {
						p.visit(t, tab) // some scripts ask for the width once
					}
					violations.Add(checkAccessible(t, tab, string(axe), look.name))
					widest.Store(max(widest.Load(), checkFits(t, tab, look.name)))
					if look.Look != browser.DeskForced {
						takePicture(t, tab, p.name, look.name)
					}
				}
				for _, complaint := range tab.Complaints() {
					if !p.expected(complaint) {
						complaints.Add(1)
						t.Errorf("the browser complains: %s", complaint)
					}
				}
			})
		}
	})
	figure.Note(t, "axe-core: %d violations on %d pages, each in light, dark, at 390 px and with forced colours", violations.Load(), len(places))
	figure.Note(t, "layout: %d px of horizontal scroll on %d pages in 4 looks", widest.Load(), len(places))
	figure.Note(t, "Content-Security-Policy and console: %d reports on %d pages", complaints.Load(), len(places))
}

func checkAccessible(t *testing.T, tab *browser.Tab, axe, look string) int64 {
	t.Helper()
	violations, err := tab.Violations(axe)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		t.Errorf("%s: %v", look, v)
	}
	return int64(len(violations))
}

func checkFits(t *testing.T, tab *browser.Tab, look string) int64 {
	t.Helper()
	pixels, culprits, err := tab.Overflow()
	if err != nil || pixels > 0 {
		t.Errorf("%s: %d pixels wider than the window: %v, %v", look, pixels, culprits, err)
	}
	cut, err := tab.Cut()
	if err != nil || len(cut) > 0 {
		t.Errorf("%s: text that cannot be read: %v, %v", look, cut, err)
	}
	return int64(pixels)
}
