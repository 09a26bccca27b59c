package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// startTimeout bounds a start of the server, recovery included.
	startTimeout = time.Minute
	// startPoll is between two questions whether it has started.
	startPoll = 10 * time.Millisecond

	// A server that ends by itself is started again: at once, then ever later, until it has
	// failed maxFailures times in a row.
	firstDelay  = 100 * time.Millisecond
	maxFailures = 6
	// steady is how long it must have run for its end to count as the first.
	steady = 10 * time.Second
)

// State is what a server is doing.
type State string

// The states of a server.
const (
	Starting State = "STARTING"
	Running  State = "RUNNING"
	// Stopped is a server that was told to stop, or was killed on demand.
	Stopped State = "STOPPED"
	// Failed is one that can't be started; see [Status].
	Failed State = "FAILED"
)

// Status is what is known about a server.
type Status struct {
	State State `json:"state"`
	// Problem says why it has failed.
	Problem string `json:"problem,omitempty"`
	// Version is that of the programs, "" before they were found.
	Version string `json:"version,omitempty"`
	Folder  string `json:"folder"`
	// PID is the server's process while it runs.
	PID int `json:"pid,omitempty"`
	// Starts counts how often it has come up.
	Starts int `json:"starts"`
}

// Fetch says, instead of a folder, to use the programs that can be fetched, whatever is there.
const Fetch = "fetch"

// Config says how to run a server.
type Config struct {
	// Dir is the workspace's folder, which must exist.
	Dir string
	// Programs is the folder of postgres and initdb, or [Fetch]; empty: those that are found,
	// or else fetched.
	Programs string
	// Cache is where fetched programs are kept. Empty: the user's cache folder, or for root
	// the folder of the data.
	Cache string
	// Roles are the roles that must exist.
	Roles  []Role
	Logger *slog.Logger
}

// Server is a PostgreSQL server that is kept running. It is safe for concurrent use.
type Server struct {
	config       Config
	log          *slog.Logger
	place        *place
	cluster      *cluster
	removeSocket func() error
	ctx          context.Context //nolint:containedctx // the server's life
	cancel       context.CancelFunc
	ended        chan struct{}
	failure      error // of the end; set before ended is closed

	mu      sync.Mutex
	status  Status
	wanted  bool
	abrupt  bool          // the next stop is a kill
	changed chan struct{} // closed at every change, and replaced
}

// Open begins to start the server of a workspace and does not wait until it runs; see
// [Server.Await]. [Server.Close] must be called.
func Open(c Config) (*Server, error) {
	place, err := openPlace(c.Dir)
	if err != nil {
		return nil, err
	}
	cluster := &cluster{place: place, environ: programEnvironment(os.Environ())}
	removeSocket, err := cluster.placeSocket()
	if err != nil {
		return nil, errors.Join(err, place.close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		config: c, log: c.Logger.With(slog.String("module", "postgres")), place: place,
		cluster: cluster, removeSocket: removeSocket, ctx: ctx, cancel: cancel, ended: make(chan struct{}),
		status: Status{State: Starting, Folder: place.dir}, wanted: true, changed: make(chan struct{}),
	}
	go s.run()
	return s, nil
}

// Created is when the server's data was made.
func (s *Server) Created() time.Time { return s.place.Created }

// Status says what the server is doing.
func (s *Server) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

// ErrNotRunning says that the server doesn't run and isn't about to.
var ErrNotRunning = errors.New("PostgreSQL does not run")

// Await waits until the server runs: not when it was stopped or can't start.
func (s *Server) Await(ctx context.Context) error {
	return s.await(ctx, func(state Status) (bool, error) {
		switch state.State {
		case Running:
			return true, nil
		case Stopped:
			return true, fmt.Errorf("%w: it was stopped", ErrNotRunning)
		case Failed:
			return true, fmt.Errorf("%w: %s", ErrNotRunning, state.Problem)
		}
		return false, nil
	})
}

func (s *Server) await(ctx context.Context, satisfied func(Status) (bool, error)) error {
	for {
		s.mu.Lock()
		status, changed := s.status, s.changed
		s.mu.Unlock()
		if done, err := satisfied(status); done {
			return err
		}
		select {
		case <-changed:
		case <-s.ended:
			return fmt.Errorf("%w: it was closed", ErrNotRunning)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Start starts a stopped or failed server and waits until it runs.
func (s *Server) Start(ctx context.Context) error {
	s.update(func() {
		s.wanted, s.abrupt = true, false
		if s.status.State != Running {
			s.status.State, s.status.Problem = Starting, ""
		}
	})
	return s.Await(ctx)
}

// Stop stops the server in good order, until [Server.Start]. Its sessions are told.
func (s *Server) Stop(ctx context.Context) error { return s.halt(ctx, false) }

// Kill ends the server and its sessions by SIGKILL, until [Server.Start].
func (s *Server) Kill(ctx context.Context) error { return s.halt(ctx, true) }

func (s *Server) halt(ctx context.Context, abrupt bool) error {
	s.update(func() { s.wanted, s.abrupt = false, abrupt })
	return s.await(ctx, func(state Status) (bool, error) { return state.State == Stopped, nil })
}

// update changes what is known and tells everybody who waits for it.
func (s *Server) update(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Login opens a session as a role, with the parameters of a startup message. An error that
// the server answered with is a [*ServerError].
func (s *Server) Login(ctx context.Context, parameters map[string]string) (*Session, error) {
	return login(ctx, s.cluster.socket(), s.place.Key, parameters)
}

// Cancel asks to cancel what a session is doing.
func (s *Server) Cancel(ctx context.Context, pid uint32, secret []byte) error {
	return cancel(ctx, s.cluster.socket(), pid, secret)
}

// Close stops the server, at once when ctx ends, and lets go of its folder.
func (s *Server) Close(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { s.update(func() { s.abrupt = true }) })()
	s.cancel()
	<-s.ended
	return s.failure
}

// cacheFolder is where fetched programs are kept.
func (s *Server) cacheFolder() (string, error) {
	switch {
	case s.config.Cache != "":
		return s.config.Cache, nil
	case os.Geteuid() == 0:
		return sharedFolder()
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return s.place.dir, nil //nolint:nilerr // without a home there is still the state folder
	}
	return filepath.Join(dir, "corbel"), nil
}
