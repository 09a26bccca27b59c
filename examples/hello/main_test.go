package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/sdktest"
)

func TestConforms(t *testing.T) {
	sdktest.Conformance(t, func() plugin.Plugin { return &hello{} }, sdktest.Options{Config: json.RawMessage(`{"greeting": "Hello"}`)})
}

func configured(t *testing.T, config string) *hello {
	t.Helper()
	h := &hello{}
	if findings := h.Configure(t.Context(), plugin.Settings{Generation: 1, Config: json.RawMessage(config)}); len(findings) > 0 {
		t.Fatalf("configuration %s: %v", config, findings)
	}
	return h
}

func TestGreetsByName(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	configured(t, `{"greeting": "Good day"}`).Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/api/hello/people/Ada%2FLovelace", nil))
	if got, want := w.Body.String(), "Good day, Ada/Lovelace!\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFragmentEscapesTheCaller(t *testing.T) {
	t.Parallel()
	ctx := identity.NewContext(t.Context(), identity.Identity{User: identity.User{ID: "1", Name: "<b>Eve</b>"}})
	w := httptest.NewRecorder()
	configured(t, `{"greeting": "Hello"}`).Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/api/hello/fragments/greeting", nil))
	if body := w.Body.String(); !strings.Contains(body, "Hello, &lt;b&gt;Eve&lt;/b&gt;!") {
		t.Errorf("got %s", body)
	}
}

func TestUnknownKeysAreRefused(t *testing.T) {
	t.Parallel()
	findings := (&hello{}).Configure(t.Context(), plugin.Settings{Generation: 1, Config: json.RawMessage(`{"greting": "Hi"}`)})
	if !findings.HasError() || !strings.Contains(findings.String(), "greting") {
		t.Errorf("a misspelt key gives %q, want an error that names it", findings)
	}
}
