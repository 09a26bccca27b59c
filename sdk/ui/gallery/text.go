package gallery

import (
	"time"

	"corbel.example/sdk/ui"
)

var created = time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)

func text() []Section {
	return []Section{
		{
			Title: "Text", Text: "Every piece of text is a value of its own, and escaped.",
			Examples: []Example{
				{Title: "In a paragraph", Component: ui.Paragraph{
					ui.Strong("Ready:"), ui.Text(" the table "), ui.Code("main.trips"), ui.Text(" has "),
					ui.Link{Href: "/catalog/main/trips", Text: "1,204 rows"},
					ui.Text(" of type "), ui.Mono("BIGINT"), ui.Text(", "), ui.Muted("by ana@example.com"), ui.Text("."),
				}},
				{Title: "Missing, exact and counted", Component: ui.Row{ui.Null{}, ui.Time(created), ui.Number(1204), ui.Percent(0.995), ui.Duration(2750 * time.Millisecond), ui.Copyable("main.samples.trips")}},
				{Title: "Headings", Component: ui.Parts{ui.Heading{Text: "A part"}, ui.Heading{Level: 3, Text: "A part of a part"}}},
				{Title: "Lists", Component: ui.List{ui.Text("one"), ui.Text("two")}},
				{Title: "Several lines", Component: ui.Preformatted("SELECT *\nFROM main.samples.trips\nWHERE fare < 10")},
			},
		},
	}
}
