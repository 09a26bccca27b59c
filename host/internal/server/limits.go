package server

import (
	"net/http"
	"strings"
	"time"

	"corbel.example/sdk/fault"
)

const (
	// maxHeaderLines bounds how many header lines a request has; their size is bounded by net/http.
	maxHeaderLines = 100
	// busyRetryAfter is what a client is told when too many requests are under way.
	busyRetryAfter = time.Second
)

// limit bounds what a call may cost: how many there are at once and how many headers they have. The body is bounded from
// the beginning (entry) and, where the route has limits of its own, again there.
func (s *Server) limit(next handler) handler {
	return func(c *call) error {
		if s.underWay.Add(1) > s.maxUnderWay {
			s.underWay.Add(-1)
			return fault.New(fault.Unavailable, "Too many requests are under way. Try again in a moment.").WithCode("BUSY").WithRetryAfter(busyRetryAfter)
		}
		defer s.underWay.Add(-1)
		if headerLines(c.r.Header) > maxHeaderLines {
			return fault.Newf(fault.TooLarge, "The request has more than %d header lines.", maxHeaderLines)
		}
		if c.r.Header["Upgrade"] != nil && asksForUpgrade(c.r.Header) {
			return fault.New(fault.NotImplemented, "Connections cannot be upgraded to another protocol here.").WithCode("UPGRADE")
		}
		return next(c)
	}
}

func headerLines(h http.Header) (n int) {
	for _, values := range h {
		n += len(values)
	}
	return n
}

func asksForUpgrade(h http.Header) bool {
	for _, line := range h["Connection"] {
		for token := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "upgrade") {
				return true
			}
		}
	}
	return false
}
