package invocation

import (
	"context"
	"errors"
	"math/rand/v2"
	"mime"
	"net/http"
	"time"

	"github.com/databricks/databricks-sdk-go/apierr"

	"corbel.example/sdk/fault"
)

const (
	// maxRetries is how often a request is repeated.
	maxRetries   = 3
	firstBackoff = 200 * time.Millisecond
	jitter       = 0.25
)

// passing says whether a request may succeed when it is sent again: there was no answer at all, or one that asks for it.
func passing(f *fault.Error) bool {
	var refused *apierr.APIError
	if errors.As(f, &refused) {
		return repeatable(refused.StatusCode)
	}
	return f.Kind == fault.Unavailable
}

// backoff is the wait before the next try: what the answer asks for, or twice as long each time.
func backoff(retries int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	wait := float64(firstBackoff << retries)
	//nolint:gosec // spreads retries, guards nothing
	return time.Duration(wait * (1 - jitter + 2*jitter*rand.Float64()))
}

// pause waits, and returns false when the wait would end after the deadline, or ctx before it.
func pause(ctx context.Context, wait time.Duration, deadline time.Time) bool {
	if time.Until(deadline) <= wait {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func isEventStream(h http.Header) bool {
	media, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && media == eventStream
}
