package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"corbel.example/emulator/internal/serving"
)

const (
	// maxInvocation bounds the body of an invocation, as Databricks does: 16 MB.
	maxInvocation = 16 << 20
	// retryNotReady is when to ask an endpoint again that isn't ready.
	retryNotReady = time.Second
	// streamWriteTimeout bounds how long a client may take to read an event of a stream.
	streamWriteTimeout = 30 * time.Second
)

// invoke answers a request to an endpoint's model.
func (s *server) invoke(w http.ResponseWriter, r *http.Request) error {
	e, err := s.servingEndpoint(r, serving.CanQuery)
	if err != nil {
		return err
	}
	if wait, ok := e.Admit(caller(r)); !ok {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(wait)))
		return &Error{http.StatusTooManyRequests, "REQUEST_LIMIT_EXCEEDED", "Exceeded the rate limit of this user on serving endpoint '" + e.Name + "'. Try again later."}
	}
	model, ready := e.Ready()
	if !ready {
		w.Header().Set("Retry-After", strconv.Itoa(seconds(retryNotReady)))
		return &Error{http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "Serving endpoint '" + e.Name + "' is not ready."}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxInvocation))
	if err != nil {
		return malformed(err)
	}
	answer, err := model.Invoke(body)
	var input *serving.InputError
	if errors.As(err, &input) {
		return &Error{http.StatusBadRequest, "BAD_REQUEST", input.Error()}
	}
	if err != nil {
		return fmt.Errorf("invoke %s: %w", e.Name, err)
	}
	w.Header().Set("Served-Model-Name", e.ServedName)
	if answer.Events == nil {
		writeJSON(w, http.StatusOK, answer.Value)
		return nil
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	s.stream(r.Context(), w, answer.Events)
	return nil
}

// stream sends events as they are made, no faster than the setting has it, until they end or the
// client leaves.
func (s *server) stream(ctx context.Context, w http.ResponseWriter, events iter.Seq[any]) {
	var interval time.Duration
	if s.TokensPerSecond > 0 {
		interval = time.Duration(float64(time.Second) / s.TokensPerSecond)
	}
	// The connection may carry more requests, which set no deadline.
	defer clearDeadline(w)
	timer := time.NewTimer(interval)
	defer timer.Stop()
	due := time.Now()
	for event := range events {
		due = due.Add(interval)
		if interval > 0 {
			timer.Reset(time.Until(due))
			select {
			case <-timer.C:
			case <-ctx.Done():
				return
			}
		}
		data, err := json.Marshal(event)
		if err != nil {
			s.Logger.ErrorContext(ctx, "event not encoded", "request_id", requestID(ctx), "module", "api", "error", err.Error())
			return
		}
		if ctx.Err() != nil || !send(w, data) {
			return
		}
	}
	send(w, []byte("[DONE]"))
}

func clearDeadline(w http.ResponseWriter) {
	// Of a connection that is gone, or was never there, it makes no difference.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
}

// send sends an event and reports whether the client is still there.
func send(w http.ResponseWriter, data []byte) bool {
	to := http.NewResponseController(w)
	// Where a deadline can't be set there is no connection that could hang.
	if err := to.SetWriteDeadline(time.Now().Add(streamWriteTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return false
	}
	if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
		return false
	}
	err := to.Flush()
	return err == nil || errors.Is(err, http.ErrNotSupported)
}

// seconds is a wait as Retry-After has it: whole seconds, at least 1.
func seconds(wait time.Duration) int { return max(1, int((wait+time.Second-1)/time.Second)) }
