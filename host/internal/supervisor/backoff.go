package supervisor

import (
	"math/rand/v2"
	"time"
)

const (
	// jitter is the share by which a wait may be longer or shorter, so that plugins that died together do not all
	// come back together.
	jitter = 0.2
	// crashLoopDeaths is how many deaths in a row, each before the process was stable, make a crash loop.
	crashLoopDeaths = 3
)

// backoff decides how long to wait before the next process.
type backoff struct {
	first, longest, stable time.Duration
	deaths                 int // in a row, without a stable life between them
}

// next returns the wait after the end of a process that had been ready for the given time: 0 means that it never was.
func (b *backoff) next(ready time.Duration) time.Duration {
	if ready >= b.stable {
		b.deaths = 0
	}
	b.deaths++
	doublings := b.deaths - 1
	if ready > 0 {
		doublings-- // the first restart of a process that worked comes at once
	}
	if doublings < 0 {
		return 0
	}
	wait := b.longest
	if doublings < 32 && b.first<<doublings < b.longest {
		wait = b.first << doublings
	}
	spread := float64(wait) * jitter
	wait += time.Duration(spread * (2*rand.Float64() - 1)) //nolint:gosec // nothing to guess here
	return min(wait, b.longest)
}

// crashLoop says whether processes keep dying.
func (b *backoff) crashLoop() bool { return b.deaths >= crashLoopDeaths }
