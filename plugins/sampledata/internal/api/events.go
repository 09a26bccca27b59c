package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"corbel.example/plugins/sampledata/internal/run"
)

// heartbeat is how often a client is told that a run is alive while nothing changes.
const heartbeat = 15 * time.Second

// events tells of a run, each time as a whole, until it has ended. Who comes back with the number of the last event is
// answered with 204, at which browsers stop coming back.
func (a *API) events(w http.ResponseWriter, r *http.Request) error {
	found, err := a.find(r)
	if err != nil {
		return err
	}
	s := found.Snapshot()
	if last, err := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && s.Ended() && last == s.Version {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	updates := watch(r, found, s)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var text []byte
		select {
		case next, ok := <-updates:
			if !ok {
				return nil
			}
			if text, err = event(next); err != nil {
				return nil // the answer has begun: it breaks off
			}
		case <-beat.C:
			text = []byte(": alive\n\n")
		}
		if _, err := w.Write(text); err != nil || http.NewResponseController(w).Flush() != nil {
			return nil
		}
	}
}

// watch returns snapshots from s on, the last of which is that of the end. It ends with r.
func watch(r *http.Request, found *run.Run, s run.Snapshot) <-chan run.Snapshot {
	updates := make(chan run.Snapshot)
	go func() {
		defer close(updates)
		for ok := true; ok; {
			select {
			case updates <- s:
			case <-r.Context().Done():
				return
			}
			if s.Ended() {
				return
			}
			s, ok = found.Next(r.Context(), s.Version)
		}
	}()
	return updates
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
