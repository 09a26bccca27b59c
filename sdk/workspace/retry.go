package workspace

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	maxAttempts = 4
	// retryBudget bounds the time from a call's first attempt to the start of its last.
	retryBudget   = 8 * time.Second
	firstBackoff  = 200 * time.Millisecond
	longestWait   = 5 * time.Second
	backoffFactor = 2
	jitter        = 0.2
	// maxDrain is how much of a discarded answer is read to keep its connection.
	maxDrain = 64 << 10
)

// retrier repeats an attempt that failed for a passing reason: reads always, anything else only when the workspace cannot
// have acted on it (it was never reached, or refused with 429). So a statement never runs twice.
type retrier struct{ next http.RoundTripper }

func (t *retrier) RoundTrip(r *http.Request) (*http.Response, error) {
	start, backoff := time.Now(), firstBackoff
	for attempt := 1; ; attempt++ {
		response, err := t.next.RoundTrip(r)
		if !repeatable(r, response, err) || attempt == maxAttempts {
			return response, err
		}
		wait := retryAfter(response)
		if wait == 0 {
			//nolint:gosec // spreads retries, guards nothing
			wait = time.Duration(float64(backoff) * (1 - jitter + 2*jitter*rand.Float64()))
			backoff *= backoffFactor
		}
		if wait > longestWait || time.Since(start)+wait > retryBudget || endsWithin(r, wait) {
			return response, err
		}
		again, rewound := rewind(r)
		if !rewound {
			return response, err
		}
		r = again.WithContext(context.WithValue(r.Context(), attemptKey{}, attempt+1))
		discard(response)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-r.Context().Done():
			timer.Stop()
			return nil, r.Context().Err()
		}
	}
}

type attemptKey struct{}

// attemptOf is which attempt at its call a context belongs to, from 1.
func attemptOf(ctx context.Context) int {
	if n, ok := ctx.Value(attemptKey{}).(int); ok {
		return n
	}
	return 1
}

func repeatable(r *http.Request, response *http.Response, err error) bool {
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	if err != nil {
		var lost *connectionError
		return errors.As(err, &lost) && (read || !lost.sent)
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return read
	default:
		return false
	}
}

// endsWithin says whether the request's deadline passes before a wait ends: the answer at hand is then better than none.
func endsWithin(r *http.Request, wait time.Duration) bool {
	deadline, ok := r.Context().Deadline()
	return ok && time.Until(deadline) <= wait
}

// rewind returns r with its body at the beginning, and false when the body cannot be sent twice.
func rewind(r *http.Request) (*http.Request, bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	again := r.Clone(r.Context())
	again.Body = body
	return again, true
}

func discard(response *http.Response) {
	if response == nil {
		return
	}
	// What cannot be read or closed costs a connection, nothing else.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxDrain))
	_ = response.Body.Close()
}

// retryAfter returns the wait that an answer asks for, or 0.
func retryAfter(response *http.Response) time.Duration {
	if response == nil {
		return 0
	}
	return parseRetryAfter(response.Header.Get("Retry-After"), time.Now())
}

// parseRetryAfter reads a Retry-After header (RFC 9110, 10.2.3).
func parseRetryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
