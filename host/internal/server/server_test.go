package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/supervisor"
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

func TestExchangeOfAPlugin(t *testing.T) {
	t.Parallel()
	var got wire.Exchange
	var host, user string
	o := api(plugin.Route{Method: http.MethodGet, Timeout: time.Second, MaxBodyBytes: 7}, func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		got, host = x, r.Host
		id, _ := identity.FromContext(r.Context())
		user = id.User.Name + " in " + correlation.RequestID(r.Context())
		return greet(w, r, x)
	})
	h := start(t, o)
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	a := h.get(t, "/api/hello/world", as("X-Request-Id", "r-1", "Traceparent", trace, "Accept-Language", "de-CH, de;q=0.9",
		"X-Forwarded-Host", "app.example", "X-Forwarded-Proto", "https")...)
	if a.StatusCode != http.StatusOK || a.body != `{"hello":"world"}` {
		t.Fatalf("%s: %s", a.Status, a.body)
	}
	if token := got.Identity.AccessToken.Reveal(); token != "dapi-secret" {
		t.Errorf("token is %q", token)
	}
	got.Identity = identity.Identity{User: got.Identity.User}
	want := wire.Exchange{
		RequestID: "r-1", Traceparent: trace, Timeout: time.Second, MaxBodyBytes: 7, Locale: "de-CH", Scheme: "https",
		Identity: identity.Identity{User: identity.User{ID: "u1", Email: "ada@example.com", Name: "Ada"}},
	}
	if got != want {
		t.Errorf("exchange is %+v, want %+v", got, want)
	}
	if host != "app.example" || user != "Ada in r-1" {
		t.Errorf("host %q, context %q", host, user)
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{Auth: plugin.Anyone}, greet))
	long := strings.Repeat("a", 128)
	for name, test := range map[string]struct {
		sent []string
		kept bool
	}{
		"valid":           {[]string{"abc.DEF_1-2"}, true},
		"longest":         {[]string{long}, true},
		"absent":          {nil, false},
		"empty":           {[]string{""}, false},
		"too long":        {[]string{long + "a"}, false},
		"unicode":         {[]string{"r\u00e9quest"}, false},
		"percent":         {[]string{"a%0Ab"}, false},
		"space":           {[]string{"a b"}, false},
		"forged log line": {[]string{`","level":"ERROR`}, false},
		"two":             {[]string{"a", "b"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var headers []string
			for _, v := range test.sent {
				headers = append(headers, "X-Request-ID", v)
			}
			for _, path := range []string{"/api/hello/x", "/healthz", "/nothing"} {
				got := h.get(t, path, headers...).Header.Values("X-Request-Id")
				switch {
				case len(got) != 1 || !correlation.Valid(got[0]):
					t.Errorf("%s: request id is %q", path, got)
				case test.kept != (len(test.sent) == 1 && got[0] == test.sent[0]):
					t.Errorf("%s: request id is %q", path, got)
				}
			}
		})
	}
}

func TestSignInIsNeeded(t *testing.T) {
	t.Parallel()
	o := api(plugin.Route{Pattern: "/api/hello/private"}, greet)
	o.manifest.Routes = append(o.manifest.Routes, plugin.Route{Pattern: "/api/hello/public", Auth: plugin.Anyone})
	h := start(t, o)
	for path, want := range map[string]int{
		"/api/hello/private": 401, "/api/hello/public": 200, "/api/user/me": 401, "/": 401,
		"/healthz": 200, "/readyz": 200, "/assets/x/y": 404,
	} {
		a := h.get(t, path)
		if a.StatusCode != want {
			t.Errorf("%s: %s", path, a.Status)
		}
		if want == http.StatusUnauthorized {
			if p := a.problem(t); p.Code != "UNAUTHENTICATED" || a.Header.Get("Www-Authenticate") == "" {
				t.Errorf("%s: %+v", path, p)
			}
		}
		if a := h.get(t, path, signedIn...); want != 404 && a.StatusCode != http.StatusOK {
			t.Errorf("%s: signed in: %s", path, a.Status)
		}
	}
}

func TestWhatIsNowhereIsAProblemToo(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	for i, target := range []string{"*", "/assets/0/none.css", "/assets/", "//x", "/healthz/x"} {
		id := fmt.Sprintf("nowhere-%d", i)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.URL.Path, r.RequestURI = target, target
		r.Header.Set("X-Request-Id", id)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		p := answer{w.Result(), w.Body.String()}.problem(t)
		if p.Status != http.StatusNotFound || p.RequestID != id || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s: %+v with headers %v", target, p, w.Header())
		}
		if line := h.log.find(t, id); line["status"] != 404.0 {
			t.Errorf("GET %s: line is %v", target, line)
		}
	}
}

func TestRefusedIdentityIsAnsweredAndLogged(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	a := h.get(t, "/api/hello/x", as("X-Forwarded-User", "u2", "X-Request-Id", "forged")...)
	if p := a.problem(t); p.Status != 400 || p.RequestID != "forged" || !strings.Contains(p.Detail, "X-Forwarded-User") {
		t.Errorf("problem is %+v", p)
	}
	if line := h.log.find(t, "forged"); line["status"] != 400.0 || line["code"] != "INVALID" {
		t.Errorf("line is %v", line)
	}
}

