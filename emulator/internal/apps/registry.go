package apps

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/statefile"
)

const (
	stateFile = "apps.json"

	// defaultStartTimeout bounds how long an app may take to listen, and defaultStopTimeout how
	// long to end after SIGTERM.
	defaultStartTimeout = time.Minute
	defaultStopTimeout  = 15 * time.Second
)

// Config is what the apps need.
type Config struct {
	Workspace Workspace
	// StateDir is the workspace's folder, which must exist.
	StateDir string
	// SessionKey signs the cookies of the front doors.
	SessionKey []byte
	// StartTimeout bounds how long an app may take to listen; 0 means a minute.
	StartTimeout time.Duration
	// StopTimeout is how long an app may take to end after SIGTERM; 0 means 15 seconds.
	StopTimeout time.Duration
	Logger      *slog.Logger
}

// Registry holds the apps. It is safe for concurrent use.
type Registry struct {
	config    Config
	workspace *Workspace
	path      string
	ground    *ground
	log       *slog.Logger

	// life ends when the registry closes, and now when it must do so at once.
	life, now  context.Context //nolint:containedctx // the registry's life
	end, hurry context.CancelFunc
	work       sync.WaitGroup

	mu   sync.Mutex
	apps map[string]*instance // by name
}

// instance is an app and what is going on with it. What can change is guarded by the
// registry's mutex.
type instance struct {
	app     App
	compute Status
	status  Status
	rollout *rollout // nil: none is under way

	slot *slot
	logs *Log
	door *door
}

// Open opens the apps that are kept, and begins to start those that are meant to run.
// [Registry.Close] must be called.
func Open(c Config) (*Registry, error) {
	if c.StartTimeout == 0 {
		c.StartTimeout = defaultStartTimeout
	}
	if c.StopTimeout == 0 {
		c.StopTimeout = defaultStopTimeout
	}
	r := &Registry{
		config: c, workspace: &c.Workspace, path: filepath.Join(c.StateDir, stateFile),
		log: c.Logger.With(slog.String("module", "apps")), apps: map[string]*instance{},
	}
	var kept []App
	if err := statefile.Read(r.path, &kept); err != nil {
		return nil, fmt.Errorf("open apps: %w", err)
	}
	var err error
	if r.ground, err = openGround(c.StateDir, r.log); err != nil {
		return nil, fmt.Errorf("open apps: %w", err)
	}
	r.life, r.end = context.WithCancel(context.Background())
	r.now, r.hurry = context.WithCancel(context.Background())
	for _, a := range kept {
		if err := r.reopen(a); err != nil {
			r.Close(context.Background())
			return nil, fmt.Errorf("open app %s: %w", a.Name, err)
		}
	}
	return r, nil
}

// reopen takes up an app as the last workspace left it.
func (r *Registry) reopen(a App) error {
	for i, d := range a.Deployments {
		if d.Status.State == DeploymentInProgress {
			a.Deployments[i].Status = Status{DeploymentFailed, "The workspace ended meanwhile."}
		}
	}
	for _, res := range a.Resources {
		if res.ServingEndpoint == nil && res.Database == nil && res.Postgres == nil {
			continue // these permissions are kept
		}
		u, err := res.usable()
		if err == nil {
			err = u.grant(r.workspace, a.ClientID)
		}
		if err != nil { // the workspace may have been started without its Lakebase, say
			r.log.Warn("app lacks a resource", slog.String("app", a.Name), slog.String("resource", res.Name), slog.String("error", err.Error()))
		}
	}
	in, err := r.newInstance(a)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.apps[a.Name] = in
	if a.Running {
		r.start(in)
	}
	return nil
}

// newInstance opens the front door of an app that does not run yet.
func (r *Registry) newInstance(a App) (*instance, error) {
	in := &instance{app: a, slot: newSlot(), logs: newLog(), compute: computeStatus(ComputeStopped), status: unavailable()}
	var err error
	if in.door, err = r.openDoor(in); err != nil {
		return nil, err
	}
	in.app.Port = in.door.port
	return in, nil
}

func computeStatus(state string) Status {
	return Status{state, "App compute is " + strings.ToLower(state) + "."}
}

func unavailable() Status {
	return Status{AppUnavailable, "The app does not run: it is stopped, or nothing was deployed to it yet."}
}

// View is an app as its users see it.
type View struct {
	App
	Compute, Status Status
	URL             string
	// ActiveDeployment is the one in force, and Pending the one under way.
	ActiveDeployment, Pending *Deployment
}

func (in *instance) view() View {
	v := View{App: in.app, Compute: in.compute, Status: in.status, URL: in.door.url()}
	v.Deployments = slices.Clone(in.app.Deployments)
	v.ActiveDeployment = v.deployment(in.app.Active)
	if in.rollout != nil && !in.rollout.restart {
		v.Pending = v.deployment(in.rollout.deployment)
	}
	return v
}

// List returns all apps, by name.
func (r *Registry) List() []View {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := []View{}
	for _, name := range slices.Sorted(maps.Keys(r.apps)) {
		list = append(list, r.apps[name].view())
	}
	return list
}

// Find returns an app.
func (r *Registry) Find(name string) (View, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in, ok := r.apps[name]
	if !ok {
		return View{}, false
	}
	return in.view(), true
}

// Logs returns the log of an app, or nil.
func (r *Registry) Logs(name string) *Log {
	r.mu.Lock()
	defer r.mu.Unlock()
	if in, ok := r.apps[name]; ok {
		return in.logs
	}
	return nil
}

// Object is an app as permissions know it.
func Object(name string) acl.Object { return acl.Object{Kind: acl.App, ID: name} }

func unknown(name string) *Error {
	return &Error{NotFound, "App with name " + name + " does not exist or is deleted."}
}

// change does something with an app and keeps what it has changed.
func (r *Registry) change(name string, do func(*instance) error) (View, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	in, ok := r.apps[name]
	if !ok {
		return View{}, unknown(name)
	}
	if err := do(in); err != nil {
		return View{}, err
	}
	return in.view(), r.save()
}

// save writes what is known about the apps. The caller holds the lock.
func (r *Registry) save() error {
	kept := make([]App, 0, len(r.apps))
	for _, name := range slices.Sorted(maps.Keys(r.apps)) {
		kept = append(kept, r.apps[name].app)
	}
	if err := statefile.Write(r.path, kept); err != nil {
		return fmt.Errorf("keep apps: %w", err)
	}
	return nil
}

// saveLater is save where nobody waits for its outcome. The caller holds the lock.
func (r *Registry) saveLater() {
	if err := r.save(); err != nil {
		r.log.Error("state of apps not written", slog.String("error", err.Error()))
	}
}

func newID() string { return uuid.NewString() }

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Close stops all apps, at once when ctx ends, and waits for them.
func (r *Registry) Close(ctx context.Context) {
	defer context.AfterFunc(ctx, r.hurry)()
	r.end()
	r.mu.Lock()
	for _, in := range r.apps {
		in.door.close()
		old := in.slot.empty(errCrashed)
		r.work.Go(func() { old.retire(r.now) })
	}
	r.mu.Unlock()
	r.work.Wait()
	r.hurry()
	if err := r.ground.close(); err != nil {
		r.log.WarnContext(ctx, "folder of apps not removed", slog.String("error", err.Error()))
	}
}
