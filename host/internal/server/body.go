package server

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"corbel.example/sdk/fault"
)

// body is a request body within bounds: of size, and of time, so that a client that sends a byte now and then holds nothing
// up. It is read by one goroutine at a time.
type body struct {
	next     io.ReadCloser
	deadline interface{ SetReadDeadline(time.Time) error } // nil when the connection has none

	limit int64         // the largest size, 0 for none
	read  int64         // so far
	idle  time.Duration // for the next bytes
	until time.Time     // for all of it, zero for no end
	ended atomic.Bool   // all of it was read
	err   error         // what every further Read gives
}

// newBody wraps the body of a request that has one.
func newBody(r *http.Request, w *response, idle time.Duration) *body {
	b := &body{next: r.Body, idle: idle}
	b.deadline, _ = w.next.(interface{ SetReadDeadline(time.Time) error })
	b.arm()
	return b
}

// bound sets the limits of size and time, 0 for none.
func (b *body) bound(limit int64, timeout time.Duration) {
	b.limit, b.until = limit, time.Time{}
	if timeout > 0 {
		b.until = time.Now().Add(timeout)
	}
}

// Read reads the next bytes. Beyond the limit it fails with *http.MaxBytesError.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.limit > 0 && int64(len(p)) > b.limit-b.read+1 {
		p = p[:b.limit-b.read+1] // one more than there may be tells whether there is more
	}
	b.arm()
	n, err := b.next.Read(p)
	b.read += int64(n)
	switch {
	case b.limit > 0 && b.read > b.limit:
		n, err = n-1, &http.MaxBytesError{Limit: b.limit}
	case err == nil:
	case errors.Is(err, io.EOF):
		b.ended.Store(true)
		b.disarm()
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fault.Wrap(fault.Invalid, err, "The request body did not arrive in time.").WithCode("BODY_TIMEOUT")
	}
	b.err = err
	return n, err
}

// Close closes the body.
func (b *body) Close() error { return b.next.Close() }

// arm sets the time by which the next bytes must be there.
func (b *body) arm() {
	if b.deadline == nil || b.ended.Load() {
		return
	}
	at := time.Now().Add(b.idle)
	if !b.until.IsZero() && b.until.Before(at) {
		at = b.until
	}
	// A connection without deadlines is read without.
	_ = b.deadline.SetReadDeadline(at)
}

// disarm takes the deadline away: when it passes, net/http would take the client for gone.
func (b *body) disarm() {
	if b.deadline != nil {
		_ = b.deadline.SetReadDeadline(time.Time{})
	}
}
