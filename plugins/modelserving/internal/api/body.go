package api

import (
	"io"
	"net/http"
	"sync"
	"time"

	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/sdk/fault"
)

const (
	// smallBody is the size up to which bodies are read without a place.
	smallBody = 1 << 20
	// maxLarge and maxLargeOfUser bound the larger bodies that are held at once: 128 MiB in all.
	maxLarge, maxLargeOfUser = 8, 4
	// bodyTime is how long a body may take to arrive.
	bodyTime = time.Minute
)

// bodies reads the bodies of invocations, of which a few large ones fill the memory. The zero value is ready, and safe for concurrent
// use.
type bodies struct {
	mu    sync.Mutex
	held  int
	users map[string]int
}

// read reads the body of a user's request. done says that it is held no longer; it may be called more than once.
func (b *bodies) read(w http.ResponseWriter, r *http.Request, user string) (body []byte, done func(), err error) {
	from := &hurried{next: http.MaxBytesReader(w, r.Body, invocation.MaxBody), until: time.Now().Add(bodyTime)}
	body, err = io.ReadAll(io.LimitReader(from, smallBody+1))
	if err != nil {
		return nil, nil, fault.FromRequest(err)
	}
	if len(body) <= smallBody {
		return body, func() {}, nil
	}
	if err := b.take(user); err != nil {
		return nil, nil, err
	}
	done = sync.OnceFunc(func() { b.free(user) })
	rest, err := io.ReadAll(from)
	if err != nil {
		done()
		return nil, nil, fault.FromRequest(err)
	}
	return append(body, rest...), done, nil
}

func (b *bodies) take(user string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held == maxLarge || b.users[user] == maxLargeOfUser {
		return fault.Newf(fault.Exhausted, "Too many requests of more than %d MiB are under way. Try again in a moment, or send less at once.", smallBody>>20).
			WithCode("TOO_MANY_LARGE_REQUESTS").WithRetryAfter(time.Second)
	}
	if b.users == nil {
		b.users = map[string]int{}
	}
	b.held++
	b.users[user]++
	return nil
}

func (b *bodies) free(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held--
	if b.users[user]--; b.users[user] == 0 {
		delete(b.users, user)
	}
}

// hurried is a body that must have arrived by a time. The host bounds the wait for the next bytes, but not for all of them where answers
// are streams.
type hurried struct {
	next  io.Reader
	until time.Time
}

func (h *hurried) Read(p []byte) (int, error) {
	if time.Now().After(h.until) {
		return 0, fault.New(fault.Invalid, "The request body did not arrive in time.").WithCode("BODY_TIMEOUT")
	}
	return h.next.Read(p)
}
