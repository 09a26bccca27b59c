package pages

import (
	"net/http"
	"time"

	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/ui"
)

// usage shows how often an endpoint was asked through this application, how that ended and how long it took.
func (p *Pages) usage(r *http.Request) (ui.Component, error) {
	e, err := p.Endpoints.Get(r.Context(), r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return usageCard(p.Meter.Report(e.Name)), nil
}

func usageCard(u usage.Report) ui.Component {
	since := ui.Paragraph{ui.Muted(textByEverybody), ui.Time(u.Since), ui.Text(".")}
	if u.Invocations == 0 {
		return ui.Card{Title: titleUsage, Body: ui.Parts{ui.Paragraph{ui.Muted(textUnused)}, since}}
	}
	shown := ui.Properties{{Name: nameInvocations, Value: ui.Number(u.Invocations)}}
	add := func(name string, n int64) {
		if n > 0 {
			shown = append(shown, ui.Property{Name: name, Value: ui.Number(n)})
		}
	}
	add(nameStreamed, u.Streams)
	add(nameSucceeded, u.Outcomes.Succeeded)
	add(nameStopped, u.Outcomes.Stopped)
	add(nameRefused, u.Outcomes.Caller)
	add(nameFailedModel, u.Outcomes.Model)
	add(nameFailedPlatform, u.Outcomes.Platform)
	add(nameRetries, u.Retries)
	add(nameTokensRead, u.Tokens.Read)
	add(nameTokensWritten, u.Tokens.Spoken)
	body := ui.Parts{shown}
	if times := timesTable(u); times != nil {
		body = append(body, times)
	}
	return ui.Card{Title: titleUsage, Body: append(body, since)}
}

// timesTable is nil before anything has succeeded.
func timesTable(u usage.Report) ui.Component {
	table := ui.Table{Label: labelTimes, Columns: []ui.Column{
		{Title: columnTime}, {Title: columnHalf, Number: true}, {Title: column95, Number: true}, {Title: column99, Number: true}, {Title: columnLongest, Number: true},
	}}
	add := func(name string, q *usage.Quantiles) {
		if q == nil {
			return
		}
		row := []ui.Component{ui.Text(name)}
		for _, ms := range []float64{q.P50, q.P95, q.P99, q.Max} {
			row = append(row, ui.Duration(ms*float64(time.Millisecond)))
		}
		table.Rows = append(table.Rows, row)
	}
	add(nameWhole, u.Latency)
	add(nameFirst, u.First)
	if len(table.Rows) == 0 {
		return nil
	}
	return table
}
