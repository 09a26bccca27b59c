package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"
	"time"
)

// run keeps the server running until it is closed.
func (s *Server) run() {
	defer close(s.ended)
	defer func() { s.failure = errors.Join(s.removeSocket(), s.place.close()) }()
	failures := 0
	for s.awaitWanted() {
		began := time.Now()
		p, err := s.start()
		if err == nil {
			s.log.InfoContext(s.ctx, "postgres runs", slog.String("version", s.cluster.installation.Version),
				slog.Int("pid", p.cmd.Process.Pid), slog.Duration("after", time.Since(began)), slog.String("folder", s.place.dir))
			err = s.watch(p)
		}
		if err == nil || !s.isWanted() {
			failures = 0
			continue
		}
		if time.Since(began) > steady {
			failures = 0
		}
		failures++
		s.failed(err, failures)
	}
}

// awaitWanted waits until the server is wanted and has not failed for good; false means that
// it is closed.
func (s *Server) awaitWanted() bool {
	for {
		s.mu.Lock()
		wanted, state, changed := s.wanted, s.status.State, s.changed
		s.mu.Unlock()
		if s.ctx.Err() != nil {
			return false
		}
		if wanted && state != Failed {
			return true
		}
		if !wanted && state != Stopped {
			s.update(func() { s.status.State, s.status.Problem = Stopped, "" })
			continue
		}
		select {
		case <-changed:
		case <-s.ctx.Done():
			return false
		}
	}
}

// failed notes that the server did not start, or ended. After a while it is tried again,
// unless that has been in vain too often or is bound to be.
func (s *Server) failed(err error, failures int) {
	hopeless := failures >= maxFailures || errors.Is(err, errHopeless)
	s.log.ErrorContext(s.ctx, "postgres failed", slog.String("error", err.Error()), slog.Bool("restarting", !hopeless))
	if hopeless {
		s.update(func() { s.status.State, s.status.Problem = Failed, err.Error() })
		return
	}
	s.update(func() { s.status.State = Starting })
	if failures == 1 {
		return
	}
	timer := time.NewTimer(firstDelay << (failures - 2))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.ctx.Done():
	}
}

// isWanted reports whether the server is to run.
func (s *Server) isWanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wanted && s.ctx.Err() == nil
}

// errHopeless is about failures that another try would repeat.
var errHopeless = errors.New("PostgreSQL cannot start")

// start brings the server up and makes its roles.
func (s *Server) start() (*process, error) {
	ctx, cancel := s.whileWanted()
	defer cancel()
	if s.cluster.installation.Bin == "" {
		if err := s.install(ctx); err != nil {
			return nil, fmt.Errorf("%w: %w", errHopeless, err)
		}
	}
	ctx, cancelStart := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("it took longer than %v", startTimeout))
	defer cancelStart()
	if err := s.cluster.prepare(ctx); err != nil {
		return nil, err
	}
	if err := s.cluster.endLeftovers(ctx, s.log); err != nil {
		return nil, err
	}
	if err := s.cluster.forgetPID(); err != nil {
		return nil, err
	}
	p, err := s.cluster.launch(s.log)
	if err != nil {
		return nil, err
	}
	if err := s.awaitReady(ctx, p); err != nil {
		if p.ended() {
			return nil, p.exit()
		}
		p.stop(ctx)
		return nil, err
	}
	s.update(func() {
		s.status.State, s.status.PID = Running, p.cmd.Process.Pid
		s.status.Starts++
	})
	return p, nil
}

// whileWanted returns a context that ends when the server is closed or no longer wanted.
func (s *Server) whileWanted() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(s.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		for {
			s.mu.Lock()
			wanted, changed := s.wanted, s.changed
			s.mu.Unlock()
			if !wanted {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cancel(); <-done }
}

// install finds the server's programs, or fetches them.
func (s *Server) install(ctx context.Context) error {
	f := finder{path: os.Getenv("PATH"), globs: usualFolders, account: s.place.account}
	major, err := clusterMajor(s.place.data())
	if err != nil {
		return err
	}
	got, err := s.choose(ctx, f, major)
	if err != nil {
		return err
	}
	if major != 0 && got.Major != major {
		return fmt.Errorf("the data in %s was made by PostgreSQL %d, and %s is %s: install version %d, or delete the state folder to start anew",
			s.place.dir, major, got.Bin, got.Version, major)
	}
	s.cluster.installation = got
	s.update(func() { s.status.Version = got.Version })
	return nil
}

func (s *Server) choose(ctx context.Context, f finder, major int) (Installation, error) {
	switch s.config.Programs {
	case Fetch:
	case "":
		got, err := f.find(ctx, major)
		if !errors.Is(err, ErrNotInstalled) {
			return got, err
		}
	default:
		return f.named(ctx, s.config.Programs)
	}
	cache, err := s.cacheFolder()
	if err != nil {
		return Installation{}, err
	}
	bin, err := fetcher{cache: cache, npm: "npm", log: s.log}.fetch(ctx)
	if err != nil {
		return Installation{}, err
	}
	return f.named(ctx, bin)
}

// awaitReady waits until the server lets the owner in, and has made what every workspace has.
func (s *Server) awaitReady(ctx context.Context, p *process) error {
	tick := time.NewTicker(startPoll)
	defer tick.Stop()
	for {
		err := s.setUp(ctx)
		var refused *ServerError
		if err == nil || errors.As(err, &refused) && refused.Code != cannotConnectNow {
			return err
		}
		select {
		case <-tick.C:
		case <-p.done:
			return p.exit()
		case <-ctx.Done():
			return fmt.Errorf("wait for PostgreSQL: %w: %w", context.Cause(ctx), err)
		}
	}
}

// watch waits until the server ends or is to be ended. An error means that it ended by
// itself.
func (s *Server) watch(p *process) error {
	defer s.update(func() { s.status.PID = 0 })
	ctx, cancel := s.whileWanted()
	defer cancel()
	select {
	case <-p.done:
		s.update(func() { s.status.State = Starting })
		return p.exit()
	case <-ctx.Done():
	}
	stop, stopNow := s.untilAbrupt()
	defer stopNow()
	if stop.Err() != nil && s.ctx.Err() == nil {
		s.crash(p)
		return nil
	}
	p.stop(stop)
	return nil
}

// untilAbrupt returns a context that ends as soon as a stop is to be abrupt.
func (s *Server) untilAbrupt() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	isAbrupt := func() (bool, <-chan struct{}) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.abrupt, s.changed
	}
	abrupt, changed := isAbrupt()
	if abrupt {
		cancel()
	}
	go func() {
		defer close(done)
		for !abrupt {
			select {
			case <-changed:
				abrupt, changed = isAbrupt()
			case <-ctx.Done():
				return
			}
		}
		cancel()
	}()
	return ctx, func() { cancel(); <-done }
}

// crash ends the server as a failing machine would, its sessions too.
func (s *Server) crash(p *process) {
	p.kill()
	pids, err := s.cluster.leftovers()
	if err != nil {
		s.log.WarnContext(s.ctx, "sessions cannot be found", slog.String("error", err.Error()))
		return
	}
	signalAll(pids, syscall.SIGKILL)
}
