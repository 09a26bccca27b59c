package pages

import (
	"net/http"
	"net/url"
	"strconv"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/sdk/ui"
)

// overview shows the run that the address names, or that is under way; without one, what there is.
func (p *Pages) overview(r *http.Request) (ui.Component, error) {
	if id := r.URL.Query().Get("run"); id != "" {
		found, err := p.Runs.Find(userOf(r), id)
		if err != nil {
			return lost(err), nil
		}
		return p.watched(found.Snapshot(r.Context())), nil
	}
	if under := p.Runs.UnderWay(userOf(r)); under != nil {
		return p.watched(under.Snapshot(r.Context())), nil
	}
	status := p.Targets.Status(r)
	parts := ui.Parts{p.intro(r, &status)}
	for _, problem := range status.Problems {
		parts = append(parts, ui.Banner{Type: ui.Warning, Title: "Not all could be found out", Body: ui.Paragraph{ui.Text(problem.Detail)}, RequestID: problem.RequestID})
	}
	return append(parts, p.what(&status)), nil
}

// intro says what this is about, and has the buttons.
func (p *Pages) intro(r *http.Request, status *api.Status) ui.Component {
	place := p.Targets.Tables.Place
	text := ui.Paragraph{
		ui.Text("Three small tables in "), ui.Code(place.Catalog + "." + place.Schema),
		ui.Text(" that can be joined, and for you alone saved queries, a note and preferences that you have not chosen yourself. Setting up again restores what is missing; cleaning up takes all of it away."),
	}
	label := "Set up"
	if !status.Absent() {
		label = "Set up again"
	}
	actions := ui.Row{setUp(label, api.Names())}
	if !status.Absent() {
		actions = append(actions, cleanUp(r))
	}
	return ui.Card{Title: "Something to look at", Body: ui.Parts{text, actions}}
}

// setUp is the button that begins a run.
func setUp(label string, targets []string) ui.Component {
	return ui.Form{Action: forms + "set-up", Post: true, Inline: true, Body: append(hidden(targets), ui.Button{Text: label, Variant: ui.Primary})}
}

func hidden(targets []string) ui.Parts {
	var parts ui.Parts
	for _, name := range targets {
		parts = append(parts, ui.Hidden{Name: "target", Value: name})
	}
	return parts
}

// cleanUp asks before it does.
func cleanUp(r *http.Request) ui.Component {
	return ui.Dialog{
		Trigger: "Clean up", Variant: ui.Danger, Href: page + "?confirm=clean-up", CloseHref: page, Title: "Clean up the sample data?",
		Body:   ui.Paragraph{ui.Text("The tables go for everybody, with all rows that were added to them. Of what is yours alone, what you have edited stays.")},
		Action: ui.Form{Action: forms + "clean-up", Post: true, Body: append(hidden(api.Names()), ui.Button{Text: "Clean up sample data", Variant: ui.Danger})},
		Open:   r.URL.Query().Get("confirm") == "clean-up",
	}
}

var tags = map[string]ui.Tag{
	tables.Absent: {Text: "NOT THERE"}, tables.Complete: {Text: "COMPLETE", Type: ui.Success}, tables.Incomplete: {Text: "INCOMPLETE", Type: ui.Warning},
	tables.Foreign: {Text: "NOT OURS", Type: ui.Error}, tables.Hidden: {Text: "NO ACCESS", Type: ui.Warning}, personal.Disabled: {Text: "NOT ENABLED"},
}

func tag(state string) ui.Component {
	if t, ok := tags[state]; ok {
		return t
	}
	return ui.Tag{Text: "UNKNOWN"}
}

// what lists what there is.
func (p *Pages) what(status *api.Status) ui.Component {
	list := ui.Table{
		Label:   "What there is",
		Columns: []ui.Column{{Title: "What"}, {Title: "State"}, {Title: "Rows", Number: true}, {Title: "Of", Number: true}, {Title: "Version"}, {Title: "Owner"}},
	}
	for _, t := range status.Tables {
		name := ui.Component(ui.Mono(t.Name))
		if t.State != tables.Absent && t.State != tables.Hidden {
			name = ui.Link{Href: p.href(t.Table), Text: t.Name}
		}
		var rows ui.Component = ui.Text("")
		if t.Rows != nil {
			rows = ui.Number(*t.Rows)
		}
		list.Rows = append(list.Rows, []ui.Component{name, tag(t.State), rows, ui.Number(t.Expected), ui.Text(t.Version), ui.Text(t.Owner)})
	}
	own := status.Lakebase
	count := func(n int) ui.Component {
		if own.State == personal.Disabled {
			return ui.Text("")
		}
		return ui.Number(n)
	}
	list.Rows = append(list.Rows, []ui.Component{
		ui.Link{Href: "/preferences", Text: "Your own rows in Lakebase"}, tag(own.State), count(own.Rows()), count(own.Expected), ui.Text(""), ui.Text(""),
	})
	return ui.Card{Title: "What there is", Body: list}
}

// href is a table's page in the catalog.
func (p *Pages) href(table string) string {
	place := p.Targets.Tables.Place
	return "/catalog/" + url.PathEscape(place.Catalog) + "/" + url.PathEscape(place.Schema) + "/" + url.PathEscape(table) + "/data"
}

// home offers the sample where there is none.
func (p *Pages) home(r *http.Request) (ui.Component, error) {
	exists, err := p.Targets.Tables.Exists(r.Context())
	if err != nil {
		return nil, err
	}
	if exists {
		return ui.Card{Title: "Sample data", Body: ui.Parts{
			ui.Paragraph{ui.Text("Three small tables are in "), ui.Code(p.Targets.Tables.Place.Catalog + "." + p.Targets.Tables.Place.Schema), ui.Text(".")},
			ui.Row{ui.Button{Text: "Open " + dataset.Main, Href: p.href(dataset.Main)}, ui.Button{Text: "Sample data", Href: page}},
		}}, nil
	}
	return ui.Card{Title: "Sample data", Body: ui.Parts{
		ui.Paragraph{ui.Text("There is none yet. It takes a few seconds, and goes again when you say so.")},
		ui.Row{setUp("Set up sample data", api.Names()), ui.Button{Text: "What it is", Href: page}},
	}}, nil
}

var kinds = map[run.Kind]struct{ running, done, failed string }{
	run.SetUp:   {"Setting up", "The sample data is set up", "Not all could be set up"},
	run.CleanUp: {"Cleaning up", "The sample data is gone", "Not all could be removed"},
}

func percent(s *run.Snapshot) string {
	return strconv.Itoa(s.Percent) + "%"
}
