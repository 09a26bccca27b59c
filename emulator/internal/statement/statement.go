package statement

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/warehouse"
)

// State is the state of a statement.
type State string

// The states of a statement.
const (
	Pending   State = "PENDING"
	Running   State = "RUNNING"
	Succeeded State = "SUCCEEDED"
	Failed    State = "FAILED"
	Canceled  State = "CANCELED"
	Closed    State = "CLOSED"
)

// Request is a statement with what the caller wants of its result.
type Request struct {
	warehouse.Request
	Format Format
	// RowLimit cuts the result; nil means no limit.
	RowLimit *int64
	// ByteLimit cuts the result; 0 means no limit.
	ByteLimit int64
	// FailBeyond fails the statement when the result is larger; 0 means no limit.
	FailBeyond int64
	// External tells that the result is fetched through external links.
	External bool
	// RequestID is the correlation id of the request that submitted the statement.
	RequestID string
}

// Chunk is a piece of a result.
type Chunk struct {
	Index     int
	RowOffset int64
	RowCount  int64
	ByteCount int64
}

// Status is what can be said of a statement at one moment.
type Status struct {
	State State
	// Err is set when the statement failed.
	Err *dialect.Error
	// The rest is set when it succeeded.
	Columns   []warehouse.Column
	Chunks    []Chunk
	Rows      int64
	Bytes     int64
	Truncated bool
}

// Statement is a submitted statement. It is safe for concurrent use.
type Statement struct {
	ID      string
	Request Request

	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended

	mu       sync.Mutex
	state    State
	err      *dialect.Error
	result   *result
	canceled bool
	ended    time.Time
}

// Status returns the present status.
func (s *Statement) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := Status{State: s.state, Err: s.err}
	if s.state == Succeeded {
		r := s.result
		status.Columns, status.Chunks = r.columns, r.chunkList()
		status.Rows, status.Bytes, status.Truncated = r.rows, r.bytes, r.truncated
	}
	return status
}

// Wait returns when the statement has ended, after the timeout, or when ctx ends. It
// reports whether the statement has ended.
func (s *Statement) Wait(ctx context.Context, timeout time.Duration) bool {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-s.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// Cancel interrupts the statement if it has not ended. It does not wait.
func (s *Statement) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == Pending || s.state == Running {
		s.canceled = true
		s.cancel()
	}
}

// ErrNoChunk is returned for a chunk that the result does not have, or has no more.
var ErrNoChunk = errors.New("no such chunk")

// Open opens a chunk of the result, encoded in the format asked for.
func (s *Statement) Open(index int) (io.ReadCloser, Chunk, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != Succeeded || index < 0 || index >= len(s.result.chunks) {
		return nil, Chunk{}, ErrNoChunk
	}
	c := s.result.chunks[index]
	r, err := c.open()
	return r, c.Chunk, err
}

func (s *Statement) setRunning() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = Running
}

// finish records how the statement ended.
func (s *Statement) finish(r *result, err error, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = now
	s.cancel()
	var known *dialect.Error
	switch {
	case err == nil:
		s.state, s.result = Succeeded, r
		return nil
	case s.canceled:
		s.state = Canceled
	case errors.As(err, &known):
		s.state, s.err = Failed, known
	default:
		s.state, s.err = Failed, dialect.Internal()
	}
	return r.remove()
}

// expire closes a result that has been kept long enough.
func (s *Statement) expire() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != Succeeded {
		return nil
	}
	s.state = Closed
	return s.result.remove()
}

func (s *Statement) endedAt() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended, !s.ended.IsZero()
}
