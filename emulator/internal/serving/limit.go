package serving

import (
	"sync"
	"time"
)

// limitPeriod is what limits count in.
const limitPeriod = time.Minute

// limiter counts the requests of each user in periods that begin with the user's first request.
// There are no more users than the directory has.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	limit   int // 0: none
	periods map[string]period
}

type period struct {
	ends time.Time
	used int
}

func newLimiter(limit int) *limiter {
	return &limiter{now: time.Now, limit: limit, periods: map[string]period{}}
}

// set changes the limit and forgets what was counted.
func (l *limiter) set(limit int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit = limit
	clear(l.periods)
}

// take counts a request, or returns how long the user has to wait.
func (l *limiter) take(user string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit == 0 {
		return 0, true
	}
	now := l.now()
	p := l.periods[user]
	if !now.Before(p.ends) {
		p = period{ends: now.Add(limitPeriod)}
	}
	if p.used >= l.limit {
		return p.ends.Sub(now), false
	}
	p.used++
	l.periods[user] = p
	return 0, true
}
