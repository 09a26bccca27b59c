package supervisor

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
)

func TestCalls(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "caller", "one"), faultyPlugin(t, "good", "callee"), faultyPlugin(t, "good", "other"))
	for _, test := range []struct {
		name, target, method, path string
		depth                      int
		want                       string // code of the fault, "" for none
	}{
		{"declared", "callee", "GET", "/api/callee/public/pid", 0, ""},
		{"declared, from a call", "callee", "GET", "/api/callee/public/pid", 1, ""},
		{"too deep", "callee", "GET", "/api/callee/public/pid", 2, "CALL_TOO_DEEP"},
		{"other path", "callee", "GET", "/api/callee/write", 0, "CALL_NOT_DECLARED"},
		{"other method", "callee", "POST", "/api/callee/public/pid", 0, "CALL_NOT_DECLARED"},
		{"other plugin", "other", "GET", "/api/other/public/pid", 0, "CALL_NOT_DECLARED"},
		{"path that leaves the declared one", "callee", "GET", "/api/callee/public/../write", 0, "CALL_NOT_DECLARED"},
		{"path of which only the slash is missing", "callee", "GET", "/api/callee/public", 0, "CALL_NOT_DECLARED"},
		{"plugin that is not enabled", "absent", "GET", "/anything", 0, "NOT_ENABLED"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			q := url.Values{"target": {test.target}, "method": {test.method}, "url": {test.path}}
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/one/public/call?"+q.Encode(), http.NoBody)
			w := httptest.NewRecorder()
			err := h.Plugin("one").Forward(w, r, wire.Exchange{Depth: test.depth, Timeout: patience})
			if test.want != "" {
				if f := faultOf(t, err); f.ErrorCode() != test.want {
					t.Errorf("fault %q, want %q", f.ErrorCode(), test.want)
				}
				return
			}
			if err != nil || w.Header().Get("X-Callee-Status") != "200" {
				t.Errorf("answer %d %q, %v", w.Code, w.Body, err)
			}
		})
	}
}

func TestCallsCarryNoHeadersOfIdentity(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "caller", "one"), faultyPlugin(t, "good", "callee"))
	w, err := h.get(t, "one", "call?target=callee&url="+url.QueryEscape("/api/callee/public/headers"))
	if err != nil {
		t.Fatal(err)
	}
	headers := w.Body.String()
	if !strings.Contains(headers, "X-Kept: kept") || strings.Contains(headers, "stolen") || strings.Contains(headers, "root@") {
		t.Errorf("headers that the callee got:\n%s", headers)
	}
}

// TestCallKeepsTheDeadline: the callee never answers.
func TestCallKeepsTheDeadline(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "caller", "one"), faultyPlugin(t, "good", "callee"))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet,
		"/api/one/public/call?target=callee&url="+url.QueryEscape("/api/callee/public/wait"), http.NoBody)
	begun := time.Now()
	f := faultOf(t, h.Plugin("one").Forward(httptest.NewRecorder(), r, wire.Exchange{Timeout: 200 * time.Millisecond}))
	if took := time.Since(begun); f.Kind != fault.Timeout || took > 5*time.Second {
		t.Errorf("%v after %s", f, took)
	}
	for h.Plugin("callee").places.used.Load() > 0 {
		select {
		case <-time.After(time.Millisecond):
		case <-t.Context().Done():
			t.Fatal("the call goes on")
		}
	}
}

// TestCallThatBreaksOff: the callee dies in the middle of its response.
func TestCallThatBreaksOff(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "caller", "one"), faultyPlugin(t, "good", "callee"))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet,
		"/api/one/public/call?target=callee&url="+url.QueryEscape("/api/callee/public/half"), http.NoBody)
	err := h.Plugin("one").Forward(httptest.NewRecorder(), r, wire.Exchange{Timeout: patience})
	if err == nil {
		t.Fatal("the caller took half of a response for the whole")
	}
	h.serves(t, "one")
	h.serves(t, "callee")
}
