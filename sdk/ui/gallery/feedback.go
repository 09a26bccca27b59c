package gallery

import "corbel.example/sdk/ui"

func feedback() []Section {
	return []Section{
		{
			Title: "Banner", Text: "A message at the place that it is about. ui.Failure makes the one of an error.",
			Examples: []Example{
				{Title: "A failure", Component: ui.Banner{
					Type: ui.Error, Title: "The query failed",
					Body:      ui.Paragraph{ui.Text("There is no table "), ui.Code("main.trips"), ui.Text(".")},
					RequestID: "7f2e",
					Actions:   []ui.Component{ui.Button{Text: "Retry", Size: ui.Small, Href: "/sql", Retry: true}},
				}},
				{Title: "Tones", Component: ui.Stack{
					ui.Banner{Title: "The list is longer", Text: "Only its beginning is shown."},
					ui.Banner{Type: ui.Success, Title: "Sample data is ready", Dismissible: true},
					ui.Banner{Type: ui.Warning, Title: "The warehouse is starting", Text: "The first query takes a minute."},
				}},
			},
		},
		{
			Title: "Toast", Text: "Tells that something was done. Without script it stands where it is; with script it floats for a while.",
			Examples: []Example{{Title: "Success", Component: ui.Toast{Type: ui.Success, Text: "Saved"}}},
		},
		{
			Title: "Empty state", Text: "Nothing to see, why, and what to do about it.",
			Examples: []Example{
				{Title: "With an action", Component: ui.Empty{
					Title:  "No tables",
					Text:   "This schema has no tables that you may see.",
					Action: ui.Button{Text: "Back to the catalog", Href: "/catalog"},
				}},
			},
		},
	}
}
