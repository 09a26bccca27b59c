package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

// Check finds the plugin degraded while the endpoint that its configuration names does not answer. The endpoint is asked about as the
// app itself, if it has credentials; users' tokens are for users' requests.
func (m *modelServing) Check(ctx context.Context, depth plugin.Depth) plugin.Health {
	g := m.Current()
	switch {
	case depth == plugin.Shallow:
		return plugin.Health{Status: plugin.Serving}
	case g == nil:
		return plugin.Health{Status: plugin.NotServing, Message: "not configured yet"}
	case g.settings.Endpoint == "" || !g.workspace.HasApp():
		return plugin.Health{Status: plugin.Serving}
	}
	start := time.Now()
	resource := plugin.ResourceHealth{Name: "serving_endpoint " + g.settings.Endpoint}
	resource.Status, resource.Message = g.endpoint(ctx)
	resource.Latency = time.Since(start)
	health := plugin.Health{Status: plugin.Serving, Resources: []plugin.ResourceHealth{resource}}
	if resource.Status != plugin.Serving {
		health.Status, health.Message = plugin.Degraded, resource.Name+": "+resource.Message
	}
	return health
}

// endpoint asks for the state of the configured endpoint.
func (g *generation) endpoint(ctx context.Context) (plugin.Status, string) {
	ctx, stop := context.WithTimeout(ctx, g.settings.ListTimeout)
	defer stop()
	c, err := g.workspace.App(ctx)
	if err != nil {
		return plugin.NotServing, err.Error()
	}
	var answer struct {
		State struct {
			Ready string `json:"ready"`
		} `json:"state"`
	}
	err = workspace.Do(ctx, c, workspace.Call{
		Op: "modelserving.endpoint", Method: http.MethodGet,
		Path: "/api/2.0/serving-endpoints/" + url.PathEscape(g.settings.Endpoint), Answer: &answer,
	})
	switch {
	case err != nil:
		return plugin.NotServing, err.Error()
	case answer.State.Ready != "READY":
		return plugin.NotServing, "is in state " + answer.State.Ready
	default:
		return plugin.Serving, answer.State.Ready
	}
}
