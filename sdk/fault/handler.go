package fault

import (
	"net/http"

	"corbel.example/sdk/correlation"
)

// HandlerFunc is an http.Handler that may return an error, which ends the exchange as a fault.
type HandlerFunc func(http.ResponseWriter, *http.Request) error

// ServeHTTP calls f.
func (f HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := f(w, r); err != nil {
		Fail(w, err, correlation.RequestID(r.Context()))
	}
}
