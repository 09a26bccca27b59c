package fault

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Problem is a fault as RFC 9457 problem details: what a client sees.
type Problem struct {
	Type      string  `json:"type"`
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail,omitempty"`
	Code      string  `json:"code"`
	RequestID string  `json:"request_id,omitempty"`
	Retryable bool    `json:"retryable"`
	Errors    []Field `json:"errors,omitempty"`
}

// ProblemContentType is the media type of a Problem.
const ProblemContentType = "application/problem+json"

// Problem returns what a client may see of the fault: neither its cause nor its operation.
func (e *Error) Problem(requestID string) Problem {
	status := e.Kind.Status()
	title := http.StatusText(status)
	if title == "" {
		title = e.Kind.String()
	}
	return Problem{
		Type: "about:blank", Title: title, Status: status, Detail: e.UserMessage(),
		Code: e.ErrorCode(), RequestID: requestID, Retryable: e.Retryable, Errors: e.Fields,
	}
}

// Failer is a ResponseWriter that takes a fault as it is. The SDK's response writers are: the fault then crosses to the
// host unchanged and becomes HTTP there, once.
type Failer interface {
	// Fail ends the exchange with err. It does nothing when the response has begun.
	Fail(err error)
}

// Fail ends an exchange with err: through w when it is (or wraps) a Failer, else as a Problem. requestID is used only in the latter case.
func Fail(w http.ResponseWriter, err error, requestID string) {
	for v := w; ; {
		switch t := v.(type) {
		case Failer:
			t.Fail(err)
			return
		case interface{ Unwrap() http.ResponseWriter }:
			v = t.Unwrap()
			continue
		}
		break
	}
	WriteProblem(w, From(err), requestID)
}

// WriteProblem answers with the fault's Problem.
func WriteProblem(w http.ResponseWriter, e *Error, requestID string) {
	h := w.Header()
	h.Set("Content-Type", ProblemContentType)
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	h.Del("Content-Encoding")
	h.Del("ETag")
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.FormatInt(int64((e.RetryAfter+time.Second-1)/time.Second), 10))
	}
	problem := e.Problem(requestID)
	w.WriteHeader(problem.Status)
	// The client may be gone: there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(problem)
}

// FromRequest turns what reading a request body can give into a fault: a body over its limit, a cut-off or malformed one. A fault
// stays what it is.
func FromRequest(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return Wrap(TooLarge, err, "The request body is larger than the "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes that this address takes.")
	}
	return Wrap(Invalid, err, "The request body could not be read.")
}
