package fault

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
)

// Inject gives requests the faults of the set on their way to next. user tells who makes a
// request, or "".
func (s *Set) Inject(user func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rule, ok := s.take(r.Method, r.URL.Path, func() string { return user(r) })
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		rule.serve(w, r, next)
	})
}

func (r *Rule) serve(w http.ResponseWriter, req *http.Request, next http.Handler) {
	if r.After > 0 {
		next.ServeHTTP(&later{ResponseWriter: w, rule: r, request: req}, req)
		return
	}
	switch r.Kind {
	case Latency:
		if r.wait(req) {
			next.ServeHTTP(w, req)
		}
	case RateLimit:
		w.Header().Set("Retry-After", strconv.Itoa(max(r.RetryAfter, 1)))
		refuse(w, http.StatusTooManyRequests, "REQUEST_LIMIT_EXCEEDED", "Too many requests. Try again later.")
	case Internal:
		refuse(w, http.StatusInternalServerError, "INTERNAL_ERROR", "Internal error.")
	case Unavailable:
		refuse(w, http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable.")
	case ExpiredToken:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		w.Write([]byte(`{"error_code":403,"message":"Invalid access token."}`))
	case Garbage:
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte("\x00\xff{\"]"))
	case Half:
		half(w, req, next)
	case Drop:
		panic(http.ErrAbortHandler)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error_code":%q,"message":%q}`, code, message)
}

// half sends the first half of the answer, with the length of the whole.
func half(w http.ResponseWriter, req *http.Request, next http.Handler) {
	whole := &answer{header: w.Header()}
	next.ServeHTTP(whole, req)
	w.Header().Set("Content-Length", strconv.Itoa(whole.body.Len()))
	w.WriteHeader(max(whole.status, http.StatusOK))
	w.Write(whole.body.Bytes()[:whole.body.Len()/2])
	if err := http.NewResponseController(w).Flush(); err != nil {
		return // the client is gone already
	}
	panic(http.ErrAbortHandler)
}

// answer keeps an answer. Those of the APIs are bounded: see package api.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(data []byte) (int, error) { return a.body.Write(data) }
