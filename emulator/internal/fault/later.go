package fault

import (
	"net/http"
	"strings"
	"time"
)

// oversize is the length of an oversized event.
const oversize = 2 << 20

// later passes an answer on until as many of its events have been sent as the rule says. With the next
// one comes the fault.
type later struct {
	http.ResponseWriter
	rule    *Rule
	request *http.Request
	sent    int
	over    bool // the fault has come
}

func (l *later) Write(data []byte) (int, error) {
	if l.over || l.sent < l.rule.After {
		return l.ResponseWriter.Write(data)
	}
	l.over = true
	switch l.rule.Kind {
	case Latency:
		if !l.rule.wait(l.request) {
			return 0, l.request.Context().Err()
		}
		return l.ResponseWriter.Write(data)
	case Garbage:
		return l.instead(data, "data: \x00\xff{\"]\n\n")
	case Oversized:
		return l.instead(data, "data: \""+strings.Repeat("x", oversize)+"\"\n\n")
	case Half:
		l.ResponseWriter.Write(data[:len(data)/2])
		if err := l.FlushError(); err != nil {
			return 0, err // the client is gone already
		}
	}
	panic(http.ErrAbortHandler)
}

// instead sends something else, of which the handler knows nothing.
func (l *later) instead(data []byte, event string) (int, error) {
	if _, err := l.ResponseWriter.Write([]byte(event)); err != nil {
		return 0, err
	}
	return len(data), nil
}

// FlushError counts an event: handlers flush each.
func (l *later) FlushError() error {
	l.sent++
	return http.NewResponseController(l.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (l *later) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// wait waits for the rule's latency, or returns false when the client leaves before.
func (r *Rule) wait(req *http.Request) bool {
	timer := time.NewTimer(r.latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-req.Context().Done():
		return false
	}
}