func TestForgedHeadersOfAStranger(t *testing.T) {
	t.Parallel()
	// Only 192.0.2.1 is trusted here, and the test's peer is another one.
	o := api(plugin.Route{}, greet)
	o.settings = func(s *config.Server) { s.Host, s.TrustedProxies = "0.0.0.0", prefixes("192.0.2.1/32") }
	h := start(t, o)
	a := h.get(t, "/api/hello/x", signedIn...)
	if a.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s: %s", a.Status, a.body)
	}
	if !strings.Contains(h.log.String(), "identity headers ignored") || strings.Contains(h.log.String(), "dapi-secret") {
		t.Errorf("log is %s", h.log)
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	for name, test := range map[string]struct {
		method  string
		headers []string
		want    int
	}{
		"same origin":             {"POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"no browser":              {"POST", nil, 200},
		"same host by Origin":     {"POST", []string{"Origin", "https://app.example", "X-Forwarded-Host", "app.example", "X-Forwarded-Proto", "https"}, 200},
		"other site":              {"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"other site, same domain": {"POST", []string{"Sec-Fetch-Site", "same-site"}, 403},
		"other host by Origin":    {"POST", []string{"Origin", "https://evil.example", "X-Forwarded-Host", "app.example"}, 403},
		"null origin":             {"DELETE", []string{"Origin", "null"}, 403},
		"link from elsewhere":     {"GET", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := h.send(t, test.method, "/api/hello/x", nil, as(test.headers...)...)
			if a.StatusCode != test.want {
				t.Fatalf("%s: %s", a.Status, a.body)
			}
			if test.want == http.StatusForbidden {
				if p := a.problem(t); p.Code != "CROSS_ORIGIN" {
					t.Errorf("problem is %+v", p)
				}
			}
		})
	}
}

func TestErrorsAsProblemAndAsPage(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial unix /run/secret.sock: token dapi-secret")
	o := api(plugin.Route{Method: http.MethodGet, Pattern: "/api/hello/{what}"}, func(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		switch r.PathValue("what") {
		case "fault":
			return fault.Wrap(fault.Unavailable, cause, "The warehouse starts.").WithCode("WAREHOUSE_STARTING").WithRetryAfter(1500 * time.Millisecond)
		case "panic":
			panic(cause)
		default:
			return cause
		}
	})
	h := start(t, o)
	for name, test := range map[string]struct {
		method, path string
		status       int
		code, header string
	}{
		"fault":                  {"GET", "/api/hello/fault", 503, "WAREHOUSE_STARTING", "Retry-After: 2"},
		"panic":                  {"GET", "/api/hello/panic", 500, "INTERNAL", ""},
		"unclassified":           {"GET", "/api/hello/other", 500, "INTERNAL", ""},
		"no such path":           {"GET", "/api/nobody", 404, "NOT_FOUND", ""},
		"path to clean":          {"GET", "/api//hello/fault", 404, "NOT_FOUND", ""},
		"other method":           {"POST", "/api/hello/fault", 405, "METHOD_NOT_ALLOWED", "Allow: GET, HEAD"},
		"unheard of method":      {"BREW", "/api/hello/fault", 405, "METHOD_NOT_ALLOWED", "Allow: GET, HEAD"},
		"other method of health": {"DELETE", "/healthz", 405, "METHOD_NOT_ALLOWED", "Allow: GET, HEAD"},
		"options of health":      {"OPTIONS", "/healthz", 405, "METHOD_NOT_ALLOWED", "Allow: GET, HEAD"},
		"fragment without id":    {"GET", "/_fragment/hello", 404, "NOT_FOUND", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check := func(a answer) {
				t.Helper()
				if a.StatusCode != test.status || strings.Contains(a.body, "secret") {
					t.Errorf("%s: %s", a.Status, a.body)
				}
				if header, value, ok := strings.Cut(test.header, ": "); ok && a.Header.Get(header) != value {
					t.Errorf("%s is %q", header, a.Header.Get(header))
				}
			}
			id := strings.ReplaceAll(name, " ", "-")
			a := h.send(t, test.method, test.path, nil, as("X-Request-Id", id)...)
			check(a)
			if p := a.problem(t); p.Code != test.code || p.RequestID != id || p.Status != test.status {
				t.Errorf("problem is %+v", p)
			}
			line := h.log.find(t, id)
			if line["status"] != float64(test.status) || line["code"] != test.code {
				t.Errorf("line is %v", line)
			}
			if _, hasStack := line["stack"]; hasStack != (name == "panic") {
				t.Errorf("stack in the line: %v", hasStack)
			}
			a = h.send(t, test.method, test.path, nil, as("X-Request-Id", id, "Accept", "text/html,*/*;q=0.8")...)
			check(a)
			if want := "error page " + test.code + " " + id; a.body != want {
				t.Errorf("page is %q, want %q", a.body, want)
			}
			if test.method != http.MethodGet {
				return
			}
			a = h.send(t, http.MethodHead, test.path, nil, signedIn...)
			if a.StatusCode != test.status || a.body != "" {
				t.Errorf("HEAD: %s %q", a.Status, a.body)
			}
		})
	}
}

