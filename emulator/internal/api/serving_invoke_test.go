package api

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// connection records what is sent, and the last deadline.
type connection struct {
	*httptest.ResponseRecorder
	deadline  time.Time
	deadlines int
}

func (c *connection) SetWriteDeadline(at time.Time) error {
	c.deadline = at
	c.deadlines++
	return nil
}

func TestAStreamLeavesNoDeadlineBehind(t *testing.T) {
	t.Parallel()
	s := &server{Deps: Deps{Logger: slog.New(slog.DiscardHandler)}}
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	s.stream(t.Context(), c, func(yield func(any) bool) { _ = yield("a") && yield("b") })
	if diff := cmp.Diff("data: \"a\"\n\ndata: \"b\"\n\ndata: [DONE]\n\n", c.Body.String()); diff != "" {
		t.Errorf("stream (-want +got):\n%s", diff)
	}
	if !c.deadline.IsZero() || c.deadlines != 4 || !c.Flushed {
		t.Errorf("deadline %v after %d, flushed %v", c.deadline, c.deadlines, c.Flushed)
	}
}

func TestAStreamWithoutItsClientMakesNothing(t *testing.T) {
	t.Parallel()
	s := &server{Deps: Deps{TokensPerSecond: 0.001, Logger: slog.New(slog.DiscardHandler)}}
	ctx, leave := context.WithCancel(t.Context())
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	made := 0
	s.stream(ctx, c, func(yield func(any) bool) {
		leave()
		for made = 1; yield(made); made++ {
			continue
		}
	})
	if made != 1 || c.Body.Len() != 0 {
		t.Errorf("%d events were made, %d bytes sent", made, c.Body.Len())
	}
}
