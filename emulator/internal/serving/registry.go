package serving

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Config is what the endpoints need.
type Config struct {
	// RequestsPerMinute is how many requests each user may send to each endpoint; 0 means any number.
	RequestsPerMinute int
	// Logger takes log records; required.
	Logger *slog.Logger
}

// giveBack returns to the system what training took, several times what the models keep. A process trains once.
var giveBack = sync.OnceFunc(debug.FreeOSMemory)

// Registry holds the endpoints. It is safe for concurrent use.
type Registry struct {
	endpoints []*Endpoint
	training  sync.WaitGroup
}

// Open returns the endpoints and trains their models in the background. [Registry.Close] must be called.
func Open(c Config) *Registry {
	r := &Registry{endpoints: shipped(c.RequestsPerMinute)}
	r.training.Go(func() {
		started := time.Now()
		for _, e := range r.endpoints {
			if e.train(); e.failure != "" {
				c.Logger.ErrorContext(context.Background(), "model not trained", "module", "serving", "endpoint", e.Name, "error", e.failure)
			}
		}
		giveBack()
		c.Logger.InfoContext(context.Background(), "serving endpoints ready", "module", "serving", "duration_ms", time.Since(started).Milliseconds())
	})
	return r
}

// Close waits for the training to end, which takes a second at most.
func (r *Registry) Close() { r.training.Wait() }

// Endpoints lists the endpoints, by name.
func (r *Registry) Endpoints() []*Endpoint { return r.endpoints }

// Endpoint returns the endpoint of that name.
func (r *Registry) Endpoint(name string) (*Endpoint, bool) {
	for _, e := range r.endpoints {
		if e.Name == name {
			return e, true
		}
	}
	return nil, false
}

// ByID returns the endpoint with that id.
func (r *Registry) ByID(id string) (*Endpoint, bool) {
	for _, e := range r.endpoints {
		if e.ID == id {
			return e, true
		}
	}
	return nil, false
}
