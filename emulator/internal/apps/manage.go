package apps

import (
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"strconv"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// Create makes an app, which starts without a deployment; without compute it is stopped.
func (r *Registry) Create(by principal.Principal, name string, s Settings, compute bool) (View, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !validName.MatchString(name) {
		return View{}, invalid("An app's name has 2 to 30 lower-case letters, digits and dashes, and no dash at its ends, unlike %q.", name)
	}
	if _, ok := r.apps[name]; ok {
		return View{}, &Error{Exists, "An app with the same name already exists: " + name}
	}
	if len(r.apps) >= maxApps {
		return View{}, &Error{Conflict, "The workspace has " + strconv.Itoa(maxApps) + " apps, and can't have more."}
	}
	if err := r.checkSettings(&s, nil, by); err != nil {
		return View{}, err
	}
	a := App{ID: newID(), Name: name, Settings: s, Creator: by.UserName, Updater: by.UserName, Created: now(), Updated: now(), Running: compute}
	p, err := r.workspace.Directory.AddServicePrincipal(a.PrincipalName())
	if err != nil {
		return View{}, err
	}
	a.ClientID = p.UserName
	a.PrincipalID, err = strconv.ParseInt(p.ID, 10, 64)
	if err != nil {
		return View{}, errors.Join(err, r.dismissPrincipal(a))
	}
	in, err := r.newInstance(a)
	if err != nil {
		return View{}, errors.Join(err, r.dismissPrincipal(a))
	}
	r.apps[name] = in
	err = errors.Join(
		r.give(a.ClientID, nil, s.Resources),
		r.workspace.Permissions.Change(Object(name), acl.Grants{by.UserName: acl.CanManage}, true),
		r.save(),
	)
	if err != nil {
		in.door.close()
		delete(r.apps, name)
		return View{}, errors.Join(err, r.dismissPrincipal(a), r.save())
	}
	if compute {
		in.compute = computeStatus(ComputeActive)
	}
	return in.view(), nil
}

// checkSettings checks settings that somebody gives an app that has resources already.
func (r *Registry) checkSettings(s *Settings, had []Resource, by principal.Principal) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.ComputeSize == "" {
		s.ComputeSize = "MEDIUM"
	}
	for _, res := range s.Resources {
		if contains(had, res) {
			continue
		}
		if err := res.check(r.workspace, by); err != nil {
			return err
		}
	}
	return nil
}

// contains reports whether a list has the resource with the same permission.
func contains(list []Resource, r Resource) bool {
	return slices.ContainsFunc(list, func(have Resource) bool { return reflect.DeepEqual(have, r) })
}

// Update changes the settings of an app. Their values reach it with the next start, its
// permissions change at once.
func (r *Registry) Update(by principal.Principal, name string, change func(*Settings)) (View, error) {
	return r.change(name, func(in *instance) error {
		s := in.app.Settings
		s.Resources, s.UserAPIScopes = slices.Clone(s.Resources), slices.Clone(s.UserAPIScopes)
		change(&s)
		if err := r.checkSettings(&s, in.app.Resources, by); err != nil {
			return err
		}
		if err := r.give(in.app.ClientID, in.app.Resources, s.Resources); err != nil {
			return err
		}
		in.app.Settings, in.app.Updater, in.app.Updated = s, by.UserName, now()
		return in.door.renew(r, in)
	})
}

// give gives a service principal what the resources say instead of what others said.
func (r *Registry) give(clientID string, had, have []Resource) error {
	for _, res := range had {
		if contains(have, res) {
			continue
		}
		u, err := res.usable()
		if err == nil {
			err = u.revoke(r.workspace, clientID)
		}
		if err != nil {
			return err
		}
	}
	for _, res := range have {
		u, err := res.usable()
		if err == nil {
			err = u.grant(r.workspace, clientID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dismissPrincipal removes an app's service principal and all that it may do.
func (r *Registry) dismissPrincipal(a App) error {
	return errors.Join(
		r.give(a.ClientID, a.Resources, nil),
		r.workspace.Permissions.ForgetPrincipal(a.ClientID),
		r.workspace.Metastore.Update(func(tx *metastore.Tx) error { tx.Forget(a.ClientID); return nil }),
		r.workspace.Directory.RemoveServicePrincipal(a.ClientID),
	)
}

// Delete ends an app and removes it with its service principal.
func (r *Registry) Delete(name string) (View, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in, ok := r.apps[name]
	if !ok {
		return View{}, unknown(name)
	}
	in.compute = computeStatus(ComputeDeleting)
	gone := in.view()
	in.door.close()
	r.halt(in)
	delete(r.apps, name)
	err := errors.Join(r.dismissPrincipal(in.app), r.workspace.Permissions.Forget(Object(name)), r.save())
	r.sweep()
	return gone, err
}

// Start has an app run that is stopped. It is no error when it isn't.
func (r *Registry) Start(name string) (View, error) {
	return r.change(name, func(in *instance) error {
		if in.app.Running && in.compute.State == ComputeActive && (in.slot.occupied() || in.rollout != nil) {
			return nil
		}
		in.app.Running = true
		r.start(in)
		return nil
	})
}

// start begins to start the deployment in force, if there is one. The caller holds the lock.
func (r *Registry) start(in *instance) {
	in.compute = computeStatus(ComputeActive)
	if d := in.app.deployment(in.app.Active); d != nil {
		in.logs.say("Starting the app.")
		r.roll(in, *d, true)
	}
}

// Stop has an app stop. It returns before it has.
func (r *Registry) Stop(name string) (View, error) {
	return r.change(name, func(in *instance) error {
		if !in.app.Running {
			return nil
		}
		in.app.Running = false
		in.compute, in.status = computeStatus(ComputeStopping), unavailable()
		in.logs.say("Stopping the app.")
		halted := r.halt(in)
		r.work.Go(func() {
			<-halted
			r.mu.Lock()
			defer r.mu.Unlock()
			if in.compute.State == ComputeStopping {
				in.compute = computeStatus(ComputeStopped)
				in.logs.say("The app is stopped.")
			}
		})
		return nil
	})
}

// halt ends what runs of an app, and returns a channel that is closed when nothing does. The
// caller holds the lock.
func (r *Registry) halt(in *instance) <-chan struct{} {
	underWay := in.rollout
	in.rollout = nil
	if underWay != nil {
		underWay.cancel()
		if d := in.app.deployment(underWay.deployment); d != nil && !underWay.restart {
			d.Status, d.Updated = Status{DeploymentCancelled, "The app was stopped."}, now()
		}
	}
	old := in.slot.empty(frontdoor.ErrStopped)
	halted := make(chan struct{})
	r.work.Go(func() {
		defer close(halted)
		old.retire(r.now)
		if underWay != nil {
			<-underWay.done
		}
	})
	return halted
}

// sweep lets go of files that no deployment needs any more. The caller holds the lock.
func (r *Registry) sweep() {
	needed := map[string]bool{}
	for _, in := range r.apps {
		for _, d := range in.app.Deployments {
			for _, f := range d.Source {
				needed[f.Digest] = true
			}
		}
	}
	if err := r.workspace.Files.Sweep(func(digest string) bool { return needed[digest] }); err != nil {
		r.log.Warn("old files of apps not removed", slog.String("error", err.Error()))
	}
}
