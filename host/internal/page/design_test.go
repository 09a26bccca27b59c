package page

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/ui/gallery"
)

// TestWhatTheSDKWritesIsKept holds that the lists of what is allowed have all that the sdk's components use.
func TestWhatTheSDKWritesIsKept(t *testing.T) {
	t.Parallel()
	rules := markup.Rules{KeepHeading: true, Takes: func(string, *url.URL) bool { return true }}
	for _, section := range gallery.Sections() {
		for _, example := range section.Examples {
			w := httptest.NewRecorder()
			if err := ui.Write(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), example.Component); err != nil {
				t.Fatal(err)
			}
			nodes, err := html.ParseFragment(strings.NewReader(w.Body.String()), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
			if err != nil {
				t.Fatal(err)
			}
			var want strings.Builder
			for _, n := range nodes {
				if err := html.Render(&want, n); err != nil {
					t.Fatal(err)
				}
			}
			got, err := rules.Clean(w.Body.Bytes())
			if err != nil {
				t.Errorf("%s, %s: %v", section.Title, example.Title, err)
			}
			if diff := cmp.Diff(want.String(), got.HTML); diff != "" {
				t.Errorf("%s, %s (-written +kept):\n%s", section.Title, example.Title, diff)
			}
		}
	}
}
