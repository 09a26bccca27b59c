package main

import (
	"context"
	"net/http"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/plugins/sampledata/internal/config"
	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/pages"
	"corbel.example/plugins/sampledata/internal/personal"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/plugins/sampledata/internal/shell"
	"corbel.example/plugins/sampledata/internal/tables"
	"corbel.example/plugins/sampledata/internal/warehouse"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

var (
	_ plugin.Plugin  = (*sampleData)(nil)
	_ plugin.Drainer = (*sampleData)(nil)
)

// sampleData is the plugin.
type sampleData struct {
	plugin.Generations[*generation]
}

// generation is what one configuration made. Requests under way keep theirs when the next one comes.
type generation struct {
	workspace *workspace.Workspace
	runs      *run.Manager
	handler   http.Handler
}

func (d *sampleData) Configure(_ context.Context, settings plugin.Settings) plugin.Diagnostics {
	s, found := config.Load(settings)
	if found.HasError() {
		return found
	}
	w, err := workspace.New(s.Workspace, workspace.Options{Logger: settings.Logger, UserScopes: userScopes})
	if err != nil {
		return append(found, plugin.OfError(err)...)
	}
	d.Begin(newGeneration(s, w, settings))
	return found
}

func newGeneration(s config.Settings, w *workspace.Workspace, settings plugin.Settings) *generation {
	g := &generation{workspace: w, runs: run.NewManager()}
	place := dataset.Place{Catalog: s.Catalog, Schema: s.Schema}
	targets := &api.Targets{
		Tables: &tables.Target{
			Workspace: w, Place: place, Host: settings.Host, Logger: settings.Logger,
			Warehouse: warehouse.New(w, warehouse.Settings{ID: s.WarehouseID, Timeout: s.StatementTimeout, Logger: settings.Logger}),
		},
		Personal: &personal.Target{Host: settings.Host, Place: place},
	}
	mux := http.NewServeMux()
	(&api.API{Runs: g.runs, Targets: targets}).Register(mux)
	(&pages.Pages{Runs: g.runs, Targets: targets}).Register(mux)
	(&shell.Shell{Runs: g.runs, Targets: targets}).Register(mux)
	g.handler = mux
	return g
}

// Close ends the runs: they can be repeated.
func (g *generation) Close() {
	g.runs.Close()
	g.workspace.Close()
}

func (d *sampleData) Handler() http.Handler { return d.Current().handler }
