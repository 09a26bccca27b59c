package main

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"time"

	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
)

const (
	pluginName = "across" // served by a plugin process
	directName = "direct" // served in the host's process
)

// benchPlugin is the plugin under measurement. It answers with a JSON document of about 150 bytes.
type benchPlugin struct{ name string }

func newPlugin(name string) *benchPlugin { return &benchPlugin{name: name} }

func (p *benchPlugin) Manifest() plugin.Manifest {
	return plugin.Manifest{
		Name: p.name, Version: "1.0.0", Summary: "Answers with a small document.",
		Routes: []plugin.Route{
			{Method: http.MethodGet, Pattern: "/api/" + p.name + "/hello"},
			{Method: http.MethodGet, Pattern: "/api/" + p.name + "/goroutines"},
		},
	}
}

func (p *benchPlugin) Configure(context.Context, plugin.Settings) plugin.Diagnostics { return nil }

func (p *benchPlugin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/"+p.name+"/hello", hello)
	mux.HandleFunc("GET /api/"+p.name+"/goroutines", goroutines)
	return mux
}

type document struct {
	Message string    `json:"message"`
	User    string    `json:"user"`
	Items   []int     `json:"items"`
	At      time.Time `json:"at"`
}

func hello(w http.ResponseWriter, r *http.Request) {
	id, _ := identity.FromContext(r.Context())
	writeJSON(w, document{Message: "hello from a handler", User: id.User.Email, Items: []int{1, 2, 3, 4, 5}, At: time.Now()})
}

func goroutines(w http.ResponseWriter, _ *http.Request) { writeJSON(w, runtime.NumGoroutine()) }

func writeJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// A client that has left does not matter to the measurement: its own error counts.
	_, _ = w.Write(body)
}
