package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// flattened is the order in which a browser shows the blocks of a page: those of the shadow root's slots.
func flattened(t *testing.T, document *html.Node) (shown []string, skeletons int) {
	t.Helper()
	host := find(document, func(n *html.Node) bool { v, _ := attribute(n, "class"); return v == "corbel-page" })
	if len(host) != 1 {
		t.Fatalf("%d pages, want 1", len(host))
	}
	template := find(host[0], tag("template"))
	if mode, _ := attribute(template[0], "shadowrootmode"); len(template) != 1 || mode != "open" || template[0].Parent != host[0] {
		t.Fatalf("%d templates, the first of mode %q", len(template), mode)
	}
	light := map[string]string{}
	for child := range host[0].ChildNodes() {
		if name, ok := attribute(child, "slot"); ok {
			light[name] = text(child)
		}
	}
	for _, slot := range find(template[0], tag("slot")) {
		name, _ := attribute(slot, "name")
		if content, ok := light[name]; ok {
			shown = append(shown, content)
			continue
		}
		skeletons++
	}
	return shown, skeletons
}

func TestLayoutsPutBlocksWhereTheirSlotSays(t *testing.T) {
	t.Parallel()
	for layout, want := range map[string][]string{
		"": {"one", "two"}, "single": {"one", "two"}, "grid": {"one", "two"}, "split": {"tree", "one", "two"}, "unknown": {"one", "two"},
	} {
		page := Page{HideHeading: true, Layout: layout, Places: []Place{{Slot: "main"}, {Slot: "aside"}, {Slot: "main"}}}
		document := render(t, func(b *strings.Builder) error {
			return WritePage(t.Context(), b, Shell{}, page, Block{Markup: "<p>one</p>"}, Block{Markup: "<p>tree</p>"}, Block{Markup: "<p>two</p>"})
		})
		if got, _ := flattened(t, document); !slices.Equal(got, want) {
			t.Errorf("layout %q shows %q, want %q", layout, got, want)
		}
	}
	for _, layout := range Layouts() {
		if _, ok := LayoutSlots(layout); !ok {
			t.Errorf("layout %q has no slots", layout)
		}
	}
	if len(Layouts()) != len(layouts) {
		t.Errorf("Layouts() has %d names, want %d", len(Layouts()), len(layouts))
	}
}

func TestBlocksMayComeInAnyOrder(t *testing.T) {
	t.Parallel()
	page := Page{Title: "Catalog", Places: []Place{{Slot: "main"}, {Slot: "main", Lines: 7}, {Slot: "main", Lines: 1000}}}
	var b strings.Builder
	for _, err := range []error{
		OpenDocument(t.Context(), &b, Shell{}, page.Title), OpenPage(t.Context(), &b, page),
		WriteBlock(t.Context(), &b, 2, Block{Markup: "third"}), WriteBlock(t.Context(), &b, 0, Block{Markup: "first"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	// The connection breaks here: what is there is shown in its place.
	document := render(t, func(whole *strings.Builder) error { _, err := whole.WriteString(b.String()); return err })
	shown, skeletons := flattened(t, document)
	if !slices.Equal(shown, []string{"first", "third"}) || skeletons != 1 {
		t.Errorf("page shows %q and %d skeletons", shown, skeletons)
	}
	if got, want := strings.Count(b.String(), `part="line"`), DefaultLines+7+MaxLines; got != want {
		t.Errorf("%d lines of skeletons, want %d", got, want)
	}
}

func TestAnOldCopySaysOfWhen(t *testing.T) {
	t.Parallel()
	document := render(t, func(b *strings.Builder) error {
		b.WriteString("<!doctype html>")
		return WriteBlockContent(t.Context(), b, Block{
			Markup: "<p>rows</p>", AsOf: time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600)), RetryHref: "/catalog",
		})
	})
	at := find(document, tag("time"))
	if machine, _ := attribute(at[0], "datetime"); len(at) != 1 || text(at[0]) != "02:04:05 UTC" || machine != "2026-01-02T02:04:05Z" {
		t.Errorf("%d times, the first %q (%s)", len(at), text(at[0]), machine)
	}
	if got := text(document); !strings.HasSuffix(got, "Retry rows") {
		t.Errorf("block reads %q", got)
	}
}

func TestAPageWithoutPlacesSaysWhy(t *testing.T) {
	t.Parallel()
	document := render(t, func(b *strings.Builder) error {
		return WritePage(t.Context(), b, Shell{}, Page{Title: "Home", Empty: &Empty{Title: "Nothing here", Message: "Yet."}})
	})
	if got, _ := flattened(t, document); !slices.Equal(got, []string{"Nothing here Yet."}) {
		t.Errorf("page shows %q", got)
	}
}
