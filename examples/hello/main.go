// Command hello is a complete Corbel plugin: one API route, and one page with the fragment that fills it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/serve"
	"corbel.example/sdk/ui"
)

type hello struct {
	config struct {
		Greeting string `json:"greeting"`
	}
}

func main() { serve.Main(&hello{}) }

func (h *hello) Manifest() plugin.Manifest {
	return plugin.Manifest{
		Name: "hello", Version: "1.0.0", Summary: "Greets people.",
		Routes: []plugin.Route{
			{Method: "GET", Pattern: "/api/hello/people/{name}"},
			{Method: "GET", Pattern: "/api/hello/fragments/greeting"},
		},
		Pages:     []plugin.Page{{Path: "/hello", Title: "Hello", Slots: []plugin.Slot{{Name: "main", Fragment: "greeting"}}}},
		Nav:       []plugin.NavItem{{Title: "Hello", Path: "/hello", Group: "Examples"}},
		Fragments: []plugin.Fragment{{ID: "greeting", Path: "/api/hello/fragments/greeting"}},
		ConfigSchema: json.RawMessage(`{"type": "object", "additionalProperties": false,
			"properties": {"greeting": {"type": "string", "default": "Hello", "env": "HELLO_GREETING"}}}`),
	}
}

func (h *hello) Configure(_ context.Context, settings plugin.Settings) plugin.Diagnostics {
	return plugin.OfError(settings.Decode(&h.config))
}

func (h *hello) Handler() http.Handler {
	greeting, mux := h.config.Greeting, http.NewServeMux()
	mux.HandleFunc("GET /api/hello/people/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "%s, %s!\n", greeting, r.PathValue("name"))
	})
	mux.Handle("GET /api/hello/fragments/greeting", ui.View(func(r *http.Request) (ui.Component, error) {
		caller, _ := identity.FromContext(r.Context())
		return ui.Card{Title: greeting + ", " + caller.User.Name + "!", Body: ui.Button{Text: "Open catalog", Href: "/catalog"}}, nil
	}))
	return mux
}
