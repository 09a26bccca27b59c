package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/dig"
	"go.uber.org/fx"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/server"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/logging"
)

func newServeCommand(p process) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Start the plugins and serve the app",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			begun := time.Now()
			if err := hideFromOthers(); err != nil {
				return err
			}
			cfg, err := loadConfig(cmd, p)
			if err != nil {
				return err
			}
			return runHost(cmd.Context(), cfg, p, begun)
		},
	}
}

// runHost runs the host until ctx ends.
func runHost(ctx context.Context, cfg *config.Config, p process, begun time.Time) error {
	var srv *server.Server
	var plugins *supervisor.Supervisor
	var logger *slog.Logger
	log := logging.NewBuffer(p.stdout)
	defer func() { _ = log.Close() }() // there is nobody to tell that the log cannot be written
	app := fx.New(graph(cfg, log), fx.Populate(&srv, &plugins, &logger))
	if err := app.Err(); err != nil {
		return dig.RootCause(err)
	}
	starting, cancel := context.WithTimeout(ctx, app.StartTimeout())
	defer cancel()
	if err := app.Start(starting); err != nil {
		if ctx.Err() != nil {
			err = nil // told to stop while starting
		}
		// fx stops what had started, except when time ran out.
		return errors.Join(err, stop(ctx, app))
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "host ready",
		slog.String("url", srv.URL()), slog.Any("plugins", states(plugins.Plugins())),
		slog.Float64(logging.DurationMSKey, float64(time.Since(begun).Microseconds())/1e3))
	var failed error
	select {
	case <-ctx.Done():
		logger.InfoContext(ctx, "host stops")
	case <-srv.Done():
		failed = errors.New("the server ended by itself")
	}
	return errors.Join(failed, stop(ctx, app))
}

// stop ends the app within its bound. ctx has ended or will: it is not asked.
func stop(ctx context.Context, app *fx.App) error {
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), app.StopTimeout())
	defer cancel()
	if err := app.Stop(stopping); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// states are the plugins' states by name.
func states(all []supervisor.Status) map[string]supervisor.State {
	byName := make(map[string]supervisor.State, len(all))
	for _, s := range all {
		byName[s.Name] = s.State
	}
	return byName
}
