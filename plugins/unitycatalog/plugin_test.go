package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"corbel.example/sdk/plugin"
)

func TestManifestAndHandlerAgree(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, nil)
	u := d.start(t, nil)
	m := u.Manifest()
	mux, ok := u.Handler().(*http.ServeMux)
	if !ok {
		t.Fatal("the handler is no ServeMux")
	}
	routes := map[string]bool{}
	for _, r := range m.Routes {
		routes[r.Pattern] = true
		if !strings.HasPrefix(r.Pattern, "/api/"+m.Name+"/") {
			t.Errorf("route %s is outside /api/%s/", r.Pattern, m.Name)
		}
		example := strings.NewReplacer("{", "", "}", "").Replace(r.Pattern)
		if _, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), r.Method, example, http.NoBody)); pattern != r.Method+" "+r.Pattern {
			t.Errorf("%s %s is answered by %q", r.Method, r.Pattern, pattern)
		}
	}
	fragments := map[string]bool{}
	for _, f := range m.Fragments {
		fragments[f.ID] = true
		if !routes[f.Path] {
			t.Errorf("fragment %s has no route", f.ID)
		}
	}
	pages := map[string]bool{}
	for _, p := range m.Pages {
		pages[p.Path] = true
		for _, s := range p.Slots {
			if !fragments[s.Fragment] {
				t.Errorf("page %s names the fragment %q, which is not there", p.Path, s.Fragment)
			}
		}
	}
	for _, n := range m.Nav {
		if !pages[n.Path] {
			t.Errorf("navigation leads to %s, which is no page", n.Path)
		}
	}
	if !m.NeedsAccessToken || !slices.Contains(m.UserScopes, "sql") {
		t.Error("the manifest does not ask for the user's token and scopes")
	}
}

func TestConfigureKeepsWhatItHadOnError(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "catalogs": answerJSON(200, `{}`)})
	u := d.start(t, nil)
	before := u.Handler()
	for config, want := range map[string]string{
		`{"hots":"x"}`:                          "hots",
		`{}`:                                    "DATABRICKS_HOST",
		`{"host":"https://x","cache_ttl":"2h"}`: "cache_ttl",
		`{"host":"https://x","statement_timeout":"soon"}`: "statement_timeout",
		`{"host":"https://x","page_size":1001}`:           "page_size",
	} {
		found := u.Configure(t.Context(), plugin.Settings{Host: alone{}, Generation: 2, Config: json.RawMessage(config), Logger: slog.New(slog.DiscardHandler)})
		if !found.HasError() || !strings.Contains(found.String(), want) {
			t.Errorf("%s: %v", config, found)
		}
	}
	if u.Handler() != before {
		t.Error("a refused configuration took effect")
	}
	found := u.Configure(t.Context(), plugin.Settings{Host: alone{}, Generation: 3, Config: json.RawMessage(`{"host":"` + d.URL + `"}`), Logger: slog.New(slog.DiscardHandler)})
	if found.HasError() || !strings.Contains(found.String(), "DATABRICKS_WAREHOUSE_ID") || u.Handler() == before {
		t.Errorf("without warehouse: %v", found)
	}
	if w := (request{path: "/api/unitycatalog/catalogs"}).do(t, u); w.Code != 200 {
		t.Errorf("after it: %d", w.Code)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const route = "GET /api/2.0/sql/warehouses/wh"
	for name, tt := range map[string]struct {
		config map[string]any
		answer http.HandlerFunc
		status plugin.Status
		want   string
	}{
		"running":            {map[string]any{"token": "app"}, answerJSON(200, `{"state":"RUNNING"}`), plugin.Serving, ""},
		"stopped":            {map[string]any{"token": "app"}, answerJSON(200, `{"state":"STOPPED"}`), plugin.Serving, ""},
		"deleted":            {map[string]any{"token": "app"}, answerJSON(200, `{"state":"DELETED"}`), plugin.Degraded, "DELETED"},
		"not allowed":        {map[string]any{"token": "app"}, answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"no CAN_USE"}`), plugin.Degraded, "no CAN_USE"},
		"no app credentials": {nil, nil, plugin.Serving, ""},
		"no warehouse":       {map[string]any{"warehouse_id": ""}, nil, plugin.Degraded, "DATABRICKS_WAREHOUSE_ID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabricks(t, map[string]http.HandlerFunc{route: tt.answer})
			u := d.start(t, tt.config)
			if h := u.Check(t.Context(), plugin.Shallow); h.Status != plugin.Serving {
				t.Errorf("shallow: %+v", h)
			}
			if n := len(d.received(route)); n != 0 {
				t.Errorf("a shallow check made %d calls", n)
			}
			h := u.Check(t.Context(), plugin.Deep)
			if h.Status != tt.status || !strings.Contains(h.Message, tt.want) || (tt.want == "") != (h.Message == "") {
				t.Errorf("deep: %+v", h)
			}
		})
	}
	if h := (&unityCatalog{}).Check(t.Context(), plugin.Deep); h.Status != plugin.NotServing {
		t.Errorf("before Configure: %+v", h)
	}
}
