package gallery

import (
	"time"

	"corbel.example/sdk/ui"
)

func waiting() []Section {
	return []Section{
		{
			Title: "Progress", Text: "How far something is.",
			Examples: []Example{
				{Title: "Known", Component: ui.Progress{Label: "Loading tables", Value: 3, Max: 10, Text: "3 of 10"}},
				{Title: "Unknown", Component: ui.Progress{Label: "Starting the warehouse"}},
			},
		},
		{
			Title: "Skeleton", Text: "Holds the place of what is to come.",
			Examples: []Example{
				{Title: "Six lines", Component: ui.Skeleton{Lines: 6}},
				{Title: "One and three", Component: ui.Stack{ui.Skeleton{}, ui.Skeleton{Lines: 3}}},
			},
		},
		{
			Title: "Fragment", Text: "A place that a script fills from one of the plugin's fragments, or keeps fresh.",
			Examples: []Example{
				{Title: "Loaded when it is seen", Component: ui.Fragment{
					Source: "/_fragment/unitycatalog/home", Loading: ui.Lazy,
					Body: ui.Parts{ui.Skeleton{Lines: 6}, ui.Link{Href: "/catalog", Text: "Open catalog"}},
				}},
				{Title: "Kept fresh", Component: ui.Fragment{Source: "/_fragment/unitycatalog/home", Refresh: 30 * time.Second, Body: ui.Text("As it was.")}},
			},
		},
	}
}
