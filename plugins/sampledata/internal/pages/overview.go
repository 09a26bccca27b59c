package pages

import (
	"net/http"
	"net/url"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/personal"
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
		return p.watched(r, found), nil
	}
	if under := p.Runs.UnderWay(userOf(r)); under != nil {
		return p.watched(r, under), nil
	}
	status := p.Targets.Status(r)
	parts := ui.Parts{p.intro(r, &status)}
	for _, problem := range status.Problems {
		parts = append(parts, ui.Banner{Type: ui.Warning, Title: textUnknownPart, Body: ui.Paragraph{ui.Text(problem.Detail)}, RequestID: problem.RequestID})
	}
	return append(parts, p.what(&status)), nil
}

// intro says what this is about, and has the buttons.
func (p *Pages) intro(r *http.Request, status *api.Status) ui.Component {
	place := p.Targets.Tables.Place
	text := ui.Paragraph{
		ui.Text(textTablesIn), ui.Code(place.Catalog + "." + place.Schema),
		ui.Text(textIntro),
	}
	label := textSetUp
	if !status.Absent() {
		label = textSetUpAgain
	}
	actions := ui.Row{setUp(label, api.Names())}
	if !status.Absent() {
		actions = append(actions, cleanUp(r))
	}
	return ui.Card{Title: titleIntro, Body: ui.Parts{text, actions}}
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
		Trigger: textCleanUp, Variant: ui.Danger, Href: page + "?confirm=clean-up", CloseHref: page, Title: textCleanUpTitle,
		Body:   ui.Paragraph{ui.Text(textCleanUpHint)},
		Action: ui.Form{Action: forms + "clean-up", Post: true, Body: append(hidden(api.Names()), ui.Button{Text: textCleanUpDo, Variant: ui.Danger})},
		Open:   r.URL.Query().Get("confirm") == "clean-up",
	}
}

func tag(state string) ui.Component {
	if t, ok := tags[state]; ok {
		return t
	}
	return ui.Tag{Text: tagUnknown}
}

// what lists what there is.
func (p *Pages) what(status *api.Status) ui.Component {
	list := ui.Table{
		Label:   titleWhat,
		Columns: []ui.Column{{Title: columnWhat}, {Title: columnState}, {Title: columnRows, Number: true}, {Title: columnOf, Number: true}, {Title: columnVersion}, {Title: columnOwner}},
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
		ui.Link{Href: "/preferences", Text: textOwnRows}, tag(own.State), count(own.Rows()), count(own.Expected), ui.Text(""), ui.Text(""),
	})
	return ui.Card{Title: titleWhat, Body: list}
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
		return ui.Card{Title: titlePage, Body: ui.Parts{
			ui.Paragraph{ui.Text(textThereIn), ui.Code(p.Targets.Tables.Place.Catalog + "." + p.Targets.Tables.Place.Schema), ui.Text(".")},
			ui.Row{ui.Button{Text: textOpen + dataset.Main, Href: p.href(dataset.Main)}, ui.Button{Text: titlePage, Href: page}},
		}}, nil
	}
	return ui.Card{Title: titlePage, Body: ui.Parts{
		ui.Paragraph{ui.Text(textNone)},
		ui.Row{setUp(textSetUpHome, api.Names()), ui.Button{Text: textWhatItIs, Href: page}},
	}}, nil
}
