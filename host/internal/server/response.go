package server

import (
	"net/http"
	"strings"
	"time"

	"corbel.example/sdk/correlation"
	"corbel.example/web"
)

// writePolicy is what holds for every response of a server.
type writePolicy struct {
	// timeout is for the client to accept the next bytes.
	timeout time.Duration
}

// response is the writer that handlers get. It gives every response the host's headers, takes from plugins what is not
// theirs to say, keeps count for the log, and lets no client hold up a write for ever.
type response struct {
	next     http.ResponseWriter
	deadline interface{ SetWriteDeadline(time.Time) error } // nil when next has none
	policy   writePolicy
	until    time.Time // of the deadline that is set

	requestID  string
	https      bool
	fromPlugin bool
	unread     *body // whose rest ends the connection if there is any when the response begins; nil for none

	began  bool
	status int
	bytes  int64
}

func newResponse(next http.ResponseWriter, policy writePolicy) *response {
	w := &response{next: next, policy: policy}
	w.deadline, _ = next.(interface{ SetWriteDeadline(time.Time) error })
	return w
}

// own says that what follows is written by the host, even if a plugin's answer was expected.
func (w *response) own() { w.fromPlugin = false }

// Header returns the headers that WriteHeader will send.
func (w *response) Header() http.Header { return w.next.Header() }

// Status is the answer's, 0 before there is one.
func (w *response) Status() int { return w.status }

// Unwrap serves http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.next }

// WriteHeader sends the status and headers.
func (w *response) WriteHeader(status int) {
	if w.began {
		return
	}
	w.extend()
	if status >= 100 && status < 200 {
		w.next.WriteHeader(status) // informational: the response follows
		return
	}
	w.began, w.status = true, status
	h := w.next.Header()
	if w.fromPlugin {
		removeForeign(h)
		takeTheme(w)
	}
	w.addOwn(h)
	if w.unread != nil && !w.unread.ended.Load() {
		// Were the connection used again, what comes late of the body would be taken for a request: one that its sender has forged.
		h.Set("Connection", "close")
	}
	w.next.WriteHeader(status)
}

// Write sends a piece of the body.
func (w *response) Write(p []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	w.extend()
	n, err := w.next.Write(p)
	w.bytes += int64(n)
	return n, err
}

// FlushError sends what is buffered. http.ResponseController and http.Flusher's users come here.
func (w *response) FlushError() error {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	w.extend()
	return http.NewResponseController(w.next).Flush()
}

// Flush is FlushError for those who ask for an http.Flusher.
func (w *response) Flush() {
	// Whoever wants to know asks FlushError.
	_ = w.FlushError()
}

// finish makes sure that there was a response.
func (w *response) finish() {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
}

// extend moves the write deadline on. Moving it costs a system timer, so that it moves at most twice per timeout.
func (w *response) extend() {
	if w.deadline == nil {
		return
	}
	now := time.Now()
	if w.until.Sub(now) > w.policy.timeout/2 {
		return
	}
	w.until = now.Add(w.policy.timeout)
	// A connection without deadlines is written to without.
	_ = w.deadline.SetWriteDeadline(w.until)
}

// Values are shared by all responses: nothing changes a header's list in place.
var (
	noSniff        = []string{"nosniff"}
	referrerPolicy = []string{"same-origin"}
	sameOriginOnly = []string{"same-origin"}
	pagePolicy     = []string{web.ContentSecurityPolicy}
	dataPolicy     = []string{"default-src 'none'; frame-ancestors 'self'"}
	strictHTTPS    = []string{"max-age=31536000"}
	privateCache   = []string{"private, no-cache"}
)

// addOwn sets the host's own headers.
func (w *response) addOwn(h http.Header) {
	h[correlation.Header] = []string{w.requestID}
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = referrerPolicy
	h["Cross-Origin-Opener-Policy"] = sameOriginOnly
	h["Cross-Origin-Resource-Policy"] = sameOriginOnly
	h["Content-Security-Policy"] = dataPolicy
	if t := h["Content-Type"]; len(t) == 0 || isMarkup(t[0]) {
		h["Content-Security-Policy"] = pagePolicy
	}
	if w.https {
		h["Strict-Transport-Security"] = strictHTTPS
	}
	if len(h["Cache-Control"]) == 0 {
		h["Cache-Control"] = privateCache
	}
}

// isMarkup says whether a browser makes a document of the type.
func isMarkup(contentType string) bool {
	return strings.HasPrefix(contentType, "text/html") || strings.Contains(contentType, "xml")
}

// removeForeign removes what a plugin has no say in: the session, the connection, and the rules that the browser keeps for
// the whole origin.
func removeForeign(h http.Header) {
	for name := range h {
		switch name {
		case "Set-Cookie", "Set-Cookie2", "Server", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Upgrade",
			"Strict-Transport-Security", "Content-Security-Policy-Report-Only", "X-Frame-Options", "Clear-Site-Data", "Alt-Svc",
			"Refresh", "Service-Worker-Allowed", "Www-Authenticate", "Reporting-Endpoints", "Report-To", "Nel", "Permissions-Policy",
			"Cross-Origin-Embedder-Policy", "Origin-Agent-Cluster", "X-Powered-By", "X-Xss-Protection", "Public-Key-Pins":
			delete(h, name)
		default:
			if strings.HasPrefix(name, "Access-Control-") {
				delete(h, name)
			}
		}
	}
}
