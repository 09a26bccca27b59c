package status

import (
	"context"
	"time"

	"corbel.example/host/internal/supervisor"
)

// pluginJSON is a plugin in the API. What the viewer may not see is left out.
type pluginJSON struct {
	Name          string           `json:"name"`
	State         supervisor.State `json:"state"`
	Since         time.Time        `json:"since"`
	Version       string           `json:"version"`
	UptimeSeconds float64          `json:"uptime_seconds"`
	Restarts      int              `json:"restarts"`
	Required      bool             `json:"required"`
	Message       string           `json:"message,omitempty"`
	Requests      int64            `json:"requests"`
	Errors        int64            `json:"errors"`
	// Recent is what the last ten minutes were like.
	Recent    recentJSON `json:"recent"`
	LastCrash *crashJSON `json:"last_crash,omitempty"`
}

type recentJSON struct {
	Requests  int     `json:"requests"`
	ErrorRate float64 `json:"error_rate"`
	P50MS     float64 `json:"p50_ms"`
	P95MS     float64 `json:"p95_ms"`
	P99MS     float64 `json:"p99_ms"`
}

type crashJSON struct {
	At       time.Time `json:"at"`
	ExitCode int       `json:"exit_code"`
	Signal   string    `json:"signal,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Panic    string    `json:"panic,omitempty"`
	Output   []string  `json:"output,omitempty"`
}

// PluginsJSON is the state of all plugins.
func (b *Board) PluginsJSON(ctx context.Context) (any, error) {
	v, err := b.viewer(ctx)
	if err != nil {
		return nil, err
	}
	list := []pluginJSON{}
	for _, p := range b.plugins(v) {
		list = append(list, jsonOf(&p))
	}
	return map[string]any{"plugins": list}, nil
}

// PluginJSON is the state of one plugin.
func (b *Board) PluginJSON(ctx context.Context, name string) (any, error) {
	v, err := b.viewer(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.plugin(v, name)
	if err != nil {
		return nil, err
	}
	return jsonOf(&p), nil
}

func jsonOf(p *shown) pluginJSON {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }
	j := pluginJSON{
		Name: p.Name, State: p.State, Since: p.Since.UTC(), Version: p.Version, UptimeSeconds: p.uptime.Seconds(), Restarts: p.Restarts,
		Required: p.Required, Message: p.Message, Requests: p.traffic.Requests, Errors: p.traffic.Errors,
		Recent: recentJSON{
			Requests: p.traffic.Recent, ErrorRate: p.traffic.ErrorRate(),
			P50MS: ms(p.traffic.P50), P95MS: ms(p.traffic.P95), P99MS: ms(p.traffic.P99),
		},
	}
	if e := p.LastExit; e != nil {
		j.LastCrash = &crashJSON{At: e.At.UTC(), ExitCode: e.Code, Signal: e.Signal, Reason: e.Reason, Panic: e.Panic, Output: e.Output}
	}
	return j
}
