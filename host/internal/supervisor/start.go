package supervisor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// endingGrace is how long a step that failed waits for the process to end, so that its end can be named as the cause.
const endingGrace = 200 * time.Millisecond

// start brings up a process: launch, handshake, Describe, Configure, Check.
func (p *Plugin) start(ctx context.Context) (*life, *contract, plugin.Health, error) {
	l, c, err := p.describe(ctx)
	if err != nil {
		return nil, nil, plugin.Health{}, err
	}
	if err := p.configure(ctx, l, c); err != nil {
		p.end(l)
		return nil, nil, plugin.Health{}, err
	}
	health, err := p.check(ctx, l)
	if err != nil {
		p.end(l)
		return nil, nil, plugin.Health{}, err
	}
	return l, c, health, nil
}

// describe launches a process and asks for its manifest. A manifest that asks for variables of the environment comes
// too late for the process that tells it: that one is ended and another launched, once.
func (p *Plugin) describe(ctx context.Context) (*life, *contract, error) {
	for again := true; ; again = false {
		l, err := p.launch(ctx)
		if err != nil {
			return nil, nil, err
		}
		c, err := p.contractOf(ctx, l)
		if err != nil {
			p.end(l)
			return nil, nil, err
		}
		granted := grants(c.manifest.Environment, wire.Handshake.MagicCookieKey)
		if !again || slices.Equal(granted, p.granted) {
			p.mu.Lock()
			p.contract = c
			p.status.Version = c.manifest.Version
			p.mu.Unlock()
			return l, c, nil
		}
		p.granted = granted
		p.logger.DebugContext(ctx, "plugin launched again with the variables that its manifest asks for", slog.Any("environment", granted))
		p.end(l)
	}
}

func (p *Plugin) contractOf(ctx context.Context, l *life) (*contract, error) {
	var manifest plugin.Manifest
	err := p.step(ctx, l, "describe", p.settings.Describe, func(ctx context.Context) (err error) {
		manifest, err = l.wire.Describe(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := newContract(p.spec.Name, manifest)
	if err != nil {
		return nil, &failure{step: "describe", err: fmt.Errorf("manifest refused: %w", err)}
	}
	return c, nil
}

// configure hands the process its configuration.
func (p *Plugin) configure(ctx context.Context, l *life, c *contract) error {
	config, findings := p.resolve(p.spec.Name, c.manifest.ConfigSchema)
	if err := p.judge(ctx, findings); err != nil {
		return err
	}
	if len(config) == 0 {
		config = json.RawMessage("{}")
	}
	err := p.step(ctx, l, "configure", p.settings.Configure, func(ctx context.Context) (err error) {
		findings, err = l.wire.Configure(ctx, 1, config, p.level.Level())
		return err
	})
	if err != nil {
		return err
	}
	return p.judge(ctx, findings)
}

// judge logs what was found about the configuration; errors refuse it.
func (p *Plugin) judge(ctx context.Context, findings plugin.Diagnostics) error {
	var refused plugin.Diagnostics
	for _, f := range findings {
		if f.Severity == plugin.Error {
			refused = append(refused, f)
			continue
		}
		p.logger.WarnContext(ctx, "plugin warns about its configuration",
			slog.String("path", printable(f.Path)), slog.String("summary", printable(f.Summary)), slog.String("detail", printable(f.Detail)))
	}
	if len(refused) == 0 {
		return nil
	}
	return &failure{step: "configure", err: errors.New("configuration refused: " + clip(printable(strings.ReplaceAll(refused.String(), "\n", "; ")), maxMessage))}
}

// check asks the process how it is.
func (p *Plugin) check(ctx context.Context, l *life) (plugin.Health, error) {
	var health plugin.Health
	err := p.step(ctx, l, "check", p.settings.Check, func(ctx context.Context) (err error) {
		health, err = l.wire.Check(ctx, plugin.Shallow)
		return err
	})
	if err != nil {
		return health, err
	}
	health.Message = clip(printable(health.Message), maxMessage)
	if health.Status == plugin.NotServing {
		return health, &failure{step: "check", err: fmt.Errorf("the plugin says that it cannot serve: %s", health.Message)}
	}
	return health, nil
}

// step performs one call of the process within its bound and says what a failure means.
func (p *Plugin) step(ctx context.Context, l *life, name string, bound time.Duration, call func(context.Context) error) error {
	within, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	err := call(within)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case within.Err() != nil || status.Code(err) == codes.DeadlineExceeded: // the other end's clock may be ahead
		return &failure{
			step: name, err: fmt.Errorf("no answer within %s", bound),
			advice: "the plugin hangs: look at what it does there, and give long work a deadline of its own",
		}
	case l.runner.waitExit(endingGrace):
		return &failure{step: name, err: fmt.Errorf("the process ended: %s", l.exit("")), advice: "look at its last lines in the log"}
	default:
		return &failure{step: name, err: errors.New(printable(rpcMessage(err)))}
	}
}

// rpcMessage is what the other end said of a failed call, without gRPC's frame around it.
func rpcMessage(err error) string {
	var rpc interface{ GRPCStatus() *status.Status }
	if errors.As(err, &rpc) {
		return rpc.GRPCStatus().Message()
	}
	return err.Error()
}

// end kills a process and frees what belongs to it; the next need not wait for the latter.
func (p *Plugin) end(l *life) {
	if !l.end(p.settings.Kill) {
		p.logger.Error("plugin process does not end", slog.Int("pid", l.runner.pid()))
	}
	p.releases.Go(l.release)
}
