package statement

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/warehouse"
)

const (
	// maxRunning bounds the statements that run at once; the others are PENDING.
	maxRunning = 10
	// maxStatements bounds the statements that are remembered.
	maxStatements = 1000
	// resultLife is how long a result can be fetched; statusLife how long a status can.
	resultLife = time.Hour
	statusLife = 2 * time.Hour
	// sweepInterval is how often the registry looks for what has expired.
	sweepInterval = time.Minute
)

// ErrTooMany is returned when so many statements are under way that no more is accepted.
var ErrTooMany = errors.New("too many statements")

// Engine executes statements.
type Engine interface {
	Execute(ctx context.Context, r warehouse.Request, sink warehouse.Sink) error
}

// Compute is what the engine runs on. Await starts it where it does not run, and waits until it
// does or ctx ends: statements are PENDING meanwhile.
type Compute interface {
	Await(ctx context.Context) error
}

var _ Engine = (*warehouse.Warehouse)(nil)

// Registry runs statements and remembers them. It is safe for concurrent use.
type Registry struct {
	engine  Engine
	compute Compute
	dir     string
	log     *slog.Logger
	now     func() time.Time

	ctx     context.Context // of everything that the registry runs
	stop    context.CancelFunc
	running sync.WaitGroup
	slots   chan struct{}

	mu     sync.Mutex
	closed bool
	byID   map[string]*Statement
}

// NewRegistry starts a registry that keeps large results beneath dir. What is there from
// an earlier run is removed. [Registry.Close] must be called.
func NewRegistry(engine Engine, compute Compute, dir string, log *slog.Logger) (*Registry, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("remove old results: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Registry{
		engine: engine, compute: compute, dir: dir, log: log, now: time.Now, ctx: ctx, stop: stop,
		slots: make(chan struct{}, maxRunning), byID: map[string]*Statement{},
	}
	r.running.Go(r.sweepUntilClosed)
	return r, nil
}

// Close cancels what is under way, waits for it and removes all results.
func (r *Registry) Close() error {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.running.Wait()
	if err := os.RemoveAll(r.dir); err != nil {
		return fmt.Errorf("remove results: %w", err)
	}
	return nil
}

// Submit starts a statement and returns at once.
func (r *Registry) Submit(req Request) (*Statement, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.byID) >= maxStatements && !r.forgetOldest() {
		return nil, ErrTooMany
	}
	ctx, cancel := context.WithCancel(r.ctx)
	s := &Statement{ID: uuid.NewString(), Request: req, cancel: cancel, done: make(chan struct{}), state: Pending}
	r.byID[s.ID] = s
	r.running.Go(func() { r.run(ctx, s) })
	return s, nil
}

// Find returns a statement of this owner. Nobody sees the statements of others.
func (r *Registry) Find(id, owner string) (*Statement, bool) {
	s, ok := r.Lookup(id)
	if !ok || s.Request.Principal.UserName != owner {
		return nil, false
	}
	return s, true
}

// Lookup returns a statement whoever owns it: for links that prove themselves.
func (r *Registry) Lookup(id string) (*Statement, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.byID[id]
	return s, ok
}

// run takes a statement from PENDING to its end.
func (r *Registry) run(ctx context.Context, s *Statement) {
	defer close(s.done)
	started := r.now()
	res := newResult(filepath.Join(r.dir, s.ID), s.Request)
	err := r.execute(ctx, s, res)
	if removeErr := s.finish(res, err, r.now()); removeErr != nil {
		r.log.ErrorContext(ctx, "result not removed", "request_id", s.Request.RequestID, "statement_id", s.ID, "error", removeErr.Error())
	}
	r.report(ctx, s, r.now().Sub(started), err)
}

func (r *Registry) execute(ctx context.Context, s *Statement, res *result) (err error) {
	if err := r.compute.Await(ctx); err != nil {
		return err
	}
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.setRunning()
	// The engine is C++ behind cgo with a driver in between: a panic in the driver fails
	// one statement and not the workspace.
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if err := r.engine.Execute(ctx, s.Request.Request, res); err != nil {
		return err
	}
	return res.complete()
}

// report writes the log line of a statement. The text of the statement is in it, the
// values of its parameters are not.
func (r *Registry) report(ctx context.Context, s *Statement, took time.Duration, err error) {
	status := s.Status()
	attrs := []any{
		"request_id", s.Request.RequestID, "user_id", s.Request.Principal.ID, "module", "statement",
		"statement_id", s.ID, "state", string(status.State), "duration_ms", float64(took.Microseconds()) / 1000,
		"statement", abbreviate(s.Request.Statement), "rows", status.Rows,
	}
	var known *dialect.Error
	switch {
	case err != nil && status.State == Failed && !errors.As(err, &known):
		r.log.ErrorContext(ctx, "statement failed", append(attrs, "error", err.Error())...)
	case status.Err != nil:
		r.log.InfoContext(ctx, "statement failed", append(attrs, "error_class", status.Err.Class, "sql_state", status.Err.SQLState)...)
	default:
		r.log.InfoContext(ctx, "statement finished", attrs...)
	}
}

// maxLoggedStatement bounds the text of a statement in the log.
const maxLoggedStatement = 2000

func abbreviate(text string) string {
	if len(text) <= maxLoggedStatement {
		return text
	}
	return text[:maxLoggedStatement] + "..."
}

// sweepUntilClosed looks for expired statements from time to time.
func (r *Registry) sweepUntilClosed() {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			r.sweep()
		case <-r.ctx.Done():
			return
		}
	}
}

// sweep closes results and forgets statements whose time has come.
func (r *Registry) sweep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, s := range r.byID {
		ended, ok := s.endedAt()
		if !ok {
			continue
		}
		age := r.now().Sub(ended)
		if age > resultLife {
			r.expire(s)
		}
		if age > statusLife {
			delete(r.byID, id)
		}
	}
}

// forgetOldest makes room by forgetting the statement that ended first, and reports
// whether there was one. The caller holds the lock.
func (r *Registry) forgetOldest() bool {
	var oldest *Statement
	var oldestEnd time.Time
	for _, s := range r.byID {
		if ended, ok := s.endedAt(); ok && (oldest == nil || ended.Before(oldestEnd)) {
			oldest, oldestEnd = s, ended
		}
	}
	if oldest == nil {
		return false
	}
	r.expire(oldest)
	delete(r.byID, oldest.ID)
	return true
}

func (r *Registry) expire(s *Statement) {
	if err := s.expire(); err != nil {
		r.log.ErrorContext(r.ctx, "result not removed", "statement_id", s.ID, "error", err.Error())
	}
}
