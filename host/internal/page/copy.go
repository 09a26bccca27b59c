package page

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/identity"
)

// copyKey names a copy of a fragment. A user's copy under one token is nobody else's, nor that user's under another token,
// whose rights may differ.
type copyKey struct {
	plugin, fragment string
	version          string
	generation       uint64 // of the plugin's process
	target           string // path and query
	user             string
	token            [sha256.Size]byte
	language         string
}

// copyOf is a good answer that is kept.
type copyOf struct {
	content *markup.Fragment
	status  int
	at      time.Time     // when the plugin was asked
	life    time.Duration // for which it may be shown, as an old one too
}

// copies keeps good answers of fragments whose manifest allows it, and merges fetches of the same one.
type copies struct {
	entries *otter.Cache[copyKey, *copyOf]

	mu      sync.Mutex
	flights map[copyKey]*flight
	swept   time.Time
}

// sweepInterval is how often copies are dropped that nobody may be shown any more.
const sweepInterval = time.Minute

// flight is a fetch with one or more waiting for it.
type flight struct {
	done    chan struct{}
	outcome outcome // valid once done is closed
	waiting int
	cancel  context.CancelFunc
}

func newCopies(size int) *copies {
	return &copies{flights: map[copyKey]*flight{}, entries: otter.Must(&otter.Options[copyKey, *copyOf]{
		MaximumWeight: uint64(max(size, 0)),
		Weigher:       func(k copyKey, v *copyOf) uint32 { return weight(len(k.target) + len(v.content.HTML)) },
	})}
}

// keyOf names the copy of a call's answer.
func keyOf(c *call, id identity.Identity) copyKey {
	key := copyKey{
		plugin: c.fragment.Plugin, fragment: c.fragment.ID, version: c.fragment.Version, generation: c.fragment.Generation,
		target: c.request.RequestURI, user: userOf(id), token: sha256.Sum256([]byte(id.AccessToken.Reveal())),
	}
	if languages := c.request.Header[acceptLanguage]; len(languages) > 0 {
		key.language = languages[0]
	}
	return key
}

// keep keeps a copy, and from time to time drops those that are too old: until then they take memory, within its bound.
func (c *copies) keep(key copyKey, kept *copyOf) {
	c.entries.Set(key, kept)
	c.mu.Lock()
	due := kept.at.Sub(c.swept) >= sweepInterval
	if due {
		c.swept = kept.at
	}
	c.mu.Unlock()
	if !due {
		return
	}
	for k, old := range c.entries.All() {
		if kept.at.Sub(old.at) >= old.life {
			c.entries.Invalidate(k)
		}
	}
}

// once returns the outcome of fetch, run once for all that ask for the same key at the same time. It runs until all of them
// have given up.
func (c *copies) once(ctx context.Context, key copyKey, fetch func(context.Context) outcome) (outcome, error) {
	c.mu.Lock()
	f := c.flights[key]
	if f == nil {
		flying, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{done: make(chan struct{}), cancel: cancel}
		c.flights[key] = f
		go func() {
			defer cancel()
			f.outcome = fetch(flying)
			c.mu.Lock()
			c.forget(key, f)
			c.mu.Unlock()
			close(f.done)
		}()
	}
	f.waiting++
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.outcome, nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	f.waiting--
	last := f.waiting == 0
	if last {
		c.forget(key, f)
	}
	c.mu.Unlock()
	if last {
		f.cancel()
		<-f.done // the fetch ends with those that wait for it
	}
	return outcome{}, ctx.Err()
}

// forget takes a flight out, so that who asks from now on begins another.
func (c *copies) forget(key copyKey, f *flight) {
	if c.flights[key] == f {
		delete(c.flights, key)
	}
}
