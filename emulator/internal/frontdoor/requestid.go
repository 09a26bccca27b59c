package frontdoor

import (
	"net/http"

	"github.com/google/uuid"
)

const (
	requestIDHeader = "X-Request-Id"

	// maxRequestIDLength bounds a caller's own request id, in bytes.
	maxRequestIDLength = 128
)

// requestID returns the caller's request id if it came with one that is fit for
// logs and headers, else a new one.
func requestID(h http.Header) string {
	if ids := h[requestIDHeader]; len(ids) == 1 && validRequestID(ids[0]) {
		return ids[0]
	}
	return uuid.NewString()
}

func validRequestID(id string) bool {
	if id == "" || len(id) > maxRequestIDLength {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}
