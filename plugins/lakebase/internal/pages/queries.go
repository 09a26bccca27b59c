package pages

import (
	"fmt"
	"net/http"
	"net/url"
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

var queriesDone = map[string]string{"deleted": textQueryDeleted, "cleared": textHistoryCleared}

func (p *Pages) savedQueries(r *http.Request) (ui.Component, error) {
	query := r.URL.Query()
	found, err := p.Queries.List(r.Context(), userOf(r), listed, query.Get("saved_after"))
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label:   titleSaved,
		Columns: []ui.Column{{Title: columnName}, {Title: columnStatement}, {Title: columnChanged}, {Title: textDelete, HideTitle: true}},
		Empty:   ui.Empty{Title: textNoSaved, Text: textNoSavedHint},
	}
	for _, q := range found.Items {
		at := url.PathEscape(q.ID)
		table.Rows = append(table.Rows, []ui.Component{ui.Text(q.Name), statement(q.Statement), ui.Time(q.UpdatedAt), ui.Dialog{
			Trigger: textDelete, Size: ui.Small, Href: queriesPage + "?confirm=" + at, Title: fmt.Sprintf(textDeleteThis, q.Name),
			Body:   ui.Paragraph{ui.Text(textDeleteHint)},
			Action: ui.Form{Action: forms + "saved-queries/" + at + "/delete", Post: true, Body: ui.Button{Text: textDeleteQuery, Variant: ui.Danger}},
			Open:   query.Get("confirm") == q.ID, CloseHref: queriesPage,
		}})
	}
	if query.Has("saved_after") || found.Next != "" {
		table.Pager = &ui.Pager{Label: labelSavedPages}
		if query.Has("saved_after") {
			table.Pager.First = queriesPage
		}
		if found.Next != "" {
			table.Pager.Next = queriesPage + "?" + url.Values{"saved_after": {found.Next}}.Encode()
		}
	}
	return ui.Parts{toast(r, queriesDone), ui.Card{Title: titleSaved, Body: table}}, nil
}

func (p *Pages) history(r *http.Request) (ui.Component, error) {
	found, err := p.History.List(r.Context(), userOf(r), listed, r.URL.Query().Get("page_token"))
	if err != nil {
		return nil, err
	}
	card := ui.Card{Title: titleHistory, Body: executions(titleHistory, found.Items, pager(r, queriesPage, labelHistoryPages, found.Next))}
	if len(found.Items) > 0 {
		card.Actions = []ui.Component{ui.Dialog{
			Trigger: textClear, Size: ui.Small, Href: queriesPage + "?confirm=history", Title: textClearTitle,
			Body:   ui.Paragraph{ui.Text(textClearHint)},
			Action: ui.Form{Action: forms + "history/clear", Post: true, Body: ui.Button{Text: textClearDo, Variant: ui.Danger}},
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
	return ui.Card{Title: titleRecent, Body: ui.Parts{
		executions(titleRecent, found.Items, nil), ui.Row{ui.Button{Text: textAllQueries, Href: queriesPage}},
	}}, nil
}

func executions(label string, entries []store.HistoryEntry, pages *ui.Pager) ui.Component {
	table := ui.Table{
		Label:   label,
		Columns: []ui.Column{{Title: columnStatement}, {Title: columnResult}, {Title: columnRows, Number: true}, {Title: columnTook, Number: true}, {Title: columnRun}},
		Pager:   pages,
		Empty:   ui.Empty{Title: textNoHistory, Text: textNoHistoryHint},
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
		return nil
	}
	return ui.Number(*n)
}

func took(ms *int64) ui.Component {
	if ms == nil {
		return nil
	}
	return ui.Duration(time.Duration(*ms) * time.Millisecond)
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
