package supervisor

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/identity"
	"corbel.example/sdk/wire"
)

func TestExchangesAreToldOf(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "caller", "one"), faultyPlugin(t, "good", "callee"))
	h.mu.Lock()
	backend := h.mounted[0].Backend
	h.mu.Unlock()
	target := "/api/one/public/call?target=callee&url=" + url.QueryEscape("/api/callee/public/slow")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	user := identity.Identity{User: identity.User{ID: "ana"}}
	if err := backend.Forward(&statusWriter{ResponseWriter: httptest.NewRecorder()}, r, wire.Exchange{RequestID: "r-7", Identity: user}); err != nil {
		t.Fatal(err)
	}
	gone := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/one/public/panic", http.NoBody)
	if err := backend.Forward(httptest.NewRecorder(), gone, wire.Exchange{RequestID: "r-8", Timeout: patience}); err == nil {
		t.Fatal("a plugin that is gone answers")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at := func(plugin, request string) Exchange {
		i := slices.IndexFunc(h.ended, func(x Exchange) bool { return x.Plugin == plugin && x.RequestID == request })
		if i < 0 {
			t.Fatalf("nobody tells of %s %s: %+v", plugin, request, h.ended)
		}
		return h.ended[i]
	}
	outer, inner, lost := at("one", "r-7"), at("callee", "r-7"), at("one", "r-8")
	if outer.Caller != "" || outer.Status != http.StatusOK || outer.Method != http.MethodGet || outer.Path != "/api/one/public/call" || outer.UserID != "ana" {
		t.Errorf("the exchange: %+v", outer)
	}
	if inner.Caller != "one" || inner.Status != http.StatusOK || inner.UserID != "ana" || inner.Duration < 300*time.Millisecond || inner.Duration > outer.Duration {
		t.Errorf("the call of another plugin: %+v in %+v", inner, outer)
	}
	if lost.Status < http.StatusInternalServerError {
		t.Errorf("the exchange that nobody answered: %+v", lost)
	}
}

// TestRecordsBelowTheLogsLevel go to Unlogged, at a rate of their own.
func TestRecordsBelowTheLogsLevel(t *testing.T) {
	t.Parallel()
	var logged, unlogged bytes.Buffer
	all := &slog.HandlerOptions{Level: slog.LevelDebug}
	l := newPluginLog(slog.NewJSONHandler(&logged, nil), slog.NewJSONHandler(&unlogged, all), "demo", 1, 3)
	for range 10 {
		l.records([]wire.LogRecord{{Time: time.Now(), Level: slog.LevelDebug, Message: "a call", Attrs: []byte(`{"request_id":"r-1"}`)}}, 0)
	}
	l.records([]wire.LogRecord{{Time: time.Now(), Message: "a line"}}, 0)
	if n := strings.Count(unlogged.String(), `"msg":"a call","plugin":"demo","request_id":"r-1"`); n != 3 {
		t.Errorf("%d records are remembered, want 3:\n%s", n, unlogged.String())
	}
	if text := logged.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "a line") || l.dropped.Load() != 0 {
		t.Errorf("%d dropped, the log:\n%s", l.dropped.Load(), text)
	}
}
