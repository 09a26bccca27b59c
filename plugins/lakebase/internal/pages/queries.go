package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/ui"
)

const (
	queriesPage = "/queries"
	// maxCell is how much of a statement a list shows, in characters.
	maxCell = 200
)

var queriesDone = map[string]string{"deleted": "The saved query is deleted.", "cleared": "Your history is cleared."}

func (p *Pages) savedQueries(r *http.Request) (ui.Component, error) {
	query := r.URL.Query()
	found, err := p.Queries.List(r.Context(), userOf(r), listed, query.Get("saved_after"))
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label:   "Saved queries",
		Columns: []ui.Column{{Title: "Name"}, {Title: "Statement"}, {Title: "Changed"}, {Title: "Delete", HideTitle: true}},
		Empty:   ui.Empty{Title: "No saved queries", Text: "Queries that you save are listed here, for you alone."},
	}
	for _, q := range found.Items {
		at := url.PathEscape(q.ID)
		table.Rows = append(table.Rows, []ui.Component{ui.Text(q.Name), statement(q.Statement), ui.Time(q.UpdatedAt), ui.Dialog{
			Trigger: "Delete", Size: ui.Small, Href: queriesPage + "?confirm=" + at, Title: "Delete “" + q.Name + "”?",
			Body:   ui.Paragraph{ui.Text("It cannot be brought back.")},
			Action: ui.Form{Action: forms + "saved-queries/" + at + "/delete", Post: true, Body: ui.Button{Text: "Delete query", Variant: ui.Danger}},
			Open:   query.Get("confirm") == q.ID, CloseHref: queriesPage,
		}})
	}
	if query.Has("saved_after") || found.Next != "" {
		table.Pager = &ui.Pager{Label: "Pages of saved queries"}
		if query.Has("saved_after") {
			table.Pager.First = queriesPage
		}
		if found.Next != "" {
			table.Pager.Next = queriesPage + "?" + url.Values{"saved_after": {found.Next}}.Encode()
		}
	}
	return ui.Parts{toast(r, queriesDone), ui.Card{Title: "Saved queries", Body: table}}, nil
}

func (p *Pages) history(r *http.Request) (ui.Component, error) {
	found, err := p.History.List(r.Context(), userOf(r), listed, r.URL.Query().Get("page_token"))
	if err != nil {
		return nil, err
	}
	card := ui.Card{Title: "History", Body: executions("History", found.Items, pager(r, queriesPage, "Pages of history", found.Next))}
	if len(found.Items) > 0 {
		card.Actions = []ui.Component{ui.Dialog{
			Trigger: "Clear", Size: ui.Small, Href: queriesPage + "?confirm=history", Title: "Clear your history?",
			Body:   ui.Paragraph{ui.Text("All of it goes, and cannot be brought back. Saved queries stay.")},
			Action: ui.Form{Action: forms + "history/clear", Post: true, Body: ui.Button{Text: "Clear history", Variant: ui.Danger}},
			Open:   r.URL.Query().Get("confirm") == "history", CloseHref: queriesPage,
		}}
	}
	return card, nil
}

// home shows the last of the history.
func (p *Pages) home(r *http.Request) (ui.Component, error) {
	found, err := p.History.List(r.Context(), userOf(r), recent, "")
	if err != nil {
		return nil, err
	}
	return ui.Card{Title: "Recent queries", Body: ui.Parts{
		executions("Recent queries", found.Items, nil), ui.Row{ui.Button{Text: "All queries", Href: queriesPage}},
	}}, nil
}

func executions(label string, entries []store.HistoryEntry, pages *ui.Pager) ui.Component {
	table := ui.Table{
		Label:   label,
		Columns: []ui.Column{{Title: "Statement"}, {Title: "Result"}, {Title: "Rows", Number: true}, {Title: "Took", Number: true}, {Title: "Run"}},
		Pager:   pages,
		Empty:   ui.Empty{Title: "No queries yet", Text: "What you run is listed here, for you alone."},
	}
	for _, e := range entries {
		table.Rows = append(table.Rows, []ui.Component{statement(e.Statement), outcome(e.Status), rowCount(e.RowCount), took(e.DurationMS), ui.Time(e.ExecutedAt)})
	}
	return table
}

// statement is the beginning of a statement, on one line.
func statement(sql string) ui.Component {
	return ui.Long(strings.Join(strings.Fields(ui.Cut(sql, maxCell)), " "))
}

func outcome(status string) ui.Component {
	tones := map[string]ui.Tone{"SUCCEEDED": ui.Success, "FAILED": ui.Error, "CANCELED": ui.Warning}
	return ui.Tag{Text: status, Type: tones[status]}
}

func rowCount(n *int64) ui.Component {
	if n == nil {
		return ui.Text("")
	}
	return ui.Number(*n)
}

func took(ms *int64) ui.Component {
	switch {
	case ms == nil:
		return ui.Text("")
	case *ms < time.Second.Milliseconds():
		return ui.Text(strconv.FormatInt(*ms, 10) + " ms")
	default:
		return ui.Text((time.Duration(*ms) * time.Millisecond).Round(100 * time.Millisecond).String())
	}
}

func (p *Pages) deleteQuery(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.Queries.Delete(r.Context(), userOf(r), id, store.AnyVersion); err != nil {
		return err
	}
	done(w, queriesPage, "deleted")
	return nil
}

func (p *Pages) clearHistory(w http.ResponseWriter, r *http.Request) error {
	if err := p.History.Clear(r.Context(), userOf(r)); err != nil {
		return err
	}
	done(w, queriesPage, "cleared")
	return nil
}
