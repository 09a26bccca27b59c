package gallery

import "corbel.example/sdk/ui"

func actions() []Section {
	return []Section{
		{
			Title: "Button", Text: "Does something, or leads somewhere if it has an Href.",
			Examples: []Example{
				{Title: "An action and a link", Component: ui.Row{
					ui.Button{Text: "Run query", Variant: ui.Primary},
					ui.Button{Text: "Open catalog", Href: "/catalog"},
				}},
				{Title: "Variants", Component: ui.Row{
					ui.Button{Text: "Primary", Variant: ui.Primary},
					ui.Button{Text: "Secondary"},
					ui.Button{Text: "Tertiary", Variant: ui.Tertiary},
					ui.Button{Text: "Danger", Variant: ui.Danger},
				}},
				{Title: "Sizes", Component: ui.Row{
					ui.Button{Text: "Small", Size: ui.Small}, ui.Button{Text: "Medium"}, ui.Button{Text: "Large", Size: ui.Large},
				}},
				{Title: "Disabled", Component: ui.Row{
					ui.Button{Text: "Primary", Variant: ui.Primary, Disabled: true},
					ui.Button{Text: "Secondary", Disabled: true},
					ui.Button{Text: "Tertiary", Variant: ui.Tertiary, Disabled: true},
					ui.Button{Text: "Danger", Variant: ui.Danger, Disabled: true},
					ui.Button{Text: "Link", Href: "/catalog", Disabled: true},
				}},
				{Title: "Loading", Component: ui.Row{
					ui.Button{Text: "Primary", Variant: ui.Primary, Loading: true}, ui.Button{Text: "Secondary", Loading: true},
				}},
			},
		},
		{
			Title: "Dialog", Text: "Asks before something happens. Without script its button leads to the same page with the dialog open.",
			Examples: []Example{
				{Title: "Closed", Component: ui.Dialog{
					Trigger: "Delete", Variant: ui.Danger, Href: "?confirm=delete", CloseHref: "?",
					Title:  "Delete the table?",
					Body:   ui.Paragraph{ui.Code("main.samples.trips"), ui.Text(" has 1,204 rows.")},
					Action: ui.Form{Post: true, Action: "/api/mine/trips/delete", Body: ui.Button{Text: "Delete", Variant: ui.Danger}},
				}},
			},
		},
	}
}
