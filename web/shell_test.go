package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func render(t *testing.T, write func(*strings.Builder) error) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := write(&b); err != nil {
		t.Fatalf("render: %v", err)
	}
	if !strings.HasPrefix(strings.ToLower(b.String()), "<!doctype html>") {
		t.Errorf("document begins with %.20q, want a doctype", b.String())
	}
	document, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatalf("parse the document: %v", err)
	}
	return document
}

func find(root *html.Node, match func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			found = append(found, n)
		}
	}
	return found
}

func tag(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func sampleShell() Shell {
	return Shell{
		AppName: "Atlas", User: User{Name: "Ana <Lima>", Email: "ana@example.com"}, SignOutHref: "/sign-out",
		Nav: []NavGroup{
			{Items: []NavItem{{Title: "Home", Href: "/"}}},
			{Title: "Data", Items: []NavItem{{Title: "Catalog", Href: "/catalog", Current: true}}},
			{Title: "AI", Items: []NavItem{{Title: "Models", Href: "/models", Note: "restarting"}}},
			{Title: "Nothing"},
		},
	}
}

func TestDocumentCanBeUsedByKeyboardAndScreenReader(t *testing.T) {
	t.Parallel()
	document := render(t, func(b *strings.Builder) error {
		return WritePage(t.Context(), b, sampleShell(), Page{Title: "Catalog"})
	})
	for name, want := range map[string]int{"main": 1, "h1": 1, "title": 1, "header": 1} {
		if got := len(find(document, tag(name))); got != want {
			t.Errorf("<%s> elements: %d, want %d", name, got, want)
		}
	}
	links := find(document, tag("a"))
	href, _ := attribute(links[0], "href")
	main := find(document, tag("main"))[0]
	if id, _ := attribute(main, "id"); href != "#"+id {
		t.Errorf("the first link leads to %q, want to main (#%s)", href, id)
	}
	for _, nav := range find(document, tag("nav")) {
		current := find(nav, func(n *html.Node) bool { _, ok := attribute(n, "aria-current"); return ok })
		if len(current) != 1 || text(current[0]) != "Catalog" {
			t.Errorf("navigation marks %d links as current, want Catalog alone", len(current))
		}
		if got, want := text(nav), "Home Data Catalog AI Models restarting"; got != want {
			t.Errorf("navigation reads %q, want %q", got, want)
		}
	}
	if lang, _ := attribute(find(document, tag("html"))[0], "lang"); lang != "en" {
		t.Errorf("lang = %q, want en", lang)
	}
	if got := text(find(document, tag("title"))[0]); got != "Catalog - Atlas" {
		t.Errorf("title = %q", got)
	}
}

func TestDocumentHasNothingThatThePolicyForbids(t *testing.T) {
	t.Parallel()
	document := render(t, func(b *strings.Builder) error {
		places := []Place{{Slot: "main"}, {Slot: "main"}}
		return WritePage(t.Context(), b, sampleShell(), Page{Title: "Catalog", Places: places},
			Block{Src: "/_fragment/lakebase/x", Failure: &Failure{Title: "lakebase did not answer", Message: "Try again.", RequestID: "r-1"}, RetryHref: "/catalog"},
			Block{Src: "/_fragment/lakebase/y", Markup: "<p>old</p>", AsOf: time.Now()})
	})
	for n := range document.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if _, external := attribute(n, "src"); n.Data == "style" || n.Data == "script" && !external {
			t.Errorf("document has an inline <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has an inline %s", n.Data, a.Key)
			}
		}
	}
}

func TestDocumentEscapesWhatItIsGiven(t *testing.T) {
	t.Parallel()
	shell := sampleShell()
	shell.AppName = `<script>alert(1)</script>`
	shell.SignOutHref = `javascript:alert(1)`
	document := render(t, func(b *strings.Builder) error {
		return WriteError(t.Context(), b, shell, ErrorPage{Status: 404, RetryHref: "javascript:alert(2)", Failure: Failure{
			Title: "<i>Not found</i>", Message: "<b>x</b>", RequestID: `"><script>`,
		}})
	})
	modules := 1 // the shell's own
	if n := len(find(document, tag("script"))) - modules + len(find(document, tag("b"))) + len(find(document, tag("i"))); n != 0 {
		t.Errorf("%d elements came out of text", n)
	}
	for _, link := range find(document, tag("a")) {
		if href, _ := attribute(link, "href"); strings.HasPrefix(href, "javascript:") {
			t.Errorf("link %q leads to %q", text(link), href)
		}
	}
}

func TestErrorPageSaysWhatToQuoteAndWhereToGo(t *testing.T) {
	t.Parallel()
	document := render(t, func(b *strings.Builder) error {
		return WriteError(t.Context(), b, sampleShell(), ErrorPage{Status: 503, RetryHref: "/catalog?x=1", Failure: Failure{
			Title: "Not available", Message: "Try again in a moment.", Code: "UNAVAILABLE", RequestID: "r-17",
		}})
	})
	main := find(document, tag("main"))[0]
	want := "503 Not available Try again in a moment. Try again Go to the home page Code UNAVAILABLE Request id r-17"
	if diff := cmp.Diff(want, text(main)); diff != "" {
		t.Errorf("error page (-want +got):\n%s", diff)
	}
	var hrefs []string
	for _, link := range find(main, tag("a")) {
		href, _ := attribute(link, "href")
		hrefs = append(hrefs, href)
	}
	if !slices.Equal(hrefs, []string{"/catalog?x=1", "/"}) {
		t.Errorf("links lead to %v", hrefs)
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		user User
		want string
	}{
		{User{Name: "Ana Maria Lima"}, "AL"},
		{User{Name: "ben"}, "B"},
		{User{Email: "cleo.park@example.com"}, "CP"},
		{User{Name: "Émile Zola", Email: "e@example.com"}, "ÉZ"},
		{User{Email: "@"}, "?"},
	} {
		if got := test.user.initials(); got != test.want {
			t.Errorf("initials of %+v = %q, want %q", test.user, got, test.want)
		}
	}
}
