package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/plugin"
)

const (
	// dropReportInterval is how often the number of dropped log lines is reported.
	dropReportInterval = time.Second
	// stopMargin is what Stop keeps of its deadline for the plugins' processes to end after their drain.
	stopMargin = time.Second
)

// ResolveFunc returns a plugin's configuration, complete and checked against the schema of its manifest.
type ResolveFunc func(name string, schema json.RawMessage) (json.RawMessage, plugin.Diagnostics)

// Params are what a Supervisor needs.
type Params struct {
	// Plugins in the order of the configuration.
	Plugins []Spec
	// Resolve gives each plugin its configuration. Required.
	Resolve ResolveFunc
	// Log takes the supervisor's lines and the plugins'. Required.
	Log slog.Handler
	// Level is the lowest level that plugins log. Default: info.
	Level slog.Leveler
	// Unlogged takes the plugins' records that Level lets through and Log does not want. Nil for nobody.
	Unlogged slog.Handler
	// OnExchange is told of each exchange that has ended, by many at once. It must not block.
	OnExchange func(Exchange)
	// OnChange is called with the plugins whose manifests are known, in the configured order, whenever a state or a
	// manifest has changed. Calls do not overlap. It must not block.
	OnChange func([]mount.Mounted)
	Settings Settings
}

// Supervisor keeps the configured plugins running.
type Supervisor struct {
	settings Settings
	onChange func([]mount.Mounted)
	plugins  []*Plugin
	byName   map[string]*Plugin
	logger   *slog.Logger

	changing sync.Mutex // held while onChange runs

	mu      sync.Mutex
	started bool
	stopped bool
	sockets *socketDir
	halt    context.CancelFunc // plugins drain and end
	kill    context.CancelFunc // what still runs is killed
	owners  sync.WaitGroup
	ended   chan struct{} // closed when all owners have returned
}

// New returns a supervisor of the plugins. It starts nothing.
func New(params Params) *Supervisor {
	if params.Level == nil {
		params.Level = slog.LevelInfo
	}
	s := &Supervisor{
		settings: params.Settings.withDefaults(), onChange: params.OnChange,
		byName: make(map[string]*Plugin, len(params.Plugins)),
		logger: slog.New(params.Log), ended: make(chan struct{}),
	}
	for _, spec := range params.Plugins {
		p := newPlugin(spec, &params, s.settings)
		p.find, p.changed = s.Plugin, s.changed
		s.plugins = append(s.plugins, p)
		if first := s.byName[spec.Name]; first != nil {
			p.refused = &failure{
				step: "find", err: fmt.Errorf("%s is configured under a name that %s has already", spec.Path, first.spec.Path),
				advice: "give each plugin a name of its own",
			}
			continue
		}
		s.byName[spec.Name] = p
	}
	return s
}

// Plugin returns the plugin of that name, nil if it is not configured.
func (s *Supervisor) Plugin(name string) *Plugin { return s.byName[name] }

// Plugins returns the state of every plugin, in the configured order.
func (s *Supervisor) Plugins() []Status {
	all := make([]Status, len(s.plugins))
	for i, p := range s.plugins {
		all[i] = p.Status()
	}
	return all
}

// Manifest is what a plugin said of itself last; ok is false before it has said anything.
func (s *Supervisor) Manifest(name string) (m plugin.Manifest, ok bool) {
	p := s.Plugin(name)
	if p == nil {
		return plugin.Manifest{}, false
	}
	return p.Manifest()
}

// Restart has a plugin's process replaced: it finishes what is under way, within a bound, and a new one takes its place. What comes
// meanwhile waits for that one. A plugin that waits before its next try is tried at once. It returns before that has happened; the
// error says that there is no such plugin.
func (s *Supervisor) Restart(name string) error {
	p := s.Plugin(name)
	if p == nil {
		return fmt.Errorf("restart plugin %q: it is not enabled", name)
	}
	select {
	case p.restartAsked <- struct{}{}:
	default: // it has been asked already
	}
	return nil
}

// Start launches all plugins at once. It returns when each is ready or has failed for the first time, or when
// Settings.StartWait has passed: a plugin that is slow or broken holds up nobody. An error means that nothing runs.
func (s *Supervisor) Start(ctx context.Context) error {
	s.mu.Lock()
	if s.started || s.stopped {
		s.mu.Unlock()
		return errors.New("start supervisor: it has been started or stopped before")
	}
	sockets, err := newSocketDir()
	if err != nil {
		s.mu.Unlock()
		return fmt.Errorf("start supervisor: %w", err)
	}
	s.started, s.sockets = true, sockets
	alive, kill := context.WithCancel(context.WithoutCancel(ctx))
	running, halt := context.WithCancel(alive)
	s.kill, s.halt = kill, halt
	for _, p := range s.plugins {
		p.sockets = sockets.path
		s.owners.Go(func() { p.run(alive, running) })
	}
	s.owners.Go(func() { s.reportDropped(running) })
	go func() {
		s.owners.Wait()
		close(s.ended)
	}()
	s.mu.Unlock()

	if err := s.awaitFirst(ctx); err != nil {
		return errors.Join(fmt.Errorf("start supervisor: %w", err), s.Stop(context.WithoutCancel(ctx)))
	}
	return nil
}

// awaitFirst waits until every plugin's first try has been decided, within the bound.
func (s *Supervisor) awaitFirst(ctx context.Context) error {
	timer := time.NewTimer(s.settings.StartWait)
	defer timer.Stop()
	for _, p := range s.plugins {
		select {
		case <-p.decided:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Stop drains all plugins at once and ends them; when ctx ends, what still runs is killed. It returns when nothing of
// the supervisor runs any more. It works twice, and before Start.
func (s *Supervisor) Stop(ctx context.Context) error {
	s.mu.Lock()
	first := !s.stopped
	s.stopped = true
	started := s.started
	s.mu.Unlock()
	if !started {
		return nil
	}
	if first {
		s.shortenDrains(ctx)
	}
	s.halt()
	select {
	case <-s.ended:
	case <-ctx.Done():
		s.kill()
		// What an owner does after that has bounds: a kill, and the reports.
		if !within(s.ended, 3*s.settings.Kill+stopMargin) {
			return errors.New("stop supervisor: a plugin's process does not end: it hangs in the kernel")
		}
	}
	s.kill() // frees the contexts
	if first {
		return s.sockets.remove()
	}
	return nil
}

// shortenDrains leaves time to end the processes before Stop's deadline.
func (s *Supervisor) shortenDrains(ctx context.Context) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return
	}
	bound := min(s.settings.Drain, max(0, time.Until(deadline)-stopMargin))
	for _, p := range s.plugins {
		p.drain.Store(int64(bound))
	}
}

// reportDropped tells once a second what the plugins' logs have lost.
func (s *Supervisor) reportDropped(ctx context.Context) {
	ticker := time.NewTicker(dropReportInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			for _, p := range s.plugins {
				p.log.reportDropped()
			}
		case <-ctx.Done():
			return
		}
	}
}

// changed tells the owner of the mount table.
func (s *Supervisor) changed() {
	if s.onChange == nil {
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	mounted := make([]mount.Mounted, 0, len(s.plugins))
	for _, p := range s.plugins {
		if m, ok := p.mounted(); ok {
			mounted = append(mounted, m)
		}
	}
	s.onChange(mounted)
}
