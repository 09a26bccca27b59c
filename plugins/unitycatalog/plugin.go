package main

import (
	"context"
	"net/http"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/config"
	"corbel.example/plugins/unitycatalog/internal/grid"
	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/plugins/unitycatalog/internal/pages"
	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/plugins/unitycatalog/internal/run"
	"corbel.example/plugins/unitycatalog/internal/sqlpage"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

var (
	_ plugin.Plugin  = (*unityCatalog)(nil)
	_ plugin.Checker = (*unityCatalog)(nil)
	_ plugin.Drainer = (*unityCatalog)(nil)
)

// unityCatalog is the plugin.
type unityCatalog struct {
	plugin.Generations[*generation]
}

// generation is what one configuration made. Requests under way keep theirs when the next one comes.
type generation struct {
	settings  config.Settings
	workspace *workspace.Workspace
	catalog   *catalog.Reader
	runner    *statement.Runner
	grid      *grid.Reader
	handler   http.Handler
}

func (u *unityCatalog) Configure(_ context.Context, settings plugin.Settings) plugin.Diagnostics {
	s, found := config.Load(settings)
	if found.HasError() {
		return found
	}
	w, err := workspace.New(s.Workspace, workspace.Options{Logger: settings.Logger, UserScopes: userScopes})
	if err != nil {
		return append(found, plugin.OfError(err)...)
	}
	u.Begin(newGeneration(s, w, settings))
	return found
}

func newGeneration(s config.Settings, w *workspace.Workspace, settings plugin.Settings) *generation {
	g := &generation{
		settings: s, workspace: w,
		catalog: catalog.NewReader(w, s.CacheTTL),
		runner: statement.NewRunner(w, statement.Settings{
			WarehouseID: s.WarehouseID, Timeout: s.StatementTimeout, Logger: settings.Logger,
		}),
	}
	g.grid = grid.NewReader(g.runner)
	reader := &rows.Reader{Catalog: g.catalog, Runner: g.runner}
	mux := http.NewServeMux()
	preferences := &preference.Reader{
		Host: settings.Host, Logger: settings.Logger, MaxPageSize: config.MaxPageSize,
		App: preference.Choices{Catalog: s.Catalog, Schema: s.Schema, PageSize: s.PageSize},
	}
	(&api.API{Catalog: g.catalog, Rows: reader, Runner: g.runner, Preferences: preferences}).Register(mux)
	(&pages.Pages{Catalog: g.catalog, Rows: reader, Preferences: preferences}).Register(mux)
	keeper := &lakebase.Client{Host: settings.Host, Logger: settings.Logger}
	(&sqlpage.Pages{
		Catalog: g.catalog, Runner: g.runner, Desk: run.NewDesk(g.runner, keeper), Grid: g.grid, Lakebase: keeper, Preferences: preferences,
	}).Register(mux)
	g.handler = mux
	return g
}

// Close waits for cancellations of statements, each bounded. Requests under way are not disturbed.
func (g *generation) Close() {
	g.runner.Close()
	g.grid.Close()
	g.catalog.Close()
	g.workspace.Close()
}

func (u *unityCatalog) Handler() http.Handler { return u.Current().handler }