// Pages are told of what may have changed something once the plugin has answered, and of nothing else.
func TestPagesAreToldOfChanges(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]string{
		http.MethodGet: "answered", http.MethodHead: "answered", http.MethodPost: "answered, changed by Ada", http.MethodPut: "answered, changed by Ada",
		http.MethodPatch: "answered, changed by Ada", http.MethodDelete: "answered, changed by Ada",
	} {
		var steps []string
		o := api(plugin.Route{Method: method}, func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
			steps = append(steps, "answered")
			return greet(w, r, x)
		})
		o.changed = func(user string) { steps = append(steps, "changed by "+user) }
		h := start(t, o)
		if a := h.send(t, method, "/api/hello/x", nil, signedIn...); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", method, a.Status)
		}
		h.Close()
		if got := strings.Join(steps, ", "); got != want {
			t.Errorf("%s: %q, want %q", method, got, want)
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{Method: http.MethodGet}, greet))
	for _, path := range []string{"/api/hello/x", "/healthz", "/", "/api/user/me"} {
		if a := h.send(t, http.MethodHead, path, nil, signedIn...); a.StatusCode != http.StatusOK || a.body != "" {
			t.Errorf("%s: %s %q", path, a.Status, a.body)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	o := api(plugin.Route{Method: http.MethodGet, Pattern: "/api/hello/card"}, greet)
	o.manifest.Pages = []plugin.Page{{Path: "/hello", Title: "Hello", Slots: []plugin.Slot{{Name: "main", Fragment: "card"}}}}
	o.manifest.Fragments = []plugin.Fragment{{ID: "card", Path: "/api/hello/card"}}
	h := start(t, o)
	for path, want := range map[string]string{
		"/": "home of Ada", "/hello": "page Hello for Ada", "/_fragment/hello/card": "fragment hello card",
	} {
		a := h.get(t, path, signedIn...)
		if a.body != want {
			t.Errorf("%s: %q", path, a.body)
		}
		if got := a.Header.Get("Content-Security-Policy"); !strings.Contains(got, "script-src 'self'") {
			t.Errorf("%s: policy is %q", path, got)
		}
	}
}

func TestUserMe(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{}, greet))
	a := h.get(t, "/api/user/me", signedIn...)
	want := `{"userName":"ada@example.com","displayName":"Ada","emails":["ada@example.com"],"groups":[],"source":"headers"}`
	if a.body != want || a.Header.Get("Content-Type") != "application/json" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %v", a.body, a.Header)
	}
}

func TestReadyz(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, test := range map[string]struct {
		state    supervisor.State
		required bool
		want     int
	}{
		"ready":               {supervisor.Ready, true, 200},
		"degraded":            {supervisor.Degraded, true, 200},
		"required and failed": {supervisor.Failed, true, 503},
		"required, starting":  {supervisor.Starting, true, 503},
		"required, loops":     {supervisor.CrashLoop, true, 503},
		"only failed":         {supervisor.Failed, false, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := api(plugin.Route{}, greet)
			o.statuses = []supervisor.Status{{Name: "hello", State: test.state, Required: test.required, Message: "why", Version: "1.2.3", Since: since}}
			a := start(t, o).get(t, "/readyz")
			if a.StatusCode != test.want {
				t.Error(a.Status)
			}
			status := map[int]string{200: "ready", 503: "not ready"}[test.want]
			want := fmt.Sprintf(`{"status":%q,"plugins":{"hello":{"state":%q,"required":%v,"message":"why","version":"1.2.3","since":"2026-01-02T03:04:05Z"}}}`,
				status, test.state, test.required)
			if diff := cmp.Diff(want, a.body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadyzTellsStrangersNoMessage(t *testing.T) {
	t.Parallel()
	o := api(plugin.Route{}, greet)
	o.statuses = []supervisor.Status{{Name: "hello", State: supervisor.Failed, Message: "panic: secret"}}
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", http.NoBody)
	r.RemoteAddr = "192.0.2.1:5"
	newHandler(t, o, io.Discard).ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"state":"failed"`) || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	h := start(t, api(plugin.Route{Method: http.MethodGet, Pattern: "/api/hello/{name}"}, greet))
	h.get(t, "/api/hello/a%2Fb?token=hidden", as("X-Request-Id", "logged")...)
	line := h.log.find(t, "logged")
	for key, want := range map[string]any{
		"level": "INFO", "message": "request", "request_id": "logged", "user_id": "u1", "plugin": "hello", "route": "/api/hello/{name}",
		"status": 200.0, "bytes": 17.0, "method": "GET",
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
	if ms, ok := line["duration_ms"].(float64); !ok || ms <= 0 || ms > 5000 {
		t.Errorf("duration_ms is %v", line["duration_ms"])
	}
	if strings.Contains(h.log.String(), "hidden") || strings.Contains(h.log.String(), "dapi-secret") {
		t.Errorf("log is %s", h.log)
	}
}
