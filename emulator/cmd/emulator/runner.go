package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"corbel.example/emulator/internal/app"
	"corbel.example/emulator/internal/frontdoor"
)

// appVariable and its like are how the user chooses the ports.
const (
	appVariable       = "CORBEL_PORT"
	workspaceVariable = "CORBEL_WORKSPACE_PORT"
	lakebaseVariable  = "CORBEL_LAKEBASE_PORT"
)

// runner starts the parts and stops them.
type runner struct {
	process
	state *state
	log   *slog.Logger // of the runner itself

	listener  net.Listener // of the front door
	backend   *backend
	app       *app.Process
	door      *server
	frontDoor *frontdoor.FrontDoor
}

// serve runs the workspace alone, until it is told to stop.
func (r *runner) serve(o *orders, log *slog.Logger, s *settings) error {
	last, err := lastRunning(r.state.dir)
	if err != nil {
		return err
	}
	if err := r.emulate(o, log, s, last); err != nil {
		return startError(o, err)
	}
	if _, err := fmt.Fprintf(r.stdout, "Workspace ready at %s: in another terminal, eval \"$(bin/emulator env)\" (Ctrl-C stops it)\n", r.backend.url); err != nil {
		return err
	}
	select {
	case <-o.stop.Done():
		return nil
	case err := <-r.backend.failed:
		return err
	}
}

// run runs the workspace, the front door and the app, until it is told to stop
// or one of them ends by itself.
func (r *runner) run(o *orders, log *slog.Logger, s *settings, command []string) error {
	var err error
	// First of all, so that a port that is taken is told at once.
	if r.listener, err = listen(s.port, appVariable); err != nil {
		return err
	}
	if err := r.chooseBackend(o, log, s); err != nil {
		return startError(o, err)
	}
	if err := r.startApp(log, s, command); err != nil {
		return err
	}
	if err := r.openFrontDoor(log, s); err != nil {
		return err
	}
	if err := r.app.WaitReady(o.stop); err != nil {
		return startError(o, err)
	}
	if _, err := fmt.Fprintf(r.stdout, "Corbel is ready: open %s (Ctrl-C stops it)\n", r.door.url); err != nil {
		return err
	}
	select {
	case <-o.stop.Done():
		return nil
	case <-r.app.Done():
		if o.stopping() { // it got the signal too
			return nil
		}
		return r.app.Exit()
	case err := <-r.door.failed:
		return err
	case err := <-r.backend.failed:
		return err
	}
}

// startError is no error when the start was broken off by an order to stop.
func startError(o *orders, err error) error {
	if o.stopping() && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// chooseBackend starts a workspace, or turns to the real one that the
// environment names.
func (r *runner) chooseBackend(o *orders, log *slog.Logger, s *settings) error {
	last, err := lastRunning(r.state.dir)
	if err != nil {
		return err
	}
	if host := realWorkspace(r.environ, last); host != "" {
		r.log.InfoContext(o.stop, "DATABRICKS_HOST is set: using that workspace, emulating none", slog.String("workspace", host))
		return r.connect(o.stop, last)
	}
	return r.emulate(o, log, s, last)
}

func (r *runner) startApp(log *slog.Logger, s *settings, command []string) (err error) {
	env := r.backend.environment
	env.AppName = s.appName
	r.app, err = app.Start(app.Config{
		Command:      command,
		Environment:  env.Variables(r.environ),
		Stdout:       r.stdout,
		Stderr:       r.stderr,
		StartTimeout: s.appStartTimeout,
		StopTimeout:  s.appStopTimeout,
		Logger:       log,
	})
	if err != nil {
		return fmt.Errorf("%w: it is what comes after --", err)
	}
	return nil
}

func (r *runner) openFrontDoor(log *slog.Logger, s *settings) (err error) {
	c := frontdoor.Config{
		Target:       r.app.URL(),
		Ready:        r.app.Ready(),
		Gone:         r.app.Done(),
		WorkspaceID:  r.backend.environment.WorkspaceID,
		Scopes:       s.scopes,
		AllowedHosts: s.allowedHosts,
		Logger:       log,
	}
	if err := r.backend.admit(&c); err != nil {
		return err
	}
	if r.frontDoor, err = frontdoor.New(c); err != nil {
		return err
	}
	r.door = startServer(r.listener, r.frontDoor, log)
	return nil
}

// stop stops what was started: the app, which may still need the others, then
// the front door, then the workspace. It hurries when now is done.
func (r *runner) stop(now context.Context) {
	r.log.InfoContext(now, "stopping")
	if r.app != nil {
		r.app.Stop(now)
	}
	switch {
	case r.door != nil:
		r.door.stop(now)
		r.frontDoor.Close()
	case r.listener != nil:
		// Nobody has used it: closing it cannot fail in a way that matters.
		_ = r.listener.Close()
	}
	if r.backend == nil {
		return
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if err := r.backend.close(now); err != nil {
			r.log.ErrorContext(now, "workspace did not close cleanly", slog.String("error", err.Error()))
		}
	}()
	select {
	case <-closed:
	case <-now.Done(): // the process ends, and the goroutine with it
	}
}

// listenAgain opens the given port. For 0 that is the port of last time, if it is
// still free, so that addresses that clients were given stay good; else any.
func listenAgain(port uint16, last, variable string) (net.Listener, error) {
	if port != 0 {
		return listen(port, variable)
	}
	if again, err := strconv.ParseUint(last, 10, 16); err == nil && again != 0 {
		if l, err := listen(uint16(again), variable); err == nil {
			return l, nil
		}
	}
	return listen(0, variable)
}
