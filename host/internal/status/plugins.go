package status

import (
	"context"
	"net/http"
	"time"

	"corbel.example/host/internal/page"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/ui"
)

// PluginsView is the page of all plugins.
func (b *Board) PluginsView(r *http.Request) (page.View, error) {
	table, err := b.table(r.Context())
	if err != nil {
		return page.View{}, err
	}
	return page.View{Title: titlePlugins, Body: ui.Parts{
		ui.Row{ui.Heading{Level: 1, Text: titlePlugins}, ui.End{ui.Button{Text: titleFind, Href: RequestsPath}}},
		ui.Fragment{Source: part("plugins", nil), Refresh: refresh, Body: table},
	}}, nil
}

// table is the part of that page that changes.
func (b *Board) table(ctx context.Context) (ui.Component, error) {
	v, err := b.viewer(ctx)
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label: titlePlugins,
		Columns: []ui.Column{
			{Title: labelPlugin},
			{Title: titleState},
			{Title: labelUptime},
			{Title: labelRestarts, Number: true},
			{Title: titleRequests, Number: true},
			{Title: labelHalf, Number: true},
			{Title: label95, Number: true},
			{Title: label99, Number: true},
			{Title: labelErrors, Number: true},
			{Title: titleLastMinutes},
		},
		Empty: ui.Empty{Title: titleNoPlugins, Text: textNoPlugins},
	}
	for _, p := range b.plugins(v) {
		table.Rows = append(table.Rows, []ui.Component{
			ui.Lines{ui.Link{Href: PluginPath(p.Name), Text: p.Name}, ui.Muted(p.Version)},
			state(&p),
			tookOr(p.uptime.Round(time.Second)), ui.Number(p.Restarts), ui.Number(p.traffic.Requests),
			tookOr(p.traffic.P50), tookOr(p.traffic.P95), tookOr(p.traffic.P99), ui.Percent(p.traffic.ErrorRate()), sparkline(&p.traffic),
		})
	}
	return ui.Card{Body: table}, nil
}

// maxMessage is how much of a message the table shows.
const maxMessage = 200

// state is the state, with what there is to say about it below.
func state(p *shown) ui.Component {
	if p.Message == "" {
		return stateTag(p.State)
	}
	return ui.Lines{stateTag(p.State), ui.Muted(ui.Cut(p.Message, maxMessage))}
}

func stateTag(s supervisor.State) ui.Tag { return ui.Tag{Text: string(s), Type: toneOf(s)} }

func toneOf(s supervisor.State) ui.Tone {
	switch s {
	case supervisor.Ready:
		return ui.Success
	case supervisor.Degraded, supervisor.Starting, supervisor.Restarting:
		return ui.Warning
	case supervisor.Stopped, supervisor.Draining:
		return ui.Neutral
	default:
		return ui.Error
	}
}
