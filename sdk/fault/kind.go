package fault

import "net/http"

// Kind is the class of an error: what the caller can do about it.
type Kind uint8

// The kinds, each with its HTTP status.
const (
	// Internal (500): a defect of ours. The zero value: unknown is internal.
	Internal Kind = iota
	// Invalid (400): the request is wrong; see Fields.
	Invalid
	// Unauthenticated (401): nobody is signed in, or the token is no longer accepted.
	Unauthenticated
	// Forbidden (403): the user may not do this.
	Forbidden
	// NotFound (404): there is no such thing, or the user may not know of it.
	NotFound
	// MethodNotAllowed (405): the path exists, not with this method.
	MethodNotAllowed
	// Conflict (409): the thing's state does not allow it.
	Conflict
	// Precondition (412): it has changed since the caller read it.
	Precondition
	// TooLarge (413): the body or a header is over its limit.
	TooLarge
	// Unprocessable (422): well-formed, understood and refused, such as a failing SQL statement.
	Unprocessable
	// Exhausted (429): too many requests, or a quota is used up.
	Exhausted
	// Canceled (499): the caller went away.
	Canceled
	// NotImplemented (501): not here, not ever in this version.
	NotImplemented
	// Upstream (502): somebody behind us gave an answer that makes no sense.
	Upstream
	// Unavailable (503): not now.
	Unavailable
	// Timeout (504): it took too long.
	Timeout
	// NotEnabled (404): a plugin that this application does not run.
	NotEnabled
)

// statusClientClosedRequest is the status that proxies log for a client that left; nobody receives it.
const statusClientClosedRequest = 499

var kinds = [...]struct {
	name     string
	status   int
	sentence string
}{
	Internal:         {"INTERNAL", http.StatusInternalServerError, "Something went wrong on our side. Quote the request id when you report it."},
	Invalid:          {"INVALID", http.StatusBadRequest, "The request is not valid."},
	Unauthenticated:  {"UNAUTHENTICATED", http.StatusUnauthorized, "You are not signed in, or your session has expired. Sign in again."},
	Forbidden:        {"FORBIDDEN", http.StatusForbidden, "You do not have permission to do this."},
	NotFound:         {"NOT_FOUND", http.StatusNotFound, "There is nothing at this address."},
	MethodNotAllowed: {"METHOD_NOT_ALLOWED", http.StatusMethodNotAllowed, "This address does not take this method."},
	Conflict:         {"CONFLICT", http.StatusConflict, "The current state does not allow this."},
	Precondition:     {"PRECONDITION_FAILED", http.StatusPreconditionFailed, "It was changed in the meantime. Reload and try again."},
	TooLarge:         {"TOO_LARGE", http.StatusRequestEntityTooLarge, "The request is too large."},
	Unprocessable:    {"UNPROCESSABLE", http.StatusUnprocessableEntity, "The request was understood and refused."},
	Exhausted:        {"EXHAUSTED", http.StatusTooManyRequests, "Too many requests. Try again in a moment."},
	Canceled:         {"CANCELED", statusClientClosedRequest, "The request was cancelled."},
	NotImplemented:   {"NOT_IMPLEMENTED", http.StatusNotImplemented, "This is not supported."},
	Upstream:         {"UPSTREAM", http.StatusBadGateway, "A service behind this page gave no usable answer."},
	Unavailable:      {"UNAVAILABLE", http.StatusServiceUnavailable, "This is not available right now. Try again in a moment."},
	Timeout:          {"TIMEOUT", http.StatusGatewayTimeout, "It took too long. Try again, or ask for less."},
	NotEnabled:       {"NOT_ENABLED", http.StatusNotFound, "This part of the application is not enabled."},
}

// Kinds returns all kinds.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

// String returns the kind's name: "NOT_FOUND".
func (k Kind) String() string { return k.entry().name }

// Status returns the kind's HTTP status.
func (k Kind) Status() int { return k.entry().status }

// Retryable says whether errors of this kind usually pass by themselves.
func (k Kind) Retryable() bool {
	return k == Exhausted || k == Unavailable || k == Timeout
}

func (k Kind) sentence() string { return k.entry().sentence }

func (k Kind) entry() *struct {
	name     string
	status   int
	sentence string
} {
	if int(k) >= len(kinds) {
		k = Internal
	}
	return &kinds[k]
}

// ParseKind returns the kind of a name, and Internal for an unknown one.
func ParseKind(name string) Kind {
	for i := range kinds {
		if kinds[i].name == name {
			return Kind(i)
		}
	}
	return Internal
}
