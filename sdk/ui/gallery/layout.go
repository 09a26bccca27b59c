package gallery

import "corbel.example/sdk/ui"

func layout() []Section {
	return []Section{
		{
			Title: "Card", Text: "A part of a page with a border around it.",
			Examples: []Example{
				{Title: "With title, tag and actions", Component: ui.Card{
					Title:   "Columns",
					Tag:     ui.Number(5),
					Actions: []ui.Component{ui.Button{Text: "Download", Size: ui.Small, Href: "/api/trips.csv"}},
					Body:    ui.Paragraph{ui.Text("One for each fact about a trip.")},
				}},
				{Title: "Plain", Component: ui.Card{Body: ui.Paragraph{ui.Text("Only a border.")}}},
				{Title: "Raised", Component: ui.Grid{
					ui.Card{Title: "Elevation 1", Elevation: 1, Body: ui.Paragraph{ui.Text("A small shadow.")}},
					ui.Card{Title: "Elevation 2", Elevation: 2, Body: ui.Paragraph{ui.Text("A larger one.")}},
				}},
			},
		},
		{
			Title: "Stack, row and grid", Text: "Below each other, side by side, and in equal columns. A fragment's top level is a stack by itself.",
			Examples: []Example{
				{Title: "Together", Component: ui.Stack{
					ui.Row{ui.Heading{Text: "Trips"}, ui.Tag{Text: "TABLE"}, ui.End{ui.Button{Text: "Query", Href: "/sql"}}},
					ui.Grid{ui.Card{Title: "Rows"}, ui.Card{Title: "Columns"}},
				}},
				{Title: "For browsers without script", Component: ui.WithoutScript{ui.Button{Text: "Update"}}},
				{Title: "Without anything around them", Component: ui.Parts{ui.Text("one "), nil, ui.Text("two")}},
			},
		},
		{
			Title: "Properties", Text: "Terms and what there is to say about them. Those without a value are left out.",
			Examples: []Example{
				{Title: "Of a table", Component: ui.Properties{
					{Name: "Owner", Value: ui.Text("ana@example.com")},
					{Name: "Full name", Value: ui.Copyable("main.samples.trips")},
					{Name: "Created", Value: ui.Time(created)},
					{Name: "Comment"},
				}},
			},
		},
		{
			Title: "Details", Text: "What only some want to see.",
			Examples: []Example{
				{Title: "Closed", Component: ui.Details{Summary: "Statement", Body: ui.Preformatted("SELECT *\nFROM main.samples.trips")}},
				{Title: "Open", Component: ui.Details{Summary: "Statement", Open: true, Body: ui.Preformatted("SELECT *\nFROM main.samples.trips")}},
			},
		},
	}
}
