package main

import (
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/supervisor"
)

// conflictState is the state of a plugin that runs, but is not mounted.
const conflictState supervisor.State = "conflict"

// mounts keeps the mount table up to date with the plugins.
type mounts struct {
	table  *mount.Table
	logger *slog.Logger

	mu        sync.Mutex
	conflicts map[string]string // messages by plugin
}

func newMounts(table *mount.Table, logger *slog.Logger) *mounts {
	return &mounts{table: table, logger: logger}
}

// change mounts the plugins and reports conflicts that are new.
func (m *mounts) change(plugins []mount.Mounted) {
	conflicts := map[string]string{}
	for _, c := range m.table.Set(plugins) {
		if first, ok := conflicts[c.Plugin]; ok {
			conflicts[c.Plugin] = first + "; " + c.Message
			continue
		}
		conflicts[c.Plugin] = c.Message
	}
	m.mu.Lock()
	before := m.conflicts
	m.conflicts = conflicts
	m.mu.Unlock()
	for plugin, message := range conflicts {
		if before[plugin] != message {
			m.logger.Error("plugin is not mounted", slog.String("plugin", plugin), slog.String("reason", message))
		}
	}
}

// statuses returns the state of the plugins as users meet them: a plugin that is not mounted does not serve, however well
// its process is. Messages name programs without the folder that they are in.
func (m *mounts) statuses(all []supervisor.Status, pluginDir string) []supervisor.Status {
	m.mu.Lock()
	conflicts := m.conflicts
	m.mu.Unlock()
	for i := range all {
		s := &all[i]
		if message, ok := conflicts[s.Name]; ok && (s.State == supervisor.Ready || s.State == supervisor.Degraded) {
			s.State, s.Message = conflictState, message
		}
		s.Message = strings.ReplaceAll(s.Message, filepath.Clean(pluginDir)+string(filepath.Separator), "")
	}
	return all
}
