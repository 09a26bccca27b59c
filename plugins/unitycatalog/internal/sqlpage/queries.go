package sqlpage

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/ui"
)

const (
	// listed is how many recent and saved queries the page shows, and excerpt how much of each, in characters.
	listed  = 8
	excerpt = 200
	// queriesPage is that of the plugin lakebase, which has all of them.
	queriesPage = "/queries"
)

// queries are what the user has run and saved. Without lakebase there is nothing to show, and nothing is said about it.
func (p *Pages) queries(r *http.Request) (ui.Component, error) {
	ctx := r.Context()
	p.Desk.CatchUp(ctx, r.URL.Query().Get(fieldRun))
	recent, err := p.Lakebase.Recent(ctx, listed)
	if lakebase.IsAbsent(err) {
		return ui.Parts{}, nil
	}
	if err != nil {
		return nil, err
	}
	saved, err := p.Lakebase.Saved(ctx, listed)
	if err != nil {
		return nil, err
	}
	return ui.Stack{p.savedQueries(saved), p.recentQueries(recent)}, nil
}

func (p *Pages) savedQueries(all []lakebase.Query) ui.Component {
	table := ui.Table{
		Label: textSavedQueries, Columns: []ui.Column{{Title: textName}, {Title: textStatement}},
		Empty: ui.Paragraph{ui.Muted(textNoSaved)},
	}
	for _, q := range all {
		href := Path + "?" + url.Values{fieldSaved: {q.ID}}.Encode()
		table.Rows = append(table.Rows, []ui.Component{ui.Link{Href: href, Text: q.Name}, ui.Long(line(q.Statement))})
	}
	return ui.Card{Title: textSavedQueries, Body: ui.Parts{table, allQueries(len(all))}}
}

func (p *Pages) recentQueries(all []lakebase.Entry) ui.Component {
	table := ui.Table{
		Label: textRecent, Columns: []ui.Column{{Title: textStatement}, {Title: textResult}, {Title: textTook, Number: true}, {Title: textRunAt}},
		Empty: ui.Paragraph{ui.Muted(textNoRecent)},
	}
	tones := map[string]ui.Tone{string(statement.Succeeded): ui.Success, string(statement.Failed): ui.Error, string(statement.Canceled): ui.Warning}
	for _, e := range all {
		d := draft{sql: e.Statement, catalog: e.Catalog, schema: e.Schema, limit: defaultLimit}
		var text ui.Component = ui.Text(line(e.Statement))
		if href := d.link(); href != "" {
			text = ui.Link{Href: href, Text: line(e.Statement)}
		}
		var took ui.Component
		if e.DurationMS != nil {
			took = ui.Duration(time.Duration(*e.DurationMS) * time.Millisecond)
		}
		table.Rows = append(table.Rows, []ui.Component{
			ui.Lines{text}, ui.Tag{Text: e.Status, Type: tones[e.Status]}, took, ui.Time(e.ExecutedAt),
		})
	}
	return ui.Card{Title: textRecent, Body: ui.Parts{table, allQueries(len(all))}}
}

func allQueries(shown int) ui.Component {
	if shown == 0 {
		return nil
	}
	return ui.Row{ui.Button{Text: textAllQueries, Size: ui.Small, Href: queriesPage}}
}

// line is the beginning of a statement, on one line.
func line(sql string) string { return strings.Join(strings.Fields(ui.Cut(sql, excerpt)), " ") }
