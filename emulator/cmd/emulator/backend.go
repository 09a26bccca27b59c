package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/databricks/databricks-sdk-go/config"

	"corbel.example/emulator/internal/app"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/certificate"
	"corbel.example/emulator/internal/fault"
	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/frontdoor/developer"
	"corbel.example/emulator/internal/frontdoor/embedded"
	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/workspace"
)

const (
	hostVariable      = "DATABRICKS_HOST"
	warehouseVariable = "DATABRICKS_WAREHOUSE_ID"
	endpointVariable  = "MODEL_SERVING_ENDPOINT"

	// Where the app may create tables, in the emulated workspace.
	appCatalog = "main"
	appSchema  = "samples"

	signOutURL = "/_frontdoor/sign-out"
)

// backend is the workspace that the app works with, emulated or real.
type backend struct {
	url string
	// environment is what it tells the app.
	environment app.Environment
	// admit says to the front door who may come in.
	admit func(*frontdoor.Config) error
	// failed gets an error when the workspace ends by itself.
	failed <-chan error
	close  func(context.Context) error
}

// realWorkspace returns the workspace that the environment names, or "" when
// one is to be emulated. The address of the one that was emulated last is left
// over from `emulator env`, and means it again.
func realWorkspace(environ []string, last running) string {
	host := strings.TrimRight(variableOf(environ, hostVariable), "/")
	if host == last.WorkspaceURL {
		return ""
	}
	return host
}

// variableOf returns the value of an environment variable; the last one counts.
func variableOf(environ []string, name string) (value string) {
	for _, pair := range environ {
		if v, ok := strings.CutPrefix(pair, name+"="); ok {
			value = v
		}
	}
	return value
}

// emulate opens the emulated workspace and serves it.
func (r *runner) emulate(o *orders, log *slog.Logger, s *settings, last running) error {
	// Until it is ready, nobody must take the last one's address for this one's.
	if err := r.state.announce(running{WorkspaceURL: last.WorkspaceURL, Lakebase: last.Lakebase}); err != nil {
		return err
	}
	l, err := listenAgain(s.workspacePort, portOf(last.WorkspaceURL), workspaceVariable)
	if err != nil {
		return err
	}
	caFile := ""
	if s.tls {
		caFile = r.state.path(certificate.File)
		secure, err := withTLS(l, r.state.dir)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		l = secure
	}
	base, err := r.prepareLakebase(s, last)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	own, err := r.prepareApps(scheme(l)+"://"+l.Addr().String(), caFile, base)
	if err != nil {
		return errors.Join(err, l.Close(), closeListener(base))
	}
	ws, err := r.openWorkspace(o, log, s, base, own)
	if err != nil {
		return errors.Join(err, l.Close(), closeListener(base))
	}
	srv := startServer(l, ws.Handler(), log)
	clientID, secret := ws.Directory().AppCredentials()
	database := r.databaseAddress(base)
	r.backend = &backend{
		url: srv.url,
		environment: app.Environment{
			WorkspaceID: workspace.ID,
			Credentials: append([]string{hostVariable + "=" + srv.url, "DATABRICKS_CLIENT_ID=" + clientID, "DATABRICKS_CLIENT_SECRET=" + secret}, trusting(caFile)...),
			WarehouseID: workspace.WarehouseID,
			Catalog:     appCatalog,
			Schema:      appSchema,
			Database:    database.variables(clientID),
			SignOutURL:  signOutURL,
		},
		admit: func(c *frontdoor.Config) (err error) {
			c.Identities = embedded.Directory{Directory: ws.Directory()}
			c.SessionKey, err = frontdoor.OpenSessionKey(r.state.path(sessionKeyFile))
			return err
		},
		failed: srv.failed,
		close: func(now context.Context) error {
			srv.stop(now)
			return ws.Close(now)
		},
	}
	r.log.InfoContext(o.stop, "workspace ready", slog.String("url", srv.url))
	return r.state.announce(running{WorkspaceURL: srv.url, CAFile: caFile, Lakebase: database, Ready: true})
}

// openWorkspace waits for the workspace to open, which the first time takes a
// while, unless it is told to stop now.
func (r *runner) openWorkspace(o *orders, log *slog.Logger, s *settings, base *lakebase.Config, own *apps.Config) (*workspace.Workspace, error) {
	faults, err := readFaults(s.faults)
	if err != nil {
		return nil, err
	}
	return unless(o.now, func() (*workspace.Workspace, error) {
		return workspace.Open(workspace.Config{
			StateDir: r.state.path(workspaceFolder), WarehouseStartTime: s.warehouseStart, Faults: faults, Lakebase: base, Apps: own, Logger: log,
			TokensPerSecond: s.tokensPerSecond, RequestsPerMinute: int(s.requestsPerMinute),
		})
	})
}

// prepareApps says how to run the apps of the workspace at an address.
func (r *runner) prepareApps(url, caFile string, base *lakebase.Config) (*apps.Config, error) {
	key, err := frontdoor.OpenSessionKey(r.state.path(sessionKeyFile))
	if err != nil {
		return nil, err
	}
	return &apps.Config{
		SessionKey: key,
		Workspace: apps.Workspace{
			URL: url, Trust: trusting(caFile), CAFile: r.state.path(certificate.File), DatabaseVariables: r.databaseAddress(base).variables,
		},
	}, nil
}

// unless returns what f returns, or ctx's error if ctx ends before f, which takes
// none: then the process ends, and f with it.
func unless[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// readFaults reads the file of faults, if one is named.
func readFaults(path string) ([]fault.Rule, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("faults (CORBEL_FAULTS): %w", err)
	}
	defer file.Close()
	rules, err := fault.Read(file)
	if err != nil {
		return nil, fmt.Errorf("faults (CORBEL_FAULTS) %s: %w", path, err)
	}
	return rules, nil
}

// connect turns to a real workspace as the developer.
func (r *runner) connect(ctx context.Context, last running) error {
	dev, err := unless(ctx, func() (*developer.Developer, error) { return developer.New(&config.Config{}) })
	if err != nil {
		return err
	}
	id, err := unless(ctx, func() (string, error) { return dev.WorkspaceID(ctx) })
	if err != nil {
		dev.Close()
		return fmt.Errorf("%w: check DATABRICKS_HOST and the credentials beside it, or unset DATABRICKS_HOST to have a workspace emulated", err)
	}
	credentials, expires, err := dev.AppEnvironment()
	if err != nil {
		dev.Close()
		return err
	}
	if expires {
		r.log.WarnContext(ctx, "the app itself signs in with a token that expires: restart when its own calls are refused")
	}
	r.backend = &backend{
		environment: app.Environment{
			WorkspaceID: id,
			Credentials: credentials,
			WarehouseID: variableOf(r.environ, warehouseVariable),
			SignOutURL:  signOutURL,
		},
		admit: func(c *frontdoor.Config) error {
			c.Developer = dev
			return nil
		},
		close: func(context.Context) error {
			dev.Close()
			return nil
		},
	}
	return r.state.announce(running{WorkspaceURL: last.WorkspaceURL, Lakebase: last.Lakebase, Real: true, Ready: true})
}
