package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/sdktest"
)

func TestConformance(t *testing.T) {
	d := newFake(t, nil)
	sdktest.Conformance(t, func() plugin.Plugin { return newModelServing() }, sdktest.Options{
		Config: json.RawMessage(`{"host":"` + d.URL + `"}`), AccessToken: "token",
	})
}

func TestConfigureKeepsWhatItHadOnError(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	m := newModelServing()
	configure := func(config string) plugin.Diagnostics {
		return m.Configure(t.Context(), plugin.Settings{Generation: 1, Config: json.RawMessage(config), Logger: slog.New(slog.DiscardHandler)})
	}
	if found := configure(`{"host":"` + d.URL + `"}`); found.HasError() {
		t.Fatal(found)
	}
	defer func() {
		if err := m.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	before := m.Current()
	for config, want := range map[string]string{
		`{"hots":"x"}`:                                     "hots",
		`{}`:                                               "DATABRICKS_HOST",
		`{"host":"https://x","timeout":"soon"}`:            "timeout",
		`{"host":"https://x","timeout":"1h"}`:              "timeout",
		`{"host":"https://x","heartbeat":"1ms"}`:           "heartbeat",
		`{"host":"https://x","stream_hold":"1h"}`:          "stream_hold",
		`{"host":"https://x","list_timeout":"0s"}`:         "list_timeout",
		`{"host":"https://x","max_streams_per_user":1001}`: "max_streams_per_user",
	} {
		if found := configure(config); !found.HasError() || !strings.Contains(found.String(), want) {
			t.Errorf("%s: %v", config, found)
		}
	}
	if m.Current() != before {
		t.Error("a refused configuration took effect")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const route = "GET /api/2.0/serving-endpoints/mass"
	for name, tt := range map[string]struct {
		config string
		answer http.HandlerFunc
		status plugin.Status
		want   string
	}{
		"ready":           {`,"endpoint":"mass","token":"app"`, answerJSON(200, tabular), plugin.Serving, ""},
		"not ready":       {`,"endpoint":"mass","token":"app"`, answerJSON(200, `{"state":{"ready":"NOT_READY"}}`), plugin.Degraded, "NOT_READY"},
		"not allowed":     {`,"endpoint":"mass","token":"app"`, answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"no CAN_VIEW"}`), plugin.Degraded, "no CAN_VIEW"},
		"no app":          {`,"endpoint":"mass"`, nil, plugin.Serving, ""},
		"nothing to test": {`,"token":"app"`, nil, plugin.Serving, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newFake(t, map[string]http.HandlerFunc{route: tt.answer})
			m := newModelServing()
			config := json.RawMessage(`{"host":"` + d.URL + `"` + tt.config + `}`)
			if found := m.Configure(t.Context(), plugin.Settings{Config: config, Logger: slog.New(slog.DiscardHandler)}); found.HasError() {
				t.Fatal(found)
			}
			if h := m.Check(t.Context(), plugin.Shallow); h.Status != plugin.Serving || len(d.received(route)) != 0 {
				t.Errorf("shallow: %+v", h)
			}
			if h := m.Check(t.Context(), plugin.Deep); h.Status != tt.status || !strings.Contains(h.Message, tt.want) {
				t.Errorf("deep: %+v", h)
			}
			if err := m.Drain(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
