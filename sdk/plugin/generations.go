package plugin

import (
	"context"
	"sync"
	"sync/atomic"
)

// Closer is what [Generations] ends.
type Closer interface {
	// Close ends the work beside requests and frees what they shared, once it is idle: requests may still be under way.
	Close()
}

// Generations keeps what each configuration of a plugin made: clients, caches, the handler. A plugin embeds it and is a [Drainer] by
// that:
//
//	type trips struct {
//		plugin.Generations[*generation]
//	}
//
//	func (t *trips) Handler() http.Handler { return t.Current().handler }
//
// Configure ends with Begin. The zero value is ready, and safe for concurrent use.
type Generations[T Closer] struct {
	current atomic.Pointer[T]
	retired sync.WaitGroup
}

// Begin makes next the current generation, and closes the one before in the background.
func (g *Generations[T]) Begin(next T) {
	if previous := g.current.Swap(&next); previous != nil {
		g.retired.Go((*previous).Close)
	}
}

// Current returns the generation that began last, the zero value before the first.
func (g *Generations[T]) Current() T {
	current := g.current.Load()
	if current == nil {
		var none T
		return none
	}
	return *current
}

// Drain closes the current generation and waits until all are closed.
func (g *Generations[T]) Drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if current := g.current.Load(); current != nil {
			(*current).Close()
		}
		g.retired.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
