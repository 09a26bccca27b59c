package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/plugin"
)

// runtime is a plugin in operation: its current handler and what the host asks of it.
type runtime struct {
	plugin plugin.Plugin
	caller plugin.Caller
	level  *slog.LevelVar
	logger *slog.Logger

	configuring sync.Mutex
	handler     atomic.Pointer[http.Handler]
}

func newRuntime(p plugin.Plugin, caller plugin.Caller, logs *logs) *runtime {
	level := new(slog.LevelVar)
	return &runtime{plugin: p, caller: caller, level: level, logger: slog.New(logging.NewRecorder(level, logs.add))}
}

// Describe returns the manifest.
func (rt *runtime) Describe() plugin.Manifest { return rt.plugin.Manifest() }

// Configure configures the plugin and, if it accepts, switches to its new handler.
func (rt *runtime) Configure(ctx context.Context, generation uint64, config json.RawMessage, level slog.Level) (ds plugin.Diagnostics) {
	rt.configuring.Lock()
	defer rt.configuring.Unlock()
	defer func() {
		if p := recover(); p != nil {
			rt.logger.ErrorContext(ctx, "panic in Configure", "panic", p, "stack", string(debug.Stack()))
			ds = plugin.Diagnostics{{Severity: plugin.Error, Summary: fmt.Sprintf("panic in Configure: %v", p), Detail: "This is a defect of the plugin; its stack is in the log."}}
		}
	}()
	rt.level.Set(level)
	ds = rt.plugin.Configure(ctx, plugin.Settings{Generation: generation, Config: config, Logger: rt.logger, Host: rt.caller})
	if ds.HasError() {
		return ds
	}
	h := rt.plugin.Handler()
	if h == nil {
		return append(ds, plugin.Diagnostic{Severity: plugin.Error, Summary: "Handler returned nil", Detail: "This is a defect of the plugin."})
	}
	rt.handler.Store(&h)
	return ds
}

// Check asks the plugin, if it knows, how it is.
func (rt *runtime) Check(ctx context.Context, depth plugin.Depth) plugin.Health {
	if checker, ok := rt.plugin.(plugin.Checker); ok {
		return checker.Check(ctx, depth)
	}
	return plugin.Health{Status: plugin.Serving}
}

// Drain lets the plugin finish its own work, if it has any.
func (rt *runtime) Drain(ctx context.Context) error {
	if drainer, ok := rt.plugin.(plugin.Drainer); ok {
		return drainer.Drain(ctx)
	}
	return nil
}

// ServeHTTP answers with the current handler.
func (rt *runtime) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := rt.handler.Load()
	if h == nil {
		fault.Fail(w, fault.New(fault.Unavailable, "").WithOp("plugin is not configured"), correlation.RequestID(r.Context()))
		return
	}
	(*h).ServeHTTP(w, r)
}
