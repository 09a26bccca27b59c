package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
)

// fail answers the call with err: here, and nowhere else, errors become HTTP. It says whether the connection must be
// aborted, because the client has a piece of another response already.
func (s *Server) fail(c *call, err error) (abort bool) {
	var broken *wire.AbortedError
	if errors.As(err, &broken) || errors.Is(err, errAborted) || c.w.began {
		return true
	}
	f := faultOf(err)
	c.w.own()
	h := c.w.Header()
	clear(h)
	switch f.Kind {
	case fault.MethodNotAllowed:
		var allowed *mount.AllowedMethods
		if errors.As(err, &allowed) {
			h.Set("Allow", allowed.Allow)
		}
	case fault.Unauthenticated:
		h.Set("WWW-Authenticate", "Bearer")
	default:
	}
	c.w.unread = c.body // rather than wait for what nobody wants of it
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10))
	}
	if wantsPage(c.r) {
		s.pages.ServeError(c.w, c.r, f, c.requestID)
		return false
	}
	fault.WriteProblem(c.w, f, c.requestID)
	return false
}

// faultOf classifies errors of net/http that nobody has classified before.
func faultOf(err error) *fault.Error {
	var f *fault.Error
	var tooLarge *http.MaxBytesError
	if !errors.As(err, &f) && errors.As(err, &tooLarge) {
		return fault.FromRequest(err)
	}
	return fault.From(err)
}

// wantsPage says whether a browser asks for a page, by a link or with a form, and is better served with one when something is
// wrong. Scripts ask for anything or for JSON.
func wantsPage(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }
