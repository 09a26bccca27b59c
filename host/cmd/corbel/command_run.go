package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"corbel.example/host/internal/command"
	"corbel.example/host/internal/config"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/wire"
)

const (
	// commandStart bounds the start of the plugins that a command needs, commandStop their end.
	commandStart = 20 * time.Second
	commandStop  = 10 * time.Second
)

// commandRun is one run of a command.
type commandRun struct {
	config    *config.Config
	command   *command.Command
	manifests []plugin.Manifest
	token     string
	log       slog.Handler
}

// perform starts the plugins, has the command's answer, and ends them.
func (r *commandRun) perform(ctx context.Context, w http.ResponseWriter, body []byte) (err error) {
	caller, err := r.caller(ctx)
	if err != nil {
		return err
	}
	plugins := supervisor.New(supervisor.Params{
		Plugins: r.specs(), Log: r.log, Level: r.config.Settings.Log.Level,
		Resolve: func(name string, schema json.RawMessage) (json.RawMessage, plugin.Diagnostics) {
			raw, findings := r.config.Resolve(name, schema)
			return raw, diagnostics(findings)
		},
		Settings: supervisor.Settings{StartWait: commandStart, Drain: commandStop},
	})
	if err := plugins.Start(ctx); err != nil {
		return err
	}
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), commandStop)
		defer cancel()
		err = errors.Join(err, plugins.Stop(stopping))
	}()
	answering := plugins.Plugin(r.command.Plugin)
	if s := answering.Status(); s.State != supervisor.Ready && s.State != supervisor.Degraded {
		return fmt.Errorf("plugin %s does not run: %s", s.Name, s.Message)
	}
	return r.forward(ctx, answering, w, body, caller)
}

// caller is whose token it is. A command that anyone may give needs none.
func (r *commandRun) caller(ctx context.Context) (identity.Identity, error) {
	if r.command.Route.Auth == plugin.Anyone && r.token == "" {
		return identity.Identity{}, nil
	}
	return command.Caller(ctx, r.config.Settings.Databricks.Host, secret.New(r.token), r.log)
}

// specs are the command's plugin, and those that it calls, as far as they are enabled.
func (r *commandRun) specs() []supervisor.Spec {
	needed := []string{r.command.Plugin}
	for i := 0; i < len(needed); i++ {
		for _, m := range r.manifests {
			if m.Name != needed[i] {
				continue
			}
			for _, call := range m.Calls {
				if !slices.Contains(needed, call.Plugin) {
					needed = append(needed, call.Plugin)
				}
			}
		}
	}
	var specs []supervisor.Spec
	for _, p := range r.config.Settings.Plugins {
		if p.Enabled && slices.Contains(needed, p.Name) {
			specs = append(specs, specOf(p))
		}
	}
	return specs
}

func (r *commandRun) forward(ctx context.Context, to *supervisor.Plugin, w http.ResponseWriter, body []byte, caller identity.Identity) error {
	route := r.command.Route
	request, err := http.NewRequestWithContext(ctx, r.command.Method, r.command.Path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	x := wire.Exchange{
		RequestID: correlation.NewID(), Identity: caller, Scheme: "http",
		Timeout: route.Timeout, Streaming: route.Streaming, MaxBodyBytes: route.MaxBodyBytes,
	}
	err = to.Forward(w, request, x)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	var aborted *wire.AbortedError
	if errors.As(err, &aborted) {
		return fmt.Errorf("the command broke off: %w", err)
	}
	f := fault.From(err)
	return &command.Failure{Problem: f.Problem(x.RequestID)}
}
