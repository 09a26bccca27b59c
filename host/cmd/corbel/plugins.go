package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/plugin"
)

// describeTimeout bounds how long plugins may take to start and to tell their manifests, and to end again.
const describeTimeout = 20 * time.Second

func newPluginsCommand(p process) *cobra.Command {
	cmd := &cobra.Command{Use: "plugins", Short: "Look at plugins", Args: cobra.NoArgs}
	cmd.AddCommand(&cobra.Command{
		Use:   "describe NAME|PATH",
		Short: "Start a plugin, print its manifest as JSON and end it; works offline and needs no configuration of it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(cmd, p)
			if err != nil {
				return err
			}
			named := pluginOf(cfg, args[0])
			d := describeAll(cmd.Context(), []config.Plugin{named})[named.Name]
			if d.err != nil {
				return fmt.Errorf("describe %s: %w", args[0], d.err)
			}
			out := json.NewEncoder(cmd.OutOrStdout())
			out.SetEscapeHTML(false)
			out.SetIndent("", "  ")
			return out.Encode(viewOf(&d.manifest))
		},
	})
	return cmd
}

// pluginOf returns the configured plugin of that name, the one of that name in the plugins' folder, or the program at the
// path.
func pluginOf(cfg *config.Config, nameOrPath string) config.Plugin {
	i := slices.IndexFunc(cfg.Settings.Plugins, func(p config.Plugin) bool { return p.Name == nameOrPath })
	switch {
	case i >= 0:
		p := cfg.Settings.Plugins[i]
		p.Enabled = true
		return p
	case strings.ContainsRune(nameOrPath, filepath.Separator):
		return config.Plugin{Name: filepath.Base(nameOrPath), Path: nameOrPath, Enabled: true}
	default:
		return config.Plugin{Name: nameOrPath, Path: filepath.Join(cfg.Settings.PluginDir, nameOrPath), Enabled: true}
	}
}

// description is what a plugin says of itself, or why it does not.
type description struct {
	manifest plugin.Manifest
	err      error
}

// describeAll starts the enabled plugins, asks each for its manifest and ends them. None is configured.
func describeAll(ctx context.Context, plugins []config.Plugin) map[string]description {
	var specs []supervisor.Spec
	for _, p := range plugins {
		if p.Enabled {
			specs = append(specs, specOf(p))
		}
	}
	var mu sync.Mutex
	described := map[string]description{}
	s := supervisor.New(supervisor.Params{
		Plugins: specs, Log: slog.DiscardHandler,
		OnChange: func(all []mount.Mounted) {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range all {
				described[m.Manifest.Name] = description{manifest: m.Manifest}
			}
		},
		// A plugin whose configuration is refused has told its manifest and is asked nothing more.
		Resolve: func(string, json.RawMessage) (json.RawMessage, plugin.Diagnostics) {
			return nil, plugin.OfError(errors.New("only described"))
		},
		Settings: supervisor.Settings{StartWait: describeTimeout},
	})
	ctx, cancel := context.WithTimeout(ctx, describeTimeout)
	defer cancel()
	err := s.Start(ctx)
	statuses := s.Plugins()
	err = errors.Join(err, s.Stop(ctx))
	mu.Lock()
	defer mu.Unlock()
	for _, status := range statuses {
		if _, ok := described[status.Name]; ok {
			continue
		}
		described[status.Name] = description{err: errors.Join(errors.New(status.Message), err)}
	}
	return described
}
