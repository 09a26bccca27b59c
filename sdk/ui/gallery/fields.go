package gallery

import "corbel.example/sdk/ui"

func fields() []Section {
	return []Section{
		{
			Title: "Input", Text: "A line of text, a number, a date, ... with its label.",
			Examples: []Example{
				{Title: "With a hint", Component: ui.Input{Label: "Rows", Name: "limit", Type: "number", Value: "100", Min: "1", Max: "1000", Hint: "From 1 to 1,000"}},
				{Title: "Required and empty", Component: ui.Input{Label: "Name", Name: "name", Required: true, Placeholder: "trips"}},
				{Title: "Refused", Component: ui.Input{Label: "Rows", Name: "limit", Value: "none", Error: "Must be a whole number from 1 to 1,000."}},
				{Title: "Disabled and read-only", Component: ui.Stack{
					ui.Input{Label: "Name", Name: "name", Value: "trips", Disabled: true}, ui.Input{Label: "Name", Name: "name", Value: "trips", ReadOnly: true},
				}},
			},
		},
		{
			Title: "Textarea", Text: "Text of several lines.",
			Examples: []Example{
				{Title: "With a value", Component: ui.Textarea{Label: "Statement", Name: "statement", Rows: 3, Value: "SELECT *\nFROM trips"}},
				{Title: "Refused", Component: ui.Textarea{Label: "Statement", Name: "statement", Rows: 2, Error: "There is no statement.", Hint: "One at a time"}},
			},
		},
		{
			Title: "Editor", Text: "A SQL statement. With script it has line numbers, colours and completion; without it is a textarea.",
			Examples: []Example{
				{Title: "With a statement", Component: ui.Editor{
					Label: "Statement", Name: "statement", Rows: 4,
					Value: "-- the dearest trips\nSELECT id, fare * 1.1 AS gross\nFROM main.samples.trips\nWHERE city = 'Porto'",
				}},
				{Title: "Refused", Component: ui.Editor{
					Label: "Statement", Name: "statement", Rows: 2, Value: "SELECT *\nFORM trips", ErrorStart: 9, ErrorEnd: 13,
					Error: "Line 2, character 1: FROM was expected.", Hint: "Ctrl-Enter runs it",
				}},
				{Title: "Empty, disabled and read-only", Component: ui.Stack{
					ui.Editor{Label: "Statement", Name: "statement", Rows: 2, Placeholder: "SELECT 1"},
					ui.Editor{Label: "Statement", Name: "statement", Rows: 2, Value: "SELECT 1", Disabled: true},
					ui.Editor{Label: "Statement", Name: "statement", Rows: 2, Value: "SELECT 1", ReadOnly: true},
				}},
			},
		},
		{
			Title: "Select", Text: "One of a few.",
			Examples: []Example{
				{Title: "With a choice", Component: ui.Select{
					Label: "Chart", Name: "chart", Value: "line",
					Options: []ui.Option{{Value: "bar", Text: "Bars"}, {Value: "line", Text: "Lines"}},
				}},
				{Title: "Disabled", Component: ui.Select{Label: "Chart", Name: "chart", Disabled: true, Options: []ui.Option{{Value: "bar", Text: "Bars"}}}},
			},
		},
		{
			Title: "Checkbox", Text: "Yes or no.",
			Examples: []Example{
				{Title: "Checked", Component: ui.Checkbox{Label: "The first line has the names", Name: "header", Checked: true}},
				{Title: "Not, with a hint, and disabled", Component: ui.Stack{
					ui.Checkbox{Label: "Overwrite", Name: "overwrite", Hint: "What is there is lost."},
					ui.Checkbox{Label: "Overwrite", Name: "overwrite", Disabled: true},
				}},
			},
		},
		{
			Title: "Form", Text: "Sends what its controls hold: into the address, or with Post.",
			Examples: []Example{
				{Title: "That changes something", Component: ui.Form{
					Action: "/api/mine/sample-data", Post: true,
					Body: ui.Parts{
						ui.Hidden{Name: "schema", Value: "main.samples"},
						ui.Input{Label: "Table", Name: "table"},
						ui.Row{ui.Button{Text: "Load", Variant: ui.Primary}},
					},
				}},
				{Title: "In one line", Component: ui.Form{Inline: true, Action: "/trips", Body: ui.Parts{
					ui.Input{Label: "Rows", Name: "limit", HideLabel: true, Placeholder: "Rows"}, ui.Button{Text: "Show"},
				}}},
				{Title: "Search", Component: ui.Search{Action: "/catalog/search", Label: "Search the catalog", Value: "trips"}},
			},
		},
	}
}
