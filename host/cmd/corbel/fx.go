package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"corbel.example/host/internal/asset"
	"corbel.example/host/internal/config"
	"corbel.example/host/internal/identity"
	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/page"
	"corbel.example/host/internal/server"
	"corbel.example/host/internal/status"
	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/trace"
	"corbel.example/host/internal/user"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

const (
	// startTimeout bounds the start of the host. Plugins that take longer become ready later.
	startTimeout = 15 * time.Second
	// stopMargin is what stopping gets beyond the server's and the plugins' own bounds.
	stopMargin = 5 * time.Second
	// drainTimeout is for the exchanges that a plugin still has when the server has stopped: none, unless they were cut off.
	drainTimeout = 5 * time.Second
)

// stdout is where the log goes.
type stdout struct{ io.Writer }

// graph is how the host is put together: config -> logger -> supervisor -> mount -> status -> page -> server.
func graph(cfg *config.Config, out io.Writer) fx.Option {
	return fx.Options(
		fx.NopLogger, // errors are returned, and nothing else in it is for an operator
		fx.Supply(cfg, stdout{out}),
		fx.Provide(
			newTrace, newLogHandler, slog.New, newTable, newMounts, status.NewWatch, newSupervisor, newAssets, newBoard, newComposer, newCallers,
			newProfiles, newServer,
		),
		fx.StartTimeout(startTimeout),
		fx.StopTimeout(cfg.Settings.Server.ShutdownTimeout+drainTimeout+stopMargin),
		// Hooks start in this order and stop in the opposite one.
		fx.Invoke(func(lc fx.Lifecycle, s *supervisor.Supervisor) {
			lc.Append(fx.Hook{OnStart: s.Start, OnStop: s.Stop})
		}),
		fx.Invoke(func(lc fx.Lifecycle, s *server.Server, logger *slog.Logger) {
			lc.Append(fx.Hook{OnStart: s.Start, OnStop: func(ctx context.Context) error {
				if err := s.Stop(ctx); err != nil {
					logger.WarnContext(ctx, "server did not stop in order", slog.Any("error", err))
				}
				return nil
			}})
		}),
	)
}

func newTrace(cfg *config.Config) *trace.Store {
	s := cfg.Settings.Log
	return trace.New(trace.Settings{Requests: s.Memory, Plugin: s.PluginMemory})
}

// newLogHandler writes the log, and remembers the last lines.
func newLogHandler(cfg *config.Config, out stdout, store *trace.Store) slog.Handler {
	s := cfg.Settings.Log
	return store.Handler(logging.New(out, logging.Options{Level: s.Level, Format: logging.Format(s.Format)}))
}

func newTable() *mount.Table { return mount.NewTable(server.Reserved()) }

func newSupervisor(cfg *config.Config, log slog.Handler, m *mounts, store *trace.Store, watch *status.Watch) *supervisor.Supervisor {
	var specs []supervisor.Spec
	for _, p := range cfg.Settings.Plugins {
		if p.Enabled {
			specs = append(specs, specOf(p))
		}
	}
	return supervisor.New(supervisor.Params{
		Plugins: specs, Log: log, OnChange: m.change, OnExchange: watch.Exchange,
		// Calls to Databricks are debug records: they are remembered with their request, whatever the log's level.
		Level: min(cfg.Settings.Log.Level, slog.LevelDebug), Unlogged: store.Unlogged(),
		Settings: supervisor.Settings{Drain: drainTimeout},
		Resolve: func(name string, schema json.RawMessage) (json.RawMessage, plugin.Diagnostics) {
			raw, findings := cfg.Resolve(name, schema)
			return raw, diagnostics(findings)
		},
	})
}

func specOf(p config.Plugin) supervisor.Spec {
	return supervisor.Spec{Name: p.Name, Path: p.Path, SHA256: p.SHA256, Required: p.Required, StartTimeout: p.StartTimeout}
}

// diagnostics are findings as the supervisor knows them.
func diagnostics(findings config.Findings) plugin.Diagnostics {
	var list plugin.Diagnostics
	for _, f := range findings {
		list = append(list, plugin.Diagnostic{Severity: plugin.Error, Summary: f.String()})
	}
	return list
}

func newAssets(table *mount.Table, logger *slog.Logger) *asset.Store { return asset.New(table, logger) }

func newBoard(cfg *config.Config, s *supervisor.Supervisor, m *mounts, watch *status.Watch, store *trace.Store, profiles *user.Profiles,
	logger *slog.Logger,
) *status.Board {
	return status.New(status.Params{
		Plugins:  func() []supervisor.Status { return m.statuses(s.Plugins(), cfg.Settings.PluginDir) },
		Manifest: s.Manifest, Restart: s.Restart, Config: cfg.PluginValues, Watch: watch, Trace: store,
		Profiles: profiles, AdminGroups: cfg.Settings.App.AdminGroups, Logger: logger,
	})
}

func newComposer(cfg *config.Config, table *mount.Table, assets *asset.Store, board *status.Board, logger *slog.Logger) *page.Composer {
	app := cfg.Settings.App
	return page.New(page.Params{
		Table: table, Assets: assets, Logger: logger, AppName: app.Title, SignOutHref: app.SignOutURL,
		Nav: status.Nav(), RequestHref: status.RequestHref, Notice: board.Notice,
	})
}

func newCallers(cfg *config.Config, logger *slog.Logger) (*identity.Extractor, error) {
	s := cfg.Settings.Server
	return identity.New(identity.Params{
		Host: s.Host, InDatabricksApp: s.InDatabricksApp, TrustedProxies: s.TrustedProxies, Logger: logger,
	})
}

func newProfiles(lc fx.Lifecycle, cfg *config.Config, logger *slog.Logger, store *trace.Store) (*user.Profiles, error) {
	host := cfg.Settings.Databricks.Host
	if host == "" {
		return user.New(nil, logger), nil
	}
	w, err := workspace.New(workspace.Config{Host: host}, workspace.Options{Logger: callLogger(cfg, logger, store)})
	if err != nil {
		return nil, err
	}
	lc.Append(fx.StopHook(w.Close))
	return user.New(w, logger), nil
}

// callLogger takes the host's own calls to Databricks: they are logged when the log wants them, and always remembered.
func callLogger(cfg *config.Config, logger *slog.Logger, store *trace.Store) *slog.Logger {
	if cfg.Settings.Log.Level <= slog.LevelDebug {
		return logger
	}
	return slog.New(store.Unlogged())
}

func newServer(cfg *config.Config, log slog.Handler, table *mount.Table, composer *page.Composer, callers *identity.Extractor,
	profiles *user.Profiles, assets *asset.Store, board *status.Board,
) *server.Server {
	return server.New(server.Params{
		Settings: cfg.Settings.Server, Router: table, Pages: composer, Callers: callers, Profiles: profiles,
		Assets: assets.Serve, Log: log, Plugins: board.Plugins, Board: board,
		Preferences: cfg.Settings.App.PreferencesPath,
	})
}
