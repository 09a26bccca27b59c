package main

import (
	"context"
	"log/slog"
	"net/http"

	"corbel.example/plugins/lakebase/internal/api"
	"corbel.example/plugins/lakebase/internal/config"
	"corbel.example/plugins/lakebase/internal/credential"
	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/plugins/lakebase/internal/pages"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

var (
	_ plugin.Plugin  = (*lakebase)(nil)
	_ plugin.Checker = (*lakebase)(nil)
	_ plugin.Drainer = (*lakebase)(nil)
)

// lakebase is the plugin.
type lakebase struct {
	plugin.Generations[*generation]
}

// generation is what one configuration made. Requests under way keep theirs when the next one comes.
type generation struct {
	database *database.Database
	// workspace is nil when the token was configured.
	workspace *workspace.Workspace
	handler   http.Handler
}

func (l *lakebase) Configure(_ context.Context, settings plugin.Settings) plugin.Diagnostics {
	s, found := config.Load(settings)
	if found.HasError() {
		return found
	}
	next, err := newGeneration(s, settings.Logger)
	if err != nil {
		return append(found, plugin.OfError(err)...)
	}
	l.Begin(next)
	return found
}

func newGeneration(s config.Settings, logger *slog.Logger) (*generation, error) {
	g := &generation{}
	var source credential.Source = credential.Static{Value: s.Token}
	if s.Token.IsZero() {
		w, err := workspace.New(s.Workspace, workspace.Options{Logger: logger})
		if err != nil {
			return nil, err
		}
		g.workspace = w
		source = credential.NewMinted(w, credential.Target{Endpoint: s.Endpoint, Instance: s.Instance})
	}
	d, err := database.Open(s.Database, source, logger)
	if err != nil {
		source.Close()
		g.closeWorkspace()
		return nil, err
	}
	g.database = d
	mux := http.NewServeMux()
	preferences, queries, notes := store.PreferenceStore{Database: d}, store.Queries{Database: d}, store.Notes{Database: d}
	history := store.History{Database: d, Limit: s.HistoryLimit}
	(&api.API{
		Preferences: preferences, Queries: queries, Notes: notes, History: history, Samples: store.Samples{Database: d},
	}).Register(mux)
	(&pages.Pages{Preferences: preferences, Queries: queries, Notes: notes, History: history}).Register(mux)
	g.handler = mux
	return g, nil
}

// Close waits for requests that hold a connection.
func (g *generation) Close() {
	g.database.Close()
	g.closeWorkspace()
}

func (g *generation) closeWorkspace() {
	if g.workspace != nil {
		g.workspace.Close()
	}
}

func (l *lakebase) Handler() http.Handler { return l.Current().handler }

// Check finds the plugin degraded while the database does not answer: it comes back by itself when the database does.
func (l *lakebase) Check(ctx context.Context, depth plugin.Depth) plugin.Health {
	g := l.Current()
	switch {
	case depth == plugin.Shallow:
		return plugin.Health{Status: plugin.Serving}
	case g == nil:
		return plugin.Health{Status: plugin.NotServing, Message: "not configured yet"}
	}
	if err := g.database.Ready(ctx); err != nil {
		resource := plugin.ResourceHealth{Name: "lakebase", Status: plugin.NotServing, Message: err.Error()}
		return plugin.Health{Status: plugin.Degraded, Message: "the database does not answer: " + err.Error(), Resources: []plugin.ResourceHealth{resource}}
	}
	return plugin.Health{Status: plugin.Serving, Resources: []plugin.ResourceHealth{{Name: "lakebase", Status: plugin.Serving}}}
}
