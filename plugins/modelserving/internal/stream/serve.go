package stream

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"corbel.example/sdk/fault"
)

// IDHeader names the stream in an answer's head, for resuming and stopping it.
const IDHeader = "Stream-Id"

// heartbeat is a comment, which clients skip.
var heartbeat = []byte(": alive\n\n")

// Serve writes the events behind a number to w, each as it comes, until the stream or the client ends. An error means that nothing has
// been written. A client that is lost leaves the stream waiting for it.
func (s *Stream) Serve(ctx context.Context, w http.ResponseWriter, number uint64) error {
	r := s.attach()
	defer s.detach(r)
	c := &client{stream: s, w: w, flush: http.NewResponseController(w).Flush}
	beat := time.NewTicker(s.registry.settings.Heartbeat)
	defer beat.Stop()
	for {
		p := s.after(number)
		switch {
		case p.gap:
			return fault.New(fault.Precondition, "What follows the event that you have is no longer kept. Ask again.").WithCode("STREAM_GAP").
				WithField("Last-Event-ID", "names no event that is kept")
		case p.ended && !p.opened && !c.begun:
			return p.end
		case p.opened:
			if !c.write(p.events) {
				return nil
			}
			if len(p.events) > 0 {
				beat.Reset(s.registry.settings.Heartbeat)
			}
			s.deliver(p.last)
			number = p.last
		}
		if p.ended {
			c.end(p.end)
			return nil
		}
		select {
		case <-r.changed:
		case <-r.replaced:
			return nil
		case <-beat.C:
			if !c.write(heartbeat) {
				return nil
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// client is the answer to who reads a stream.
type client struct {
	stream *Stream
	w      http.ResponseWriter
	flush  func() error
	begun  bool
}

// write writes and flushes, with the head before the first. It returns false when the client is gone.
func (c *client) write(text []byte) bool {
	if c.begun && len(text) == 0 {
		return true
	}
	if !c.begun {
		c.begun = true
		c.stream.name()
		h := c.w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no")
		h.Set(IDHeader, c.stream.ID)
		c.w.WriteHeader(http.StatusOK)
	}
	if len(text) > 0 {
		if _, err := c.w.Write(text); err != nil {
			return false
		}
	}
	return c.flush() == nil
}

// end says why nothing follows, if it is not the end of the answer.
func (c *client) end(why *fault.Error) {
	if why == nil {
		return
	}
	name := "error"
	if why.Kind == fault.Canceled {
		name = "stopped"
	}
	data, err := json.Marshal(why.Problem(c.stream.requestID))
	if err != nil {
		return // a problem is texts and numbers
	}
	c.write(ownEvent(name, data))
}
