package run

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

const (
	// maxActive is how many runs of all users there are at once, maxRuns how many are remembered, maxPerUser how many of one user.
	maxActive  = 100
	maxRuns    = 1000
	maxPerUser = 5
	// keep is how long a run is remembered after its end.
	keep = time.Hour
	// maxLife is how long a run may last.
	maxLife = time.Hour
	// inRequest is how long the tasks may last that need a request.
	inRequest = 20 * time.Second
)

// Why runs end before their end.
var (
	errClosed = errors.New("the application is going down")
	errLife   = errors.New("the run has lasted too long")
)

// Manager has the runs. It is safe for concurrent use.
type Manager struct {
	mu      sync.Mutex
	runs    map[string]*Run
	order   []*Run // oldest first
	active  int
	closed  bool
	life    context.Context //nolint:containedctx // it is the manager's own life, which Close ends
	end     context.CancelCauseFunc
	working sync.WaitGroup
}

// NewManager returns a manager without runs.
func NewManager() *Manager {
	life, end := context.WithCancelCause(context.Background())
	return &Manager{runs: map[string]*Run{}, life: life, end: end}
}

// Start begins a run of ctx's user, with the user's identity, and does the tasks that need ctx's request before it returns;
// the others go on. When the user has a run of the same kind under way that covers the plan, that one is returned: joined is true.
func (m *Manager) Start(ctx context.Context, plan Plan) (r *Run, joined bool, err error) {
	id, signedIn := identity.FromContext(ctx)
	if !signedIn {
		return nil, false, fault.New(fault.Unauthenticated, "")
	}
	r, joined, err = m.add(id.User.ID, plan)
	if err != nil || joined {
		return r, joined, err
	}
	defer m.working.Done()
	m.working.Go(func() {
		// The identity stays, the end of the request does not count.
		background, stop := context.WithTimeoutCause(context.WithoutCancel(ctx), maxLife, errLife)
		defer stop()
		background, cancel := context.WithCancelCause(background)
		defer cancel(nil)
		defer context.AfterFunc(m.life, func() { cancel(errClosed) })()
		r.part(background, 0, plan.Background)
		m.release(r)
	})
	bounded, cancel := context.WithTimeout(ctx, inRequest)
	defer cancel()
	r.part(bounded, len(plan.Background), plan.InRequest)
	m.release(r)
	return r, false, nil
}

// add remembers a new run, which the caller must end with working.Done, or finds one that is under way.
func (m *Manager) add(user string, plan Plan) (*Run, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, false, fault.Wrap(fault.Unavailable, errClosed, "The application is being restarted. Try again in a moment.").WithRetryAfter(time.Second)
	}
	if other := m.underWay(user); other != nil {
		missing := slices.ContainsFunc(plan.Targets, func(t string) bool { return !slices.Contains(other.plan.Targets, t) })
		if other.plan.Kind != plan.Kind || missing {
			return nil, false, fault.New(fault.Conflict, "You have a run under way that does something else. Wait for its end, then try again.").
				WithCode("RUN_UNDER_WAY").WithRetryAfter(time.Second)
		}
		return other, true, nil
	}
	if m.active >= maxActive {
		return nil, false, fault.New(fault.Exhausted, "").WithCode("TOO_MANY_RUNS").WithRetryAfter(time.Second)
	}
	r := newRun(correlation.NewID(), user, plan)
	m.active++
	m.runs[r.ID] = r
	m.order = append(m.order, r)
	m.forget(user)
	m.working.Add(1)
	return r, false, nil
}

// underWay is the user's run that has not ended, nil without one.
func (m *Manager) underWay(user string) *Run {
	for _, r := range m.order {
		if r.user == user && !r.hasEnded() {
			return r
		}
	}
	return nil
}

// forget drops runs that ended long ago, and the oldest beyond the bounds. One under way stays: their number is bounded.
func (m *Manager) forget(user string) {
	long := time.Now().Add(-keep)
	own, all := 0, len(m.order)
	for _, r := range m.order {
		if r.user == user {
			own++
		}
	}
	m.order = slices.DeleteFunc(m.order, func(r *Run) bool {
		mine := r.user == user
		drop := r.endedBefore(long) || (mine && own > maxPerUser || all > maxRuns) && r.hasEnded()
		if drop {
			delete(m.runs, r.ID)
			all--
			if mine {
				own--
			}
		}
		return drop
	})
}

// release counts a run that has ended as such.
func (m *Manager) release(r *Run) {
	if !r.hasEnded() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !r.released {
		r.released = true
		m.active--
	}
}

// Find returns a run of the user. One of another user is not found.
func (m *Manager) Find(user, id string) (*Run, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.runs[id]; r != nil && r.user == user {
		return r, nil
	}
	return nil, fault.New(fault.NotFound, "There is no such run of yours any more: it ended long ago, or the application has been restarted. What it has done stays; look what there is, and go on from there.").WithCode("RUN_NOT_FOUND")
}

// UnderWay returns the user's run that has not ended, nil without one.
func (m *Manager) UnderWay(user string) *Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.underWay(user)
}

// Close ends all runs and waits for their ends. What they have done stays.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.end(errClosed)
	m.working.Wait()
}
