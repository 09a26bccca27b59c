package page

import (
	"crypto/sha256"
	"net/http"
	"net/url"

	"github.com/maypok86/otter/v2"

	"corbel.example/host/internal/page/markup"
)

// maxCleanedShare is the largest share of its memory that one cleaned fragment may take.
const maxCleanedShare = 16

// cleaned keeps what fragments are cleaned to, by their content: cleaning is most of what a page costs, and most pages are
// shown more than once. What was cleaned for one user is right for another that has been answered with the same bytes.
type cleaned struct {
	entries *otter.Cache[cleanedKey, *markup.Fragment]
	largest int
}

// cleanedKey names content and the rules that it was cleaned by.
type cleanedKey struct {
	content [sha256.Size]byte
	plugin  string
	// routes is the generation of the mount table: forms may go to the plugin's own routes.
	routes      uint64
	keepHeading bool
	idPrefix    string
}

func newCleaned(size int) *cleaned {
	return &cleaned{largest: size / maxCleanedShare, entries: otter.Must(&otter.Options[cleanedKey, *markup.Fragment]{
		MaximumWeight: uint64(max(size, 0)),
		Weigher:       func(_ cleanedKey, f *markup.Fragment) uint32 { return weight(len(f.HTML)) },
	})}
}

// entryBytes is what an entry takes beside its text.
const entryBytes = 256

func weight(n int) uint32 { return uint32(min(n, 1<<31) + entryBytes) } //nolint:gosec // bounded

// clean cleans a fragment of a plugin.
func (c *Composer) clean(plugin string, source []byte, keepHeading bool, idPrefix string) (*markup.Fragment, error) {
	key := cleanedKey{
		content: sha256.Sum256(source), plugin: plugin, routes: c.table.Generation(), keepHeading: keepHeading, idPrefix: idPrefix,
	}
	if f, ok := c.cleaned.entries.GetIfPresent(key); ok {
		return f, nil
	}
	rules := markup.Rules{KeepHeading: keepHeading, IDPrefix: idPrefix, Takes: func(method string, u *url.URL) bool {
		target, err := c.table.Lookup(&http.Request{Method: method, URL: u})
		return err == nil && target.Plugin == plugin
	}}
	f, err := rules.Clean(source)
	if err != nil {
		return nil, err
	}
	if len(f.HTML) <= c.cleaned.largest {
		c.cleaned.entries.Set(key, &f)
	}
	return &f, nil
}
