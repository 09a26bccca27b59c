package web

// DefaultLayout is the layout of a page that names none.
const DefaultLayout = "single"

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

// arranged returns the page's blocks by the layout's slots, in the layout's order.
func (p Page) arranged() []Slot {
	names, ok := LayoutSlots(p.Layout)
	if !ok {
		names = layouts[DefaultLayout]
	}
	arranged := make([]Slot, len(names))
	for i, name := range names {
		arranged[i].Name = name
		for _, slot := range p.Slots {
			if slot.Name == name {
				arranged[i].Blocks = append(arranged[i].Blocks, slot.Blocks...)
			}
		}
	}
	return arranged
}

func layoutClass(layout string) string {
	if _, ok := layouts[layout]; !ok {
		layout = DefaultLayout
	}
	return "corbel-" + layout
}
