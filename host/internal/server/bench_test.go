package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"corbel.example/sdk/plugin"
)

// BenchmarkStages is a request of a signed-in user through all stages and the mount table, with its line in the log, to a
// handler that does nothing.
func BenchmarkStages(b *testing.B) {
	o := api(plugin.Route{Method: http.MethodGet, Pattern: "/api/hello/{name}"}, greet)
	handler := newHandler(b, o, io.Discard)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/api/hello/world", http.NoBody)
	r.RemoteAddr = "127.0.0.1:5"
	for i := 0; i < len(signedIn); i += 2 {
		r.Header.Set(signedIn[i], signedIn[i+1])
	}
	r.Header.Set("X-Request-Id", "0f6bd46a-35f7-4b1d-9d43-6ba6b4e7b8b6")
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	r.Header.Set("Accept-Language", "en-GB,en;q=0.9")
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(&discard{header: http.Header{}}, r)
	}
}

// discard is a writer that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
