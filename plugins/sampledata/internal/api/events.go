package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"corbel.example/plugins/sampledata/internal/run"
)

// heartbeat is how often a client is told how long a run has taken while nothing else changes.
const heartbeat = 5 * time.Second

// events tells of a run, each time as a whole, until it has ended. Who comes back with the number of the last event is
// answered with 204, at which browsers stop coming back.
func (a *API) events(w http.ResponseWriter, r *http.Request) error {
	found, err := a.find(r)
	if err != nil {
		return err
	}
	s := found.Snapshot(r.Context())
	if last, err := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && s.Ended() && last == s.Version {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	for {
		text, err := event(s)
		if err != nil {
			return nil // the answer has begun: it breaks off
		}
		_, err = w.Write(text) //nolint:gosec // JSON in an event stream is no page
		if err != nil || http.NewResponseController(w).Flush() != nil || s.Ended() {
			return nil
		}
		if s, err = next(r.Context(), found, s.Version); err != nil {
			return nil
		}
	}
}

// next waits for a change of the run, and no longer than a heartbeat.
func next(ctx context.Context, found *run.Run, version uint64) (run.Snapshot, error) {
	beat, stop := context.WithTimeout(ctx, heartbeat)
	defer stop()
	s, changed := found.Next(beat, version)
	if !changed {
		s = found.Snapshot(ctx)
	}
	return s, ctx.Err()
}

func event(s run.Snapshot) ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("id: " + strconv.FormatUint(s.Version, 10) + "\nevent: run\ndata: ")
	b.Write(data)
	b.WriteString("\n\n")
	return b.Bytes(), nil
}
