package wire

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"corbel.example/sdk/plugin"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// Runtime is the plugin behind a Server, in Go's terms.
type Runtime interface {
	Describe() plugin.Manifest
	Configure(ctx context.Context, generation uint64, config json.RawMessage, level slog.Level) plugin.Diagnostics
	Check(ctx context.Context, depth plugin.Depth) plugin.Health
	// Drain ends the plugin's work beside its exchanges.
	Drain(ctx context.Context) error
	// ServeHTTP answers one exchange. The request's context carries identity and request id.
	http.Handler
}

// Describe answers with the manifest.
func (s *Server) Describe(context.Context, *pluginv1.DescribeRequest) (*pluginv1.DescribeResponse, error) {
	m := s.runtime.Describe()
	m.ContractMinor, m.Capabilities = ContractMinor, Capabilities
	return &pluginv1.DescribeResponse{Manifest: manifestToProto(m)}, nil
}

// Configure hands the configuration on.
func (s *Server) Configure(ctx context.Context, r *pluginv1.ConfigureRequest) (*pluginv1.ConfigureResponse, error) {
	ds := s.runtime.Configure(ctx, r.GetGeneration(), r.GetConfig(), slog.Level(r.GetLogLevel()))
	return &pluginv1.ConfigureResponse{Diagnostics: diagnosticsToProto(ds)}, nil
}

// Check asks the plugin how it is.
func (s *Server) Check(ctx context.Context, r *pluginv1.CheckRequest) (*pluginv1.CheckResponse, error) {
	depth := plugin.Shallow
	if r.GetDeep() {
		depth = plugin.Deep
	}
	return healthToProto(s.runtime.Check(ctx, depth)), nil
}

// Drain refuses new exchanges, waits for the old ones and then lets the plugin finish its own work.
func (s *Server) Drain(ctx context.Context, r *pluginv1.DrainRequest) (*pluginv1.DrainResponse, error) {
	timeout := r.GetTimeout().AsDuration()
	deadline := time.Now().Add(timeout)
	s.mu.Lock()
	s.draining = true
	if len(s.exchanges) == 0 {
		s.idleOnce.Do(func() { close(s.idle) })
	}
	s.mu.Unlock()

	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	select {
	case <-s.idle:
	case <-ctx.Done():
	}
	if err := s.runtime.Drain(ctx); err != nil {
		s.logger.WarnContext(ctx, "plugin did not finish its work while draining", "error", err)
	}
	s.mu.Lock()
	left := len(s.exchanges)
	s.mu.Unlock()
	return &pluginv1.DrainResponse{InFlight: uint32(left)}, nil //nolint:gosec // a count
}
