package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

func prefixes(list ...string) (parsed []netip.Prefix) {
	for _, s := range list {
		parsed = append(parsed, netip.MustParsePrefix(s))
	}
	return parsed
}

func TestHeadersOfTheHost(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	for _, path := range []string{"/api/hello/x", "/healthz", "/nothing", "/"} {
		a := h.get(t, path, signedIn...)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if got := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") || !strings.Contains(got, "frame-ancestors 'self'") {
			t.Errorf("%s: policy is %q", path, got)
		}
		if a.Header.Get("Cache-Control") == "" {
			t.Errorf("%s may be cached by anybody", path)
		}
	}
	if got := h.get(t, "/", as("X-Forwarded-Proto", "https")...).Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("no HSTS on https")
	}
}

func TestHeadersThatAPluginCannotSend(t *testing.T) {
	t.Parallel()
	forbidden := []string{
		"Set-Cookie", "Server", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Strict-Transport-Security",
		"Clear-Site-Data", "Refresh", "Keep-Alive", "Upgrade", "Service-Worker-Allowed", "Alt-Svc", "X-Frame-Options",
	}
	own := map[string]string{
		"Content-Security-Policy": "default-src *", "X-Content-Type-Options": "sniff", "X-Request-Id": "forged", "Referrer-Policy": "unsafe-url",
		"Cross-Origin-Opener-Policy": "unsafe-none", "Cross-Origin-Resource-Policy": "cross-origin",
	}
	allowed := map[string]string{"Etag": `"1"`, "Content-Type": "text/html", "Cache-Control": "max-age=5", "X-Total-Count": "7", "Location": "/x", "Content-Language": "de"}
	h := start(t, api(plugin.Route{}, func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
		for _, name := range forbidden {
			w.Header().Set(name, "mine")
		}
		for _, headers := range []map[string]string{own, allowed} {
			for name, value := range headers {
				w.Header()[name] = []string{value, value}
			}
		}
		w.WriteHeader(http.StatusCreated)
		return nil
	}))
	a := h.get(t, "/api/hello/x", as("X-Request-Id", "real")...)
	if a.StatusCode != http.StatusCreated {
		t.Error(a.Status)
	}
	for _, name := range forbidden {
		if got := a.Header.Values(name); got != nil {
			t.Errorf("%s passed: %q", name, got)
		}
	}
	for name, value := range own {
		if got := a.Header.Values(name); len(got) != 1 || got[0] == value {
			t.Errorf("%s is %q", name, got)
		}
	}
	for name, value := range allowed {
		if got := a.Header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func TestFailureDropsWhatThePluginHadSet(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Length", "5")
		return io.ErrUnexpectedEOF
	}))
	if p := h.get(t, "/api/hello/x", signedIn...).problem(t); p.Status != 500 {
		t.Errorf("problem is %+v", p)
	}
}

func TestBrokenOffResponseAbortsTheConnection(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func() error{
		"by the border": func() error { return &wire.AbortedError{Err: io.ErrUnexpectedEOF} },
		"by a panic":    func() error { panic("boom") },
		"by an abort":   func() error { panic(http.ErrAbortHandler) },
		"by an error":   func() error { return io.ErrClosedPipe },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, api(plugin.Route{}, func(w http.ResponseWriter, _ *http.Request, _ wire.Exchange) error {
				if _, err := io.WriteString(w, "a piece"); err != nil {
					return err
				}
				if err := http.NewResponseController(w).Flush(); err != nil {
					return err
				}
				return end()
			}))
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+"/api/hello/x", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(signedIn); i += 2 {
				r.Header.Set(signedIn[i], signedIn[i+1])
			}
			r.Header.Set("X-Request-Id", "broken")
			resp, err := h.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err == nil || string(body) != "a piece" {
				t.Errorf("body is %q, error %v", body, err)
			}
			if line := h.log.find(t, "broken"); line["level"] != "ERROR" || line["status"] != 200.0 || line["error"] == "" {
				t.Errorf("line is %v", line)
			}
		})
	}
}

// recorder is a writer without deadlines or flushing.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) Flush() {}

func TestWriterWithoutDeadlines(t *testing.T) {
	t.Parallel()
	handler := newHandler(t, api(plugin.Route{Auth: plugin.Anyone}, greet), io.Discard)
	w := recorder{httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/hello/x", strings.NewReader("{}"))
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != `{"hello":"world"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
