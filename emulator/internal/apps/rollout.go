package apps

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"

	"corbel.example/emulator/internal/app"
	"corbel.example/emulator/internal/files"
	"corbel.example/emulator/internal/principal"
)

// rollout is the start of a version of an app while it is under way.
type rollout struct {
	deployment string
	// restart says that the deployment was in force before.
	restart bool
	cancel  context.CancelFunc
	done    chan struct{}
}

// Deploy begins to deploy the files of a folder of the workspace. One deployment of an app
// is under way at a time.
func (r *Registry) Deploy(by principal.Principal, name string, o Order) (Deployment, error) {
	var made Deployment
	_, err := r.change(name, func(in *instance) error {
		switch {
		case !in.app.Running || in.compute.State != ComputeActive:
			return invalid("The app %s is stopped: start it first.", name)
		case in.rollout != nil && !in.rollout.restart:
			return &Error{Conflict, "The app " + name + " has a deployment under way. Wait until it has ended."}
		}
		var err error
		if made, err = r.prepare(in, o); err != nil {
			return err
		}
		made.Creator = by.UserName
		in.app.Deployments = slices.Insert(in.app.Deployments, 0, made)
		forget(&in.app)
		in.logs.say("Deployment " + made.ID + " of " + made.SourceCodePath + " begins.")
		r.roll(in, made, false)
		return nil
	})
	return made, err
}

// prepare checks an order and finds the files of the deployment.
func (r *Registry) prepare(in *instance, o Order) (Deployment, error) {
	if o.Mode != "" && o.Mode != "SNAPSHOT" && o.Mode != "AUTO_SYNC" {
		return Deployment{}, invalid("mode must be SNAPSHOT or AUTO_SYNC, not %q.", o.Mode)
	}
	if o.SourceCodePath == "" {
		return Deployment{}, invalid("source_code_path is missing.")
	}
	folder, err := files.Clean(o.SourceCodePath)
	if err != nil {
		return Deployment{}, invalid("%s", err)
	}
	o.Mode, o.SourceCodePath = "SNAPSHOT", folder
	list, spec, err := source(r.workspace.Files, folder)
	if err != nil {
		return Deployment{}, err
	}
	spec = spec.with(o)
	if err := spec.check(in.app.Resources); err != nil {
		return Deployment{}, err
	}
	if _, err := r.workspace.environment(&in.app, spec, ""); err != nil {
		return Deployment{}, err
	}
	return Deployment{
		ID: newID(), Order: o, Created: now(), Updated: now(), Source: list, Run: spec,
		Status: Status{DeploymentInProgress, "The app is starting."},
	}, nil
}

// forget drops the oldest deployments, but never the one in force.
func forget(a *App) {
	for i := len(a.Deployments) - 1; i > 0 && len(a.Deployments) > maxDeployments; i-- {
		if a.Deployments[i].ID != a.Active {
			a.Deployments = slices.Delete(a.Deployments, i, i+1)
		}
	}
}

// roll begins to start a version, instead of one that is starting. The caller holds the lock.
func (r *Registry) roll(in *instance, d Deployment, restart bool) {
	before := in.rollout
	if before != nil {
		before.cancel()
	}
	ctx, cancel := context.WithCancel(r.life)
	ro := &rollout{deployment: d.ID, restart: restart, cancel: cancel, done: make(chan struct{})}
	in.rollout = ro
	in.slot.starting()
	if !in.slot.occupied() {
		in.status = Status{AppDeploying, "The app is starting."}
	}
	of := in.app
	r.work.Go(func() {
		defer close(ro.done)
		defer cancel()
		if before != nil {
			<-before.done
		}
		v, err := r.launch(ctx, in, &of, d)
		r.finish(ctx, in, ro, v, err)
	})
}

// launch starts a version and waits until it listens.
func (r *Registry) launch(ctx context.Context, in *instance, a *App, d Deployment) (*version, error) {
	folder, err := r.unpack(d.Source, a.Name)
	if err != nil {
		return nil, err
	}
	environment, err := r.workspace.environment(a, d.Run, folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if r.ground.account == nil {
		in.logs.say("The app runs as the user of the emulator, and may do what that user may.")
	}
	log := r.config.Logger.With(slog.String("app", a.Name))
	out := output{in.logs}
	process, err := app.Start(app.Config{
		Command: d.Run.Command, Dir: sourceFolder(folder), Account: r.ground.account, Environment: environment, Stdout: out, Stderr: out,
		StartTimeout: r.config.StartTimeout, StopTimeout: r.config.StopTimeout, Logger: log,
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	v := &version{process: process, folder: folder, log: log}
	if err := process.WaitListening(ctx); err != nil {
		v.end(r.now)
		return nil, err
	}
	return v, nil
}

// finish puts a version in force that listens, or says why there is none.
func (r *Registry) finish(ctx context.Context, in *instance, ro *rollout, v *version, err error) {
	r.mu.Lock()
	if err == nil {
		err = ctx.Err()
	}
	var old *version
	switch {
	case err == nil:
		old = in.slot.put(v)
		r.succeeded(in, ro)
		r.work.Go(func() { r.watch(in, v) })
	case r.life.Err() == nil:
		r.failed(in, ro, err)
		old = v
	default: // the workspace ends; the next one starts the app again
		old = v
	}
	r.mu.Unlock()
	old.retire(r.now)
}

// succeeded notes that a version is in force. The caller holds the lock.
func (r *Registry) succeeded(in *instance, ro *rollout) {
	in.rollout = nil
	in.status = Status{AppRunning, "The app is running."}
	in.logs.say("The app is running.")
	if ro.restart {
		return
	}
	in.app.Active = ro.deployment
	for i := range in.app.Deployments {
		d := &in.app.Deployments[i]
		if d.ID == ro.deployment {
			d.Status, d.Updated = Status{DeploymentSucceeded, "The app started successfully."}, now()
		} else {
			d.Source = nil // it can't come back by itself
		}
	}
	r.saveLater()
	r.sweep()
}

// failed notes that a version did not come into force. The caller holds the lock.
func (r *Registry) failed(in *instance, ro *rollout, err error) {
	d := in.app.deployment(ro.deployment)
	if in.rollout != ro { // it was stopped, or another came instead
		if d != nil && d.Status.State == DeploymentInProgress && !ro.restart {
			d.Status, d.Updated = Status{DeploymentCancelled, "Another deployment came instead."}, now()
		}
		return
	}
	in.rollout = nil
	message := reason(err)
	in.logs.say(message)
	if d != nil && !ro.restart {
		d.Status, d.Updated, d.Source = Status{DeploymentFailed, message}, now(), nil
		in.logs.say("Deployment " + d.ID + " failed.")
		r.saveLater()
		r.sweep()
	}
	if !in.slot.occupied() {
		in.slot.empty(errCrashed)
		in.status = Status{AppCrashed, message}
	}
}

// reason is what went wrong, for people. Only what went wrong with the app's own things is theirs.
func reason(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// watch notes when a version ends by itself.
func (r *Registry) watch(in *instance, v *version) {
	<-v.process.Done()
	if r.life.Err() != nil || !in.slot.crashed(v) {
		return
	}
	message := reason(v.process.Exit())
	in.logs.say(message)
	r.log.Warn("app ended by itself", slog.String("app", in.app.Name))
	r.mu.Lock()
	if in.rollout == nil {
		in.status = Status{AppCrashed, message}
	}
	r.mu.Unlock()
	v.end(r.now)
}
