package e2e

import (
	"path"
	"regexp"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
)

// Budgets of what a page loads at the first visit, compressed: its scripts, its styles, what its plugin brings, and all of it
// with the document and all headers.
const (
	maxScript = 12 << 10
	maxStyle  = 8 << 10
	maxPlugin = 5 << 10
	maxPage   = 30 << 10
	// What an element loads when the page has one: the editor, the plot. The page is there before.
	maxEditor = 130 << 10
	maxPlot   = 26 << 10
)

// lazy are the modules that elements load, by name.
var lazy = map[string]int{"editor.js": maxEditor, "plot.js": maxPlot}

// pluginAsset is the path of a plugin's asset: /assets/<hash>/<plugin>/<name>.
var pluginAsset = regexp.MustCompile(`/assets/[^/]+/[^/]+/[^/]+$`)

func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	var script, style, plugin, page int
	heaviest, later := "", 0
	for _, p := range places {
		if p.name == "design" {
			continue // every element in every state
		}
		tab := tab(t, browser.Desk)
		p.visit(t, tab)
		var sum struct{ script, style, plugin, page int }
		for _, transfer := range tab.Transfers() {
			if most, ok := lazy[path.Base(transfer.URL)]; ok {
				if transfer.Body > most {
					t.Errorf("%s: %s has %d bytes, more than %d", p.name, transfer.URL, transfer.Body, most)
				}
				later = max(later, transfer.Body)
				continue
			}
			sum.page += transfer.Bytes
			switch {
			case pluginAsset.MatchString(transfer.URL):
				sum.plugin += transfer.Body
			case transfer.Type == "Script":
				sum.script += transfer.Body
			case transfer.Type == "Stylesheet":
				sum.style += transfer.Body
			}
		}
		if sum.page == 0 || sum.style == 0 {
			t.Errorf("%s: nothing was loaded: %+v", p.name, tab.Transfers())
		}
		if sum.script > maxScript || sum.style > maxStyle || sum.plugin > maxPlugin || sum.page > maxPage {
			t.Errorf("%s: %+v: more than %d bytes of script, %d of style, %d of the plugin's own or %d in all: %+v",
				p.name, sum, maxScript, maxStyle, maxPlugin, maxPage, tab.Transfers())
		}
		if sum.page > page {
			page, heaviest = sum.page, p.name
		}
		script, style, plugin = max(script, sum.script), max(style, sum.style), max(plugin, sum.plugin)
		tab.Close()
	}
	figure.Note(t, "compressed, at most: scripts %.1f KiB, styles %.1f KiB, a plugin's own %.1f KiB, a page in all %.1f KiB (%s); beside it an editor %.1f KiB",
		kib(script), kib(style), kib(plugin), kib(page), heaviest, kib(later))
}

func kib(bytes int) float64 { return float64(bytes) / 1024 }
