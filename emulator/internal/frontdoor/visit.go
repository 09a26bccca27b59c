package frontdoor

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// statusClientGone is what the log says of a request whose sender left before
// the answer began. It is never sent.
const statusClientGone = 499

// maxLoggedPath bounds a path in the log, in bytes.
const maxLoggedPath = 256

// visit is what the front door learns about one request on its way.
type visit struct {
	requestID string
	started   time.Time
	target    *url.URL // where the app was for it
	caller    *Caller  // nil when the app gets no identity
	cause     error    // why the front door itself answered with an error
}

type visitKey struct{}

func withVisit(r *http.Request, v *visit) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

func visitOf(r *http.Request) *visit {
	return r.Context().Value(visitKey{}).(*visit)
}

// statusRecorder remembers the status of the answer for the log.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// Unwrap lets [http.ResponseController] reach Flush and Hijack.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusRecorder) WriteHeader(status int) {
	if w.status == 0 && (status >= http.StatusOK) {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusRecorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Hijack is called when the app has agreed to speak another protocol; the proxy
// then writes the status itself.
func (w *statusRecorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.status = http.StatusSwitchingProtocols
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// logVisit writes the one line that a request leaves in the log.
func logVisit(log *slog.Logger, r *http.Request, v *visit, status int) {
	if status == 0 {
		status = http.StatusOK // what net/http sends for a handler that wrote nothing
		if r.Context().Err() != nil {
			status = statusClientGone
		}
	}
	attrs := []slog.Attr{
		slog.String("request_id", v.requestID),
		slog.String("method", r.Method),
		slog.String("route", r.URL.Path[:min(len(r.URL.Path), maxLoggedPath)]),
		slog.Int("status", status),
		slog.Float64("duration_ms", float64(time.Since(v.started).Microseconds())/1000),
	}
	if v.caller != nil {
		attrs = append(attrs, slog.String("user_id", v.caller.User.ID))
	}
	level := slog.LevelInfo
	if v.cause != nil && !errors.Is(v.cause, errNotSignedIn) && !errors.Is(v.cause, context.Canceled) {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("error", v.cause.Error()))
	}
	log.LogAttrs(r.Context(), level, "request", attrs...)
}
