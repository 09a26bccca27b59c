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
	return page.View{Title: "Plugins", Body: ui.Parts{
		ui.Row{ui.Heading{Level: 1, Text: "Plugins"}, ui.End{ui.Button{Text: "Find a request", Href: RequestsPath}}},
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
		Label: "Plugins",
		Columns: []ui.Column{
			{Title: "Plugin"},
			{Title: "State"},
			{Title: "Uptime"},
			{Title: "Restarts", Number: true},
			{Title: "Requests", Number: true},
			{Title: "p50", Number: true},
			{Title: "p95", Number: true},
			{Title: "p99", Number: true},
			{Title: "Errors", Number: true},
			{Title: "Last 10 minutes"},
		},
		Empty: ui.Empty{Title: "No plugins", Text: "None is enabled. Plugins are named in the application's configuration."},
	}
	for _, p := range b.plugins(v) {
		table.Rows = append(table.Rows, []ui.Component{
			ui.Lines{ui.Link{Href: PluginPath(p.Name), Text: p.Name}, ui.Muted(p.Version)},
			state(&p),
			tookOr(p.uptime.Round(time.Second)), ui.Number(p.Restarts), ui.Number(p.traffic.Requests),
			tookOr(p.traffic.P50), tookOr(p.traffic.P95), tookOr(p.traffic.P99), percent(p.traffic.ErrorRate()), sparkline(&p.traffic),
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
