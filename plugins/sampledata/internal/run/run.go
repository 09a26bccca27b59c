package run

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"corbel.example/sdk/fault"
)

// Run is work under way, or done.
type Run struct {
	// ID names it in addresses.
	ID string

	user     string
	plan     Plan
	begun    time.Time
	released bool // the manager's

	mu      sync.Mutex
	steps   []Step
	started []time.Time
	left    int // parts that are not done
	ended   time.Time
	version uint64
	err     *fault.Error  // the first failure
	changed chan struct{} // closed and renewed with every change

	after sync.Once
}

func newRun(id, user string, plan Plan) *Run {
	r := &Run{
		ID: id, user: user, plan: plan, begun: time.Now(), left: 2, version: 1, changed: make(chan struct{}),
	}
	for _, t := range slices.Concat(plan.Background, plan.InRequest) {
		r.steps = append(r.steps, Step{Target: t.Target, Title: t.Title, State: Pending})
	}
	r.started = make([]time.Time, len(r.steps))
	return r
}

// part does tasks one after the other, the first of which is step number first. After one that fails the rest is skipped.
func (r *Run) part(ctx context.Context, first int, tasks []Task) {
	failed := false
	for i, t := range tasks {
		if failed {
			r.update(first+i, func(s *Step) { s.State = Skipped })
			continue
		}
		r.update(first+i, func(s *Step) {
			s.State = Running
			r.started[first+i] = time.Now()
		})
		outcome, err := t.Do(ctx, func(note string) { r.update(first+i, func(s *Step) { s.Note = note }) })
		failed = err != nil
		r.update(first+i, func(s *Step) {
			s.ElapsedMS = time.Since(r.started[first+i]).Milliseconds()
			if err != nil {
				s.State, s.Note, s.Error = Failed, "", r.explain(ctx, err)
				return
			}
			s.State, s.Rows, s.Note = outcome.State, outcome.Rows, outcome.Note
		})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left--; r.left == 0 {
		r.ended = time.Now()
	}
	r.tell()
}

// Granting is an error that somebody with the right to can remedy by statements.
type Granting struct {
	Grants []string
	Fault  *fault.Error
}

// Error is the fault's.
func (g *Granting) Error() string { return g.Fault.Error() }

// Unwrap returns the fault.
func (g *Granting) Unwrap() error { return g.Fault }

// explain is an error for people. The caller has the lock.
func (r *Run) explain(ctx context.Context, err error) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		err = fault.Wrap(fault.Unavailable, context.Cause(ctx), "It was broken off. Do it again: what is done stays.").WithCode("BROKEN_OFF")
	}
	f := fault.From(err)
	if r.err == nil {
		r.err = f
	}
	e := &Error{Code: f.ErrorCode(), Message: f.UserMessage(), Retryable: f.Retryable}
	var granting *Granting
	if errors.As(err, &granting) {
		e.Grants = granting.Grants
	}
	return e
}

func (r *Run) update(i int, change func(*Step)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.steps[i])
	r.tell()
}

// tell wakes who watches. The caller has the lock.
func (r *Run) tell() {
	r.version++
	close(r.changed)
	r.changed = make(chan struct{})
}

// Snapshot says how far the run is. ctx is that of a request of the user.
func (r *Run) Snapshot(ctx context.Context) Snapshot {
	s, _ := r.look()
	return r.seen(ctx, s)
}

// seen does what is to be done when the end is seen for the first time.
func (r *Run) seen(ctx context.Context, s Snapshot) Snapshot {
	if s.Ended() && r.plan.After != nil {
		r.after.Do(func() { r.plan.After(ctx) })
	}
	return s
}

// Next returns the first snapshot that is newer than a version, or false when ctx has ended. ctx is that of a request of the user.
func (r *Run) Next(ctx context.Context, version uint64) (Snapshot, bool) {
	for {
		s, changed := r.look()
		if s.Version > version {
			return r.seen(ctx, s), true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Snapshot{}, false
		}
	}
}

// Err is the first failure, nil without one.
func (r *Run) Err() *fault.Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *Run) look() (Snapshot, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := Snapshot{
		ID: r.ID, Kind: r.plan.Kind, Targets: r.plan.Targets, State: Running, Steps: slices.Clone(r.steps), Version: r.version,
		ElapsedMS: time.Since(r.begun).Milliseconds(),
	}
	good, possible := 0, false
	for i := range s.Steps {
		step := &s.Steps[i]
		switch step.State {
		case Pending:
		case Running:
			step.ElapsedMS = time.Since(r.started[i]).Milliseconds()
		case Done, Unchanged, Kept:
			good++
			possible = true
		}
		if step.Rows != nil {
			s.Rows += *step.Rows
		}
	}
	if len(s.Steps) > 0 {
		s.Percent = 100 * good / len(s.Steps)
	}
	if r.left == 0 {
		s.ElapsedMS = r.ended.Sub(r.begun).Milliseconds()
		s.State, s.Percent = Failed, min(s.Percent, 99)
		if r.err == nil && possible {
			s.State, s.Percent = Succeeded, 100 // what is not possible here is not missing
		}
	}
	return s, r.changed
}

func (r *Run) hasEnded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.left == 0
}

func (r *Run) endedBefore(t time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.left == 0 && r.ended.Before(t)
}
