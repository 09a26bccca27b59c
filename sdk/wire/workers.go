package wire

import "sync/atomic"

// idleWorkers is how many goroutines wait for the next exchange instead of ending: their stacks have grown already.
const idleWorkers = 32

// workers run exchanges, each on a goroutine of its own.
type workers struct {
	serve func(*exchange)
	work  chan *exchange
	idle  atomic.Int32
	quit  <-chan struct{}
}

// run runs x on a waiting goroutine, or on a new one. It never waits.
func (w *workers) run(x *exchange) {
	select {
	case w.work <- x:
	default:
		go w.loop(x)
	}
}

func (w *workers) loop(x *exchange) {
	for {
		w.serve(x)
		if w.idle.Add(1) > idleWorkers {
			w.idle.Add(-1)
			return
		}
		select {
		case x = <-w.work:
			w.idle.Add(-1)
		case <-w.quit:
			return
		}
	}
}
