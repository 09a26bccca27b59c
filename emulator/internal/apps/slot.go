package apps

import (
	"context"
	"errors"
	"net/url"
	"sync"

	"corbel.example/emulator/internal/frontdoor"
)

// errCrashed says that an app has ended by itself, or never came up.
var errCrashed = errors.New("the app has crashed")

// slot is where the front door finds the version of an app that is in force.
type slot struct {
	mu      sync.Mutex
	current *version
	why     error // why there is none
	changed chan struct{}
}

var _ frontdoor.Backend = (*slot)(nil)

func newSlot() *slot { return &slot{why: frontdoor.ErrStopped, changed: make(chan struct{})} }

// Acquire returns the address of the version in force.
func (s *slot) Acquire() (target *url.URL, release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil, nil, s.why
	}
	return s.current.process.URL(), s.current.use(), nil
}

// Wait returns when the app isn't starting any more, or when ctx is done.
func (s *slot) Wait(ctx context.Context) {
	for {
		s.mu.Lock()
		changed, starting := s.changed, s.current == nil && errors.Is(s.why, frontdoor.ErrStarting)
		s.mu.Unlock()
		if !starting {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// put puts a version in force and returns the one that was.
func (s *slot) put(v *version) (old *version) { return s.set(v, nil) }

// empty takes the version out of force and says why there is none.
func (s *slot) empty(why error) (old *version) { return s.set(nil, why) }

func (s *slot) set(v *version, why error) (old *version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, s.current, s.why = s.current, v, why
	close(s.changed)
	s.changed = make(chan struct{})
	return old
}

// starting says that a version is coming, unless there is one.
func (s *slot) starting() {
	s.mu.Lock()
	idle := s.current == nil
	s.mu.Unlock()
	if idle {
		s.empty(frontdoor.ErrStarting)
	}
}

// occupied reports whether a version is in force.
func (s *slot) occupied() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current != nil
}

// crashed takes a version out of force that has ended by itself, and reports whether it was in force.
func (s *slot) crashed(v *version) bool {
	s.mu.Lock()
	inForce := s.current == v
	s.mu.Unlock()
	if inForce {
		s.empty(errCrashed)
	}
	return inForce
}
