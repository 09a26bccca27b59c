package gallery

import "corbel.example/sdk/ui"

func data() []Section {
	return []Section{
		{
			Title: "Table", Text: "Shows rows. Titles with a Sort are links, so that sorting and paging work without script.",
			Examples: []Example{
				{Title: "Sorted and paged", Component: ui.Table{
					Label: "Trips",
					Columns: []ui.Column{
						{Title: "id", Type: "BIGINT", Number: true, Sort: ui.Sort{Href: "?sort=-id", Direction: ui.Ascending}},
						{Title: "from", Type: "STRING", Sort: ui.Sort{Href: "?sort=from"}},
						{Title: "fare", Type: "DECIMAL(10,2)", Number: true},
					},
					Rows: [][]ui.Component{
						{ui.Text("1"), ui.Link{Href: "/stops/1", Text: "Harbour"}, ui.Text("12.50")},
						{ui.Text("2"), ui.Long("Station, by way of the old town and the market"), ui.Null{}},
					},
					Pager: &ui.Pager{Label: "Pages of trips", Range: "1-2 of 1,204", Next: "?page=2"},
				}},
				{Title: "In a card", Component: ui.Card{Title: "Owners", Tag: ui.Number(1), Body: ui.Table{
					Label:   "Owners",
					Columns: []ui.Column{{Title: "Name"}, {Title: "Comment"}, {Title: "Actions", HideTitle: true}},
					Rows: [][]ui.Component{{
						ui.Lines{ui.Text("ana@example.com"), ui.Muted("Head of data")},
						ui.Wrapped("Looks after everything that has to do with trips, stops and fares, and is asked first."),
						ui.Button{Text: "Remove", Label: "Remove ana@example.com", Size: ui.Small},
					}},
				}}},
				{Title: "Empty", Component: ui.Table{
					Label: "Stops", Columns: []ui.Column{{Title: "Name"}},
					Empty: ui.Empty{Title: "No stops", Text: "Nobody has added a stop yet.", Action: ui.Button{Text: "Add a stop", Href: "/stops/new"}},
				}},
			},
		},
		{
			Title: "Tag", Text: "A word about something. The word carries the meaning, the colour repeats it.",
			Examples: []Example{
				{Title: "A state", Component: ui.Tag{Text: "READY", Type: ui.Success}},
				{Title: "Tones", Component: ui.Row{
					ui.Tag{Text: "TABLE"},
					ui.Tag{Text: "NEW", Type: ui.Info},
					ui.Tag{Text: "READY", Type: ui.Success},
					ui.Tag{Text: "STALE", Type: ui.Warning},
					ui.Tag{Text: "FAILED", Type: ui.Error},
				}},
			},
		},
	}
}
