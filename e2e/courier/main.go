// Command courier is a plugin for the black-box tests: it carries large bodies, endless streams and nothing else.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/serve"
)

const (
	maxUpload = 2 << 30
	tick      = 20 * time.Millisecond
)

type courier struct {
	listeners atomic.Int64 // event streams under way
}

func (c *courier) Manifest() plugin.Manifest {
	return plugin.Manifest{
		Name: "courier", Version: "1.0.0", Summary: "Carries large bodies and endless streams.",
		Routes: []plugin.Route{
			{Method: http.MethodGet, Pattern: "/api/courier/download", Streaming: true},
			{Method: http.MethodPost, Pattern: "/api/courier/upload", Streaming: true, MaxBodyBytes: maxUpload},
			{Method: http.MethodPost, Pattern: "/api/courier/small", MaxBodyBytes: 1000},
			{Method: http.MethodGet, Pattern: "/api/courier/events", Streaming: true},
			{Method: http.MethodGet, Pattern: "/api/courier/listeners"},
			{Method: http.MethodGet, Pattern: "/api/courier/sleep", Timeout: 200 * time.Millisecond},
			{Method: http.MethodGet, Pattern: "/api/courier/panic"},
		},
	}
}

func (c *courier) Configure(_ context.Context, s plugin.Settings) plugin.Diagnostics {
	return plugin.OfError(s.Decode(&struct{}{}))
}

func (c *courier) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /api/courier/download", fault.HandlerFunc(download))
	mux.Handle("POST /api/courier/upload", fault.HandlerFunc(upload))
	mux.Handle("POST /api/courier/small", fault.HandlerFunc(upload))
	mux.Handle("GET /api/courier/events", fault.HandlerFunc(c.events))
	mux.HandleFunc("GET /api/courier/listeners", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, c.listeners.Load()) })
	mux.HandleFunc("GET /api/courier/sleep", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /api/courier/panic", func(http.ResponseWriter, *http.Request) { panic("as asked") })
	return mux
}

// download sends as many bytes as asked for.
func download(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
	if err != nil || n < 0 {
		return fault.New(fault.Invalid, "bytes must be a number.").WithField("bytes", "want a number of at least 0")
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	buf := make([]byte, 32<<10)
	for n > 0 {
		written, err := w.Write(buf[:min(int64(len(buf)), n)])
		if err != nil {
			return err
		}
		n -= int64(written)
	}
	return nil
}

// upload counts the bytes of the body.
func upload(w http.ResponseWriter, r *http.Request) error {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		return fault.FromRequest(err)
	}
	_, err = fmt.Fprint(w, n)
	return err
}

// events sends numbered events until the client leaves.
func (c *courier) events(w http.ResponseWriter, r *http.Request) error {
	c.listeners.Add(1)
	defer c.listeners.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for i := 0; ; i++ {
		if _, err := fmt.Fprintf(w, "id: %d\ndata: tick\n\n", i); err != nil {
			return err
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return nil
		}
	}
}

func main() { serve.Main(&courier{}) }
