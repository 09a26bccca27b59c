package supervisor

import (
	"context"
	"sync/atomic"
	"time"
)

// bulkhead bounds how many exchanges one plugin has under way, so that a slow plugin cannot use up the host.
// Taking a free place is one atomic operation.
type bulkhead struct {
	limit   int64
	used    atomic.Int64
	waiting atomic.Int64
	freed   chan struct{} // holds one: somebody who waits should look again
}

func newBulkhead(limit int) *bulkhead {
	return &bulkhead{limit: int64(limit), freed: make(chan struct{}, 1)}
}

// tryEnter takes a place if one is free.
func (b *bulkhead) tryEnter() bool {
	for {
		used := b.used.Load()
		if used >= b.limit {
			return false
		}
		if b.used.CompareAndSwap(used, used+1) {
			return true
		}
	}
}

// enter waits for a place; false means that there was none within the bound. The error is ctx's.
func (b *bulkhead) enter(ctx context.Context, bound time.Duration) (bool, error) {
	// Announced before the first look: a leave that this look misses sees the announcement.
	b.waiting.Add(1)
	defer b.waiting.Add(-1)
	timer := time.NewTimer(bound)
	defer timer.Stop()
	for {
		if b.tryEnter() {
			// freed holds one only: pass on what a second leave could not say.
			b.wake()
			return true, nil
		}
		select {
		case <-b.freed:
		case <-timer.C:
			b.wake() // the word of a free place may have been lost on us
			return false, nil
		case <-ctx.Done():
			b.wake()
			return false, ctx.Err()
		}
	}
}

// leave gives the place back.
func (b *bulkhead) leave() {
	b.used.Add(-1)
	b.wake()
}

// wake makes one who waits look again, if there is a place.
func (b *bulkhead) wake() {
	if b.waiting.Load() == 0 || b.used.Load() >= b.limit {
		return
	}
	select {
	case b.freed <- struct{}{}:
	default:
	}
}
