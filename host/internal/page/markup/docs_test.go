package markup

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"corbel.example/web"
)

// elementsDoc is what plugin authors read.
const elementsDoc = "../../../../docs/elements.md"

func readElementsDoc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(elementsDoc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDocumentedMarkupIsKept(t *testing.T) {
	t.Parallel()
	blocks := regexp.MustCompile("(?s)```html\n(.*?)```").FindAllStringSubmatch(readElementsDoc(t), -1)
	if len(blocks) < 8 {
		t.Fatalf("%s shows %d pieces of markup, want at least 8", elementsDoc, len(blocks))
	}
	for _, block := range blocks {
		nodes, err := html.ParseFragment(strings.NewReader(block[1]), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
		if err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		for _, n := range nodes {
			if err := html.Render(&want, n); err != nil {
				t.Fatal(err)
			}
		}
		got, err := testRules.Clean([]byte(block[1]))
		if err != nil || got.HTML != want.String() {
			t.Errorf("documented markup\n%s\nis cleaned to\n%s\n(%v)", want.String(), got.HTML, err)
		}
	}
}

func TestElementsAreDocumentedAndStyled(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	web.ServeAsset(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, web.Href(web.Stylesheet), nil))
	stylesheet, documentation := w.Body.String(), readElementsDoc(t)
	for name := range elements {
		if !strings.HasPrefix(name, "databricks-") {
			continue
		}
		if !strings.Contains(documentation, "<"+name) {
			t.Errorf("%s does not show <%s>", elementsDoc, name)
		}
		if !strings.Contains(stylesheet, name) {
			t.Errorf("the stylesheet does not know %s", name)
		}
	}
	for _, name := range regexp.MustCompile(`databricks-[a-z]+`).FindAllString(stylesheet+documentation, -1) {
		if _, ok := elements[name]; !ok {
			t.Errorf("%s is styled or documented, and not allowed in fragments", name)
		}
	}
}
