// Package compute is the life of a SQL warehouse: stopped, starting, running. What runs on
// it is in package warehouse, whose engine lives as long as the workspace does: a start
// takes time only so that clients see what they would see of a real one.
package compute

import (
	"context"
	"sync"
	"time"
)

// State is the state of a warehouse, by its REST name.
type State string

// The states of a warehouse.
const (
	Stopped  State = "STOPPED"
	Starting State = "STARTING"
	Running  State = "RUNNING"
)

// Compute is the life of one warehouse. It is safe for concurrent use.
type Compute struct {
	startTime time.Duration
	now       func() time.Time

	mu      sync.Mutex
	stopped bool
	readyAt time.Time // unless stopped
}

// New returns a running warehouse whose later starts take startTime.
func New(startTime time.Duration) *Compute { return &Compute{startTime: startTime, now: time.Now} }

// State tells the present state.
func (c *Compute) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.stopped:
		return Stopped
	case c.now().Before(c.readyAt):
		return Starting
	}
	return Running
}

// Start starts a stopped warehouse and does not wait until it runs.
func (c *Compute) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		c.stopped, c.readyAt = false, c.now().Add(c.startTime)
	}
}

// Stop stops the warehouse. Statements that run go on to their end.
func (c *Compute) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
}

// Await starts a stopped warehouse and waits until it runs, or until ctx ends.
func (c *Compute) Await(ctx context.Context) error {
	for {
		c.Start()
		c.mu.Lock()
		left := c.readyAt.Sub(c.now())
		c.mu.Unlock()
		if left <= 0 {
			return ctx.Err()
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C: // it may have been stopped meanwhile
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}
