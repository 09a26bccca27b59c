package supervisor

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// Spec is one plugin as the configuration names it.
type Spec struct {
	// Name is the plugin's name; its manifest must have the same.
	Name string
	// Path of the program.
	Path string
	// SHA256 of the program in hexadecimal; "" means that it is not verified.
	SHA256 string
	// Required: the application is not ready without this plugin.
	Required bool
	// StartTimeout is this plugin's Settings.Handshake; 0 means that of all.
	StartTimeout time.Duration
}

// Plugin is one supervised plugin. It is a mount.Backend.
type Plugin struct {
	spec     Spec
	settings Settings
	resolve  ResolveFunc
	level    slog.Leveler
	sockets  string
	find     func(name string) *Plugin // another plugin, nil if it is not enabled
	changed  func()                    // state or manifest has changed
	// onExchange is told of each exchange that has ended; nil for nobody.
	onExchange func(Exchange)
	refused    error // why it is never started, nil for a plugin that is

	logger *slog.Logger // the supervisor's own lines about the plugin
	log    *pluginLog   // the plugin's lines

	current atomic.Pointer[availability]
	places  *bulkhead // of exchanges that take a moment
	streams *bulkhead // of those that may take long: large bodies, streaming routes

	// For the owner only, the goroutine that runs the plugin.
	granted  []string // variables that the last manifest was granted
	backoff  backoff
	restarts int
	releases sync.WaitGroup // the freeing of processes that have ended

	restartAsked chan struct{} // holds one

	decided     chan struct{} // closed when the first try to start has succeeded or failed
	decidedOnce sync.Once
	drain       atomic.Int64 // how long a drain may take, in nanoseconds

	mu       sync.Mutex
	status   Status
	contract *contract // of the last Describe, nil before the first
}

var _ mount.Backend = (*Plugin)(nil)

// availability is what an exchange sees of the plugin: replaced as a whole, never changed.
type availability struct {
	client   *wire.Client // nil: no process serves
	contract *contract    // with client
	// coming: a process is being brought up, waiting may help.
	coming bool
	// retryAfter says when another try may help, without client.
	retryAfter time.Duration
	replaced   chan struct{} // closed when there is a newer one
}

func newPlugin(spec Spec, params *Params, settings Settings) *Plugin {
	if spec.StartTimeout > 0 {
		settings.Handshake = spec.StartTimeout
	}
	p := &Plugin{
		spec: spec, settings: settings, resolve: params.Resolve, level: params.Level, onExchange: params.OnExchange,
		logger:  slog.New(params.Log).With(slog.String("plugin", spec.Name)),
		log:     newPluginLog(params.Log, params.Unlogged, spec.Name, settings.LogRate, settings.LogBurst),
		places:  newBulkhead(settings.MaxExchanges),
		streams: newBulkhead(settings.MaxStreams),
		backoff: backoff{first: settings.RestartWait, longest: settings.RestartWaitMax, stable: settings.Stable},
		decided: make(chan struct{}), restartAsked: make(chan struct{}, 1),
		status: Status{Name: spec.Name, Required: spec.Required, State: Starting, Since: time.Now()},
	}
	p.drain.Store(int64(settings.Drain))
	p.current.Store(&availability{coming: true, replaced: make(chan struct{})})
	return p
}

// Name is the plugin's name.
func (p *Plugin) Name() string { return p.spec.Name }

// Status is what is known of the plugin now.
func (p *Plugin) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Manifest is what the plugin said of itself last; ok is false before it has said anything.
func (p *Plugin) Manifest() (m plugin.Manifest, ok bool) {
	c := p.knownContract()
	if c == nil {
		return plugin.Manifest{}, false
	}
	return c.manifest, true
}

// mounted returns the plugin for the mount table; ok is false before its first manifest.
func (p *Plugin) mounted() (m mount.Mounted, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.contract == nil {
		return mount.Mounted{}, false
	}
	state := p.status.State
	if state == Degraded {
		state = Ready // it serves: what ails it is for the status
	}
	generation := uint64(p.status.Restarts) //nolint:gosec // a count
	return mount.Mounted{Manifest: p.contract.manifest, Backend: observed{Plugin: p}, State: string(state), Generation: generation}, true
}

// offer replaces what exchanges see.
func (p *Plugin) offer(a availability) {
	a.replaced = make(chan struct{})
	close(p.current.Swap(&a).replaced)
}

// set changes the status and tells.
func (p *Plugin) set(state State, message string, change func(*Status)) {
	p.mu.Lock()
	if p.status.State != state {
		p.status.State, p.status.Since = state, time.Now()
	}
	p.status.Message = message
	if change != nil {
		change(&p.status)
	}
	p.mu.Unlock()
	p.changed()
}

// decide lets Start go on.
func (p *Plugin) decide() { p.decidedOnce.Do(func() { close(p.decided) }) }
