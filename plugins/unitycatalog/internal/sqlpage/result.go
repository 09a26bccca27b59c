package sqlpage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/run"
	"corbel.example/plugins/unitycatalog/internal/sqltext"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// The parameters of a result's address, beside the run.
const (
	fieldFrom  = "from"
	fieldSort  = "sort"
	fieldOrder = "order"
	fieldView  = "view"
	fieldWait  = "wait"
	// fieldPart says that the place is there.
	fieldPart  = "part"
	descending = "desc"

	resultFragment = "/_fragment/unitycatalog/sql-result?"
	viewChart      = "chart"
)

const (
	// glance is how long a page waits for a result before it says that there is none yet, and longestWait how long a fragment then
	// does, each time twice as long as before.
	glance      = 700 * time.Millisecond
	firstWait   = time.Second
	longestWait = 12 * time.Second
)

// result is what became of the run that the address names, in a place that a script can fill anew.
func (p *Pages) result(r *http.Request) (ui.Component, error) {
	query := r.URL.Query()
	shown, err := p.outcome(r, query)
	if err != nil || query.Has(fieldPart) || query.Has(fieldWait) {
		return shown, err
	}
	query.Del(fieldStatement)
	query.Set(fieldPart, "1")
	return ui.Fragment{Source: resultFragment + query.Encode(), Body: shown}, nil
}

func (p *Pages) outcome(r *http.Request, query url.Values) (ui.Component, error) {
	id := query.Get(fieldRun)
	if id == "" {
		empty := ui.Empty{Title: textNoResult, Text: textNoResultHint}
		if query.Get(fieldStatement) == "" && query.Get(fieldSaved) == "" {
			empty.Action = ui.Button{Text: textTryExample, Href: Path + "?" + example.Encode()}
		}
		return empty, nil
	}
	known := p.Desk.Find(r.Context(), id)
	if known != nil && known.Began.IsZero() {
		if _, _, err := known.Ending(); err == nil {
			return ui.Empty{Title: textNoResult, Text: textNoResultHint}, nil
		}
	}
	waited, err := strconv.Atoi(query.Get(fieldWait))
	patience := glance
	if err == nil && waited >= 0 {
		patience = min(firstWait<<min(waited, 10), longestWait) //nolint:mnd // far beyond the longest
	}
	status, err := p.Desk.Wait(r.Context(), id, patience)
	switch {
	case err != nil && r.Context().Err() != nil:
		return nil, err
	case err != nil:
		return p.failed(r.Context(), known, err), nil
	case status.Manifest.State != statement.Succeeded:
		return p.underway(r.Context(), status, id, waited), nil
	}
	return p.succeeded(r, status)
}

// underway says that the result is on its way, and comes by itself where there is a script.
func (p *Pages) underway(ctx context.Context, status run.Status, id string, waited int) ui.Component {
	text := textRunning
	if status.Manifest.State == statement.Pending {
		text = textPending
		if state, err := p.Runner.Warehouse(ctx); err == nil && state != "RUNNING" {
			text = textStarting
		}
	}
	since := ""
	if status.Run != nil {
		since = locale.FromContext(ctx).Duration(time.Since(status.Run.Began).Round(time.Second))
	}
	this := url.Values{fieldRun: {id}}
	again := url.Values{fieldRun: {id}, fieldWait: {strconv.Itoa(waited + 1)}}
	return ui.Fragment{Source: resultFragment + again.Encode(), Loading: ui.Eager, Body: ui.Card{
		Title: textResult, Tag: ui.Text(status.Manifest.State),
		Body: ui.Parts{
			ui.Progress{Label: text, Text: since},
			ui.Form{Action: forms + "cancel", Post: true, Inline: true, Body: ui.Parts{
				ui.Hidden{Name: fieldRun, Value: id},
				ui.Button{Text: textCancel},
				ui.Button{Text: textReload, Variant: ui.Tertiary, Href: Path + "?" + this.Encode()},
			}},
		},
	}}
}

// failed says why there is no result, where in the statement, and what to do.
func (p *Pages) failed(ctx context.Context, known *run.Run, err error) ui.Component {
	f := fault.From(err)
	b := ui.Banner{Type: ui.Error, Title: textFailed, Text: f.UserMessage(), RequestID: correlation.RequestID(ctx)}
	switch {
	case f.Code == codeIncomplete:
		b.Type, b.Title, b.RequestID = ui.Info, textNotRun, ""
	case f.Code == statement.CodeCanceled:
		b.Type, b.Title, b.Text, b.RequestID = ui.Warning, textCanceled, "", ""
	case f.Code == statement.CodeClosed, f.Code == statement.CodeUnknown:
		b.Type, b.Title = ui.Warning, textGone
	case f.Kind == fault.Unauthenticated:
		b.Title, b.Body = textExpired, ui.Paragraph{ui.Text(textExpiredHint)}
	}
	if b.Type != ui.Error {
		return b
	}
	body := ui.Parts{ui.Paragraph{ui.Code(f.ErrorCode())}}
	if known != nil {
		if place := placeOf(known.Query.SQL, err); place != nil {
			body = append(body, place)
		}
	}
	if hint := hintFor(f.ErrorCode()); hint != "" {
		body = append(body, ui.Paragraph{ui.Text(hint)})
	}
	if b.Body != nil {
		body = append(body, b.Body)
	}
	b.Body = body
	return b
}

