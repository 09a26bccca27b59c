package server_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestBoard(t *testing.T) {
	t.Parallel()
	h := start(t, options{backend: greet})
	for _, test := range []struct {
		method, path string
		status       int
		want         string // in the body
	}{
		{"GET", "/plugins", 200, "view plugins for 1.000"},
		{"GET", "/plugins/hello", 200, "view plugin hello"},
		{"GET", "/plugins/absent", 404, "NOT_FOUND"},
		{"GET", "/plugins/hello/restart", 404, "NOT_FOUND"},
		{"GET", "/requests?id=r-1", 404, "view request r-1"},
		{"GET", "/_fragment/-/plugins?x=1", 200, "part plugins"},
		{"GET", "/api/plugins", 200, `["hello"]`},
		{"GET", "/api/plugins/hello", 200, `"hello"`},
		{"POST", "/plugins/hello/restart", 303, ""},
		{"POST", "/plugins/other/restart", 403, "FORBIDDEN"},
		{"POST", "/plugins/hello", 404, "NOT_FOUND"},
		{"POST", "/plugins", 405, "METHOD_NOT_ALLOWED"},
		{"PUT", "/requests", 405, "METHOD_NOT_ALLOWED"},
	} {
		a := h.send(t, test.method, test.path, nil, as("Accept-Language", "de-DE,de;q=0.9", "Accept", "text/html")...)
		if a.StatusCode != test.status || !strings.Contains(a.body, test.want) {
			t.Errorf("%s %s: status %d, want %d with %q: %s", test.method, test.path, a.StatusCode, test.status, test.want, a.body)
		}
		if a.StatusCode == http.StatusSeeOther && a.Header.Get("Location") != "/plugins/hello?restarted" {
			t.Errorf("%s leads to %q", test.path, a.Header.Get("Location"))
		}
	}
	// Another site's page cannot restart anything.
	if a := h.send(t, "POST", "/plugins/hello/restart", nil, as("Sec-Fetch-Site", "cross-site")...); a.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: status %d", a.StatusCode)
	}
	if a := h.send(t, "POST", "/plugins/hello/restart", strings.NewReader(strings.Repeat("x", 4<<10)), as()...); a.StatusCode >= 500 {
		t.Errorf("with a body: status %d", a.StatusCode)
	}
}
