package stream

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
)

// maxStreams is how many streams there are of all users together.
const maxStreams = 5000

// maxLife is how long a stream may last, whatever comes.
const maxLife = time.Hour

// Why the model is told to stop.
var (
	errStopped = errors.New("the user stopped the stream")
	errLost    = errors.New("the client was lost")
	errSilent  = errors.New("the model is silent")
	errLife    = errors.New("the stream has lasted too long")
	errClosed  = errors.New("the application is going down")
)

// Settings of a Registry.
type Settings struct {
	// Timeout is how long the model may be silent.
	Timeout time.Duration
	// Heartbeat is how often a client is told that the stream is alive.
	Heartbeat time.Duration
	// Hold is how long a stream waits for a client that was lost.
	Hold time.Duration
	// PerUser bounds a user's streams at the same time.
	PerUser int
}

// Source opens a model's answer.
type Source interface {
	// Open returns the answer when its first byte is there. The end of ctx ends it.
	Open(ctx context.Context) (io.ReadCloser, error)
	// Needs says whether the answer has a last event, without which it has broken off.
	HasLast() bool
	// Close is called once, when the model is no longer read.
	Close(ctx context.Context, summary Summary)
}

// Summary is what there is to say of a stream that has ended.
type Summary struct {
	First, Duration time.Duration
	Events          int64
	Usage           invocation.Usage
	Err             error
}

// Registry has the streams. It is safe for concurrent use.
type Registry struct {
	settings Settings

	mu      sync.Mutex
	streams map[string]*Stream
	users   map[string]map[*Stream]struct{}
	closed  bool
	pumps   sync.WaitGroup
}

// NewRegistry returns an empty registry.
func NewRegistry(settings Settings) *Registry {
	return &Registry{settings: settings, streams: map[string]*Stream{}, users: map[string]map[*Stream]struct{}{}}
}

// Start begins a stream of a user, with the identity and request id of ctx. It outlives ctx.
func (r *Registry) Start(ctx context.Context, user string, source Source) (*Stream, error) {
	life, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	s := &Stream{
		ID: correlation.NewID(), user: user, requestID: correlation.RequestID(ctx), registry: r, cancel: cancel,
		done: make(chan struct{}), first: 1, room: make(chan struct{}, 1),
	}
	if err := r.add(s); err != nil {
		cancel(err)
		return nil, err
	}
	r.pumps.Go(func() {
		defer close(s.done)
		defer cancel(nil)
		p := &pump{stream: s, source: source, timeout: r.settings.Timeout}
		p.run(life)
	})
	return s, nil
}

func (r *Registry) add(s *Stream) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fault.Wrap(fault.Unavailable, errClosed, "")
	}
	own := r.users[s.user]
	if len(own) >= r.settings.PerUser {
		for other := range own {
			if other.hasEnded() {
				r.drop(other)
			}
		}
	}
	if len(own) >= r.settings.PerUser {
		return fault.Newf(fault.Exhausted, "You have %d answers under way, which is the most. Stop one, or wait for its end.", len(own)).
			WithCode("TOO_MANY_STREAMS").WithRetryAfter(time.Second)
	}
	if len(r.streams) >= maxStreams {
		return fault.New(fault.Exhausted, "").WithCode("TOO_MANY_STREAMS").WithRetryAfter(time.Second)
	}
	if own == nil {
		own = map[*Stream]struct{}{}
		r.users[s.user] = own
	}
	own[s] = struct{}{}
	r.streams[s.ID] = s
	return nil
}

// drop forgets a stream. The caller has the lock.
func (r *Registry) drop(s *Stream) {
	delete(r.streams, s.ID)
	delete(r.users[s.user], s)
	if len(r.users[s.user]) == 0 {
		delete(r.users, s.user)
	}
}

// Find returns a stream of the user. One of another user is not found.
func (r *Registry) Find(user, id string) (*Stream, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.streams[id]; s != nil && s.user == user {
		return s, nil
	}
	return nil, fault.New(fault.NotFound, "There is no such stream of yours. It may have ended: ask again.").WithCode("STREAM_NOT_FOUND")
}

// Stop ends a stream of the user, and returns when the model is no longer read.
func (r *Registry) Stop(user, id string) error {
	s, err := r.Find(user, id)
	if err != nil {
		return err
	}
	r.end(s, errStopped)
	<-s.done
	return nil
}

// lose ends a stream whose client did not come back.
func (r *Registry) lose(s *Stream) {
	if s.isLost() {
		r.end(s, errLost)
	}
}

func (r *Registry) end(s *Stream, why error) {
	s.cancel(why)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streams[s.ID] == s {
		r.drop(s)
	}
}

// Len is how many streams there are, those included that wait for a client.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.streams)
}

// Close ends all streams and waits for their ends.
func (r *Registry) Close() {
	r.mu.Lock()
	r.closed = true
	all := make([]*Stream, 0, len(r.streams))
	for _, s := range r.streams {
		all = append(all, s)
	}
	r.mu.Unlock()
	for _, s := range all {
		s.mu.Lock()
		if s.hold != nil {
			s.hold.Stop()
		}
		s.mu.Unlock()
		r.end(s, errClosed)
	}
	r.pumps.Wait()
}
