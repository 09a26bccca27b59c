package web

import "strings"

// DefaultLayout is the layout of a page that names none.
const DefaultLayout = "single"

const (
	// DefaultLines is the room that is kept for a block of unknown height.
	DefaultLines = 4
	// MaxLines bounds the room that is kept for a block: more than a screen needs none.
	MaxLines = 60
)

// layouts are the layouts with their slots.
var layouts = map[string][]string{
	DefaultLayout: {"main"},
	"split":       {"aside", "main"},
	"grid":        {"main"},
}

// Layouts returns the names of the layouts: "single" stacks its blocks, "split" has an aside to the left of main, "grid"
// sets its blocks side by side as far as they fit.
func Layouts() []string { return []string{DefaultLayout, "split", "grid"} }

// LayoutSlots returns the slots of a layout, "" for the default one; ok is false for an unknown layout.
func LayoutSlots(layout string) (slots []string, ok bool) {
	if layout == "" {
		layout = DefaultLayout
	}
	slots, ok = layouts[layout]
	return slots, ok
}

const pageEnd = `</div>`

// frame opens the page's element with its shadow root: the layout, a slot for each place, and in it a skeleton of the
// place's height. What is in a shadow root is styled by its parts.
func (p Page) frame() string {
	layout := p.Layout
	if _, ok := layouts[layout]; !ok {
		layout = DefaultLayout
	}
	var b strings.Builder
	b.WriteString(`<div class="corbel-page"><template shadowrootmode="open"><div part="layout ` + layout + `">`)
	for _, slot := range layouts[layout] {
		b.WriteString(`<div part="slot ` + layout + `-` + slot + `">`)
		for i, place := range p.places() {
			if place.Slot == slot {
				b.WriteString(`<slot name="` + slotName(i) + `">`)
				writeSkeleton(&b, place.Lines)
				b.WriteString(`</slot>`)
			}
		}
		b.WriteString(`</div>`)
	}
	b.WriteString(`</div></template>`)
	return b.String()
}

// places are the page's, or the one of what is said when it has none.
func (p Page) places() []Place {
	if len(p.Places) == 0 && p.Empty != nil {
		return []Place{{Slot: "main"}}
	}
	return p.Places
}

func writeSkeleton(b *strings.Builder, lines int) {
	if lines <= 0 {
		lines = DefaultLines
	}
	b.WriteString(`<div part="skeleton" aria-hidden="true">`)
	for range min(lines, MaxLines) {
		b.WriteString(`<div part="line"></div>`)
	}
	b.WriteString(`</div>`)
}
