package wire

import (
	"context"
	"sync"
	"time"
)

// deadline is an exchange's own limit: a pooled timer, far cheaper than a context's.
type deadline struct {
	timer *time.Timer
	at    time.Time
}

var timers = sync.Pool{New: func() any {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}}

func newDeadline(timeout time.Duration) deadline {
	if timeout <= 0 {
		return deadline{}
	}
	t := timers.Get().(*time.Timer)
	t.Reset(timeout)
	return deadline{timer: t, at: time.Now().Add(timeout)}
}

// passed delivers when the time is up, and never without a limit.
func (d deadline) passed() <-chan time.Time {
	if d.timer == nil {
		return nil
	}
	return d.timer.C
}

// stop gives the timer back. Since Go 1.23 a stopped timer leaves nothing stale in its channel.
func (d deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
		timers.Put(d.timer)
	}
}

// context returns ctx with the same limit.
func (d deadline) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.timer == nil {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, d.at)
}
