package main

import (
	"context"
	"net/http"

	"corbel.example/plugins/modelserving/internal/api"
	"corbel.example/plugins/modelserving/internal/config"
	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/plugins/modelserving/internal/pages"
	"corbel.example/plugins/modelserving/internal/stream"
	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

var (
	_ plugin.Plugin  = (*modelServing)(nil)
	_ plugin.Checker = (*modelServing)(nil)
	_ plugin.Drainer = (*modelServing)(nil)
)

// modelServing is the plugin.
type modelServing struct {
	plugin.Generations[*generation]

	// meter goes on when another generation comes.
	meter *usage.Meter
}

func newModelServing() *modelServing { return &modelServing{meter: usage.NewMeter()} }

// generation is what one configuration made. Requests under way keep theirs when the next one comes.
type generation struct {
	settings  config.Settings
	workspace *workspace.Workspace
	endpoints *endpoint.Reader
	streams   *stream.Registry
	handler   http.Handler
}

func (m *modelServing) Configure(_ context.Context, settings plugin.Settings) plugin.Diagnostics {
	s, found := config.Load(settings)
	if found.HasError() {
		return found
	}
	w, err := workspace.New(s.Workspace, workspace.Options{Logger: settings.Logger, UserScopes: userScopes})
	if err != nil {
		return append(found, plugin.OfError(err)...)
	}
	m.Begin(newGeneration(s, w, m.meter, settings))
	return found
}

func newGeneration(s config.Settings, w *workspace.Workspace, meter *usage.Meter, settings plugin.Settings) *generation {
	g := &generation{
		settings: s, workspace: w,
		endpoints: endpoint.NewReader(w, endpoint.Settings{Timeout: s.ListTimeout, TTL: s.CacheTTL, Logger: settings.Logger}),
		streams: stream.NewRegistry(stream.Settings{
			Timeout: s.Timeout, Heartbeat: s.Heartbeat, Hold: s.StreamHold, PerUser: s.MaxStreamsPerUser,
		}),
	}
	invoker := invocation.New(w, g.endpoints, invocation.Settings{Timeout: s.Timeout, Logger: settings.Logger, Meter: meter})
	mux := http.NewServeMux()
	(&api.API{Endpoints: g.endpoints, Invoker: invoker, Streams: g.streams, Meter: meter, DefaultEndpoint: s.Endpoint}).Register(mux)
	(&pages.Pages{Endpoints: g.endpoints, Invoker: invoker, Meter: meter, DefaultEndpoint: s.Endpoint}).Register(mux)
	g.handler = mux
	return g
}

// Close ends all streams. Other requests under way are not disturbed.
func (g *generation) Close() {
	g.streams.Close()
	g.endpoints.Close()
	g.workspace.Close()
}

func (m *modelServing) Handler() http.Handler { return m.Current().handler }
