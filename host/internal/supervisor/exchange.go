package supervisor

import (
	"errors"
	"net/http"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
)

// Exchange is an exchange with a plugin that has ended.
type Exchange struct {
	Plugin string
	// Caller is the plugin that made it, "" for the host.
	Caller string
	// RequestID and UserID are those of the request that it belongs to.
	RequestID, UserID string
	Method, Path      string
	Began             time.Time
	Duration          time.Duration
	// Status is the answer's, or that of the fault that it ended with; 0 when nobody knows.
	Status int
	// Broken: the answer broke off.
	Broken bool
	// Streaming: it lasts as long as there is something to say.
	Streaming bool
}

// observed is a plugin whose exchanges are told of.
type observed struct {
	*Plugin
	caller string
}

var _ mount.Backend = observed{}

// Forward is the plugin's.
func (o observed) Forward(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	if o.onExchange == nil {
		return o.Plugin.Forward(w, r, x)
	}
	method, path := r.Method, r.URL.Path
	began := time.Now()
	err := o.Plugin.Forward(w, r, x)
	ended := Exchange{
		Plugin: o.spec.Name, Caller: o.caller, RequestID: x.RequestID, UserID: x.Identity.User.ID,
		Method: method, Path: path, Began: began, Duration: time.Since(began), Streaming: x.Streaming,
	}
	var aborted *wire.AbortedError
	switch {
	case err == nil:
		ended.Status = statusOf(w)
	case errors.As(err, &aborted):
		ended.Status, ended.Broken = statusOf(w), true
	default:
		ended.Status = fault.From(err).Kind.Status()
	}
	o.onExchange(ended)
	return err
}

// statusOf is what a writer says was written to it, 0 if it does not say.
func statusOf(w http.ResponseWriter) int {
	if s, ok := w.(interface{ Status() int }); ok {
		return s.Status()
	}
	return 0
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers the first final status.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes to a response, which is then one of status 200 unless another was written.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Status is what was written, 0 for nothing.
func (w *statusWriter) Status() int { return w.status }

// Unwrap serves http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
