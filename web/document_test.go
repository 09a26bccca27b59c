package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestDocumentComesInTheUsersTheme(t *testing.T) {
	t.Parallel()
	for theme, want := range map[string]struct{ attribute, scheme, pressed string }{
		"":                     {"", "light dark", "System"},
		"light":                {"light", "light", "Light"},
		"dark":                 {"dark", "dark", "Dark"},
		"system":               {"", "light dark", "System"},
		`"><script>alert(1)//`: {"", "light dark", "System"},
	} {
		shell := sampleShell()
		shell.Theme = theme
		document := render(t, func(b *strings.Builder) error { return WritePage(t.Context(), b, shell, Page{Title: "Catalog"}) })
		if got, _ := attribute(find(document, tag("html"))[0], "data-theme"); got != want.attribute {
			t.Errorf("theme %q: data-theme = %q, want %q", theme, got, want.attribute)
		}
		for _, meta := range find(document, tag("meta")) {
			if name, _ := attribute(meta, "name"); name != "color-scheme" {
				continue
			}
			if got, _ := attribute(meta, "content"); got != want.scheme {
				t.Errorf("theme %q: color-scheme = %q, want %q", theme, got, want.scheme)
			}
		}
		pressed := find(document, func(n *html.Node) bool { v, _ := attribute(n, "aria-pressed"); return v == "true" })
		if len(pressed) != 1 || text(pressed[0]) != want.pressed {
			t.Errorf("theme %q: %d choices are pressed, want %s alone", theme, len(pressed), want.pressed)
		}
	}
}

func TestThemeSwitchLeadsBackToThePage(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{"/catalog?q=a&b=\"": "/catalog?q=a&b=\"", "": "/"} {
		shell := Shell{AppName: "Atlas", Location: location}
		document := render(t, func(b *strings.Builder) error { return WritePage(t.Context(), b, shell, Page{Title: "Catalog"}) })
		form := find(document, func(n *html.Node) bool { v, _ := attribute(n, "action"); return v == ThemePath })
		if len(form) != 1 {
			t.Fatalf("%d theme switches, want one, for those who have not signed in, too", len(form))
		}
		if method, _ := attribute(form[0], "method"); method != "post" {
			t.Errorf("theme switch has the method %q, want post", method)
		}
		back := find(form[0], func(n *html.Node) bool { v, _ := attribute(n, "name"); return v == "back" })
		if got, _ := attribute(back[0], "value"); len(back) != 1 || got != want {
			t.Errorf("location %q: back = %q, want %q", location, got, want)
		}
	}
}

func TestUserMenuKnowsWhoIsThere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shell Shell
		want  string
	}{
		"name and address": {
			Shell{User: User{Name: "Ana Lima", Email: "ana@example.com"}, SignOutHref: "/out"},
			"AL Account of Ana Lima Ana Lima ana@example.com Theme Light Dark System Keyboard shortcuts ? Sign out",
		},
		"address alone": {Shell{User: User{Email: "ana@example.com"}}, "A Account of ana@example.com ana@example.com Theme Light Dark System Keyboard shortcuts ?"},
		"nobody":        {Shell{SignOutHref: "/out"}, "Preferences Theme Light Dark System Keyboard shortcuts ?"},
	} {
		document := render(t, func(b *strings.Builder) error { return WritePage(t.Context(), b, test.shell, Page{Title: "Catalog"}) })
		menu := find(document, func(n *html.Node) bool { v, _ := attribute(n, "class"); return v == "corbel-menu" })
		if len(menu) != 1 || text(menu[0]) != test.want {
			t.Errorf("%s: menu reads %q, want %q", name, text(menu[0]), test.want)
		}
	}
}

// A page is streamed between the two: neither may hold back what belongs to the other.
func TestDocumentOpensUpToMainAndClosesTheRest(t *testing.T) {
	t.Parallel()
	var open, end strings.Builder
	if err := OpenDocument(t.Context(), &open, sampleShell(), "Catalog"); err != nil {
		t.Fatal(err)
	}
	if err := CloseDocument(t.Context(), &end); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(open.String(), `<main class="corbel-main" id="corbel-main" tabindex="-1">`) {
		t.Errorf("the opening part ends with %q, want main's tag", open.String()[open.Len()-80:])
	}
	if !strings.HasPrefix(end.String(), "</main>") || !strings.HasSuffix(end.String(), "</body></html>") {
		t.Errorf("the closing part is %q", end.String())
	}
}