func hintFor(class string) string {
	for _, h := range hints {
		if strings.HasPrefix(class, h.class) {
			return h.hint
		}
	}
	return ""
}

// around is how much of a line is shown on either side of what is wrong, in bytes.
const around = 80

// placeOf shows the line in which something is wrong, with it underlined; nil where that is not known.
func placeOf(sql string, err error) ui.Component {
	words := statement.Words(err)
	if words == "" {
		return nil
	}
	span := sqltext.Locate(sql, words)
	if span.IsZero() {
		return nil
	}
	start, end := span.UTF16(sql)
	from := max(strings.LastIndexByte(sql[:span.Start], '\n')+1, span.Start-around)
	to := len(sql)
	if i := strings.IndexByte(sql[span.Start:], '\n'); i >= 0 {
		to = span.Start + i
	}
	stop := min(span.End, to, span.Start+around)
	to = min(to, stop+around)
	return place{
		line: 1 + strings.Count(sql[:span.Start], "\n"), start: start, end: end,
		before: strings.ToValidUTF8(sql[from:span.Start], ""), wrong: strings.ToValidUTF8(sql[span.Start:stop], ""), after: strings.ToValidUTF8(sql[stop:to], ""),
	}.markup()
}

// place is a part of a statement, with what stands around it in its line. Start and end are in UTF-16.
type place struct {
	line, start, end     int
	before, wrong, after string
}

func (p *Pages) succeeded(r *http.Request, status run.Status) (ui.Component, error) {
	m := status.Manifest
	l := locale.FromContext(r.Context())
	v := view{pages: p, request: r, manifest: m, locale: l, query: r.URL.Query()}
	var body ui.Component
	var err error
	switch {
	case m.RowCount == 0:
		body = ui.Empty{Title: textNoRows, Text: textNoRowsHint}
	case v.query.Get(fieldView) == viewChart:
		body, err = v.chart()
	default:
		body, err = v.table()
	}
	if err != nil {
		body = ui.Failure(r.Context(), err)
	}
	parts := ui.Parts{v.summary(status.Run)}
	if m.Truncated {
		parts = append(parts, ui.Banner{Title: textCut, Text: textCutHint})
	}
	if m.RowCount > 0 {
		parts = append(parts, v.tabs())
	}
	return ui.Card{ID: "result", Title: textResult, Tag: ui.Text(v.rowsText()), Actions: v.actions(status.Run), Body: append(parts, body)}, nil
}

// view is a result as a request wants to see it.
type view struct {
	pages    *Pages
	request  *http.Request
	manifest *statement.Manifest
	locale   locale.Locale
	query    url.Values
}

func (v *view) rowsText() string {
	if v.manifest.RowCount == 1 {
		return textOneRow
	}
	return fmt.Sprintf(textRowCount, v.locale.Count(v.manifest.RowCount))
}

// summary says how long it took.
func (v *view) summary(known *run.Run) ui.Component {
	if known == nil {
		return nil
	}
	_, took, _ := known.Ending()
	if took == 0 {
		return nil
	}
	return ui.Paragraph{ui.Muted(textTook + " " + v.locale.Duration(took))}
}

func (v *view) actions(known *run.Run) []ui.Component {
	all := []ui.Component{}
	if known != nil {
		d := draftOfRun(known.Query)
		if link := d.link(); link != "" {
			all = append(all, ui.Button{Text: textLink, Size: ui.Small, Variant: ui.Tertiary, Href: link})
		}
	}
	if v.manifest.RowCount > 0 {
		all = append(all, ui.Button{Text: textDownload, Size: ui.Small, Href: statementPath(v.manifest.ID) + "/csv"})
	}
	return all
}

func (v *view) tabs() ui.Component {
	chart := v.query.Get(fieldView) == viewChart
	return ui.Tabs{Label: textViews, Items: []ui.Tab{
		{Title: textTable, Href: v.address(), Current: !chart},
		{Title: textChart, Href: v.address(fieldView, viewChart), Current: chart},
	}}
}

// address is the page of the same run, with parameters; those without value are left out.
func (v *view) address(parameters ...string) string {
	query := url.Values{fieldRun: {v.manifest.ID}}
	for i := 0; i+1 < len(parameters); i += 2 {
		if parameters[i+1] != "" {
			query.Set(parameters[i], parameters[i+1])
		}
	}
	return Path + "?" + query.Encode()
}

func statementPath(id string) string { return api.Root + "/statements/" + url.PathEscape(id) }
