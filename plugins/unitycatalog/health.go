package main

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

// Check finds the plugin degraded while SQL cannot work: metadata needs no warehouse. The warehouse is asked about as the
// app itself, if it has credentials; users' tokens are for users' requests.
func (u *unityCatalog) Check(ctx context.Context, depth plugin.Depth) plugin.Health {
	g := u.Current()
	switch {
	case depth == plugin.Shallow:
		return plugin.Health{Status: plugin.Serving}
	case g == nil:
		return plugin.Health{Status: plugin.NotServing, Message: "not configured yet"}
	case g.settings.WarehouseID == "":
		return plugin.Health{
			Status:  plugin.Degraded,
			Message: "no SQL warehouse: set DATABRICKS_WAREHOUSE_ID or plugins.unitycatalog.config.warehouse_id",
		}
	case !g.workspace.HasApp():
		return plugin.Health{Status: plugin.Serving}
	}
	start := time.Now()
	resource := plugin.ResourceHealth{Name: "sql_warehouse " + g.settings.WarehouseID}
	resource.Status, resource.Message = g.warehouse(ctx)
	resource.Latency = time.Since(start)
	health := plugin.Health{Status: plugin.Serving, Resources: []plugin.ResourceHealth{resource}}
	if resource.Status != plugin.Serving {
		health.Status, health.Message = plugin.Degraded, resource.Name+": "+resource.Message
	}
	return health
}

// warehouse asks for the warehouse's state. A stopped one is well: the first statement starts it.
func (g *generation) warehouse(ctx context.Context) (plugin.Status, string) {
	c, err := g.workspace.App(ctx)
	if err != nil {
		return plugin.NotServing, err.Error()
	}
	var answer struct {
		State string `json:"state"`
	}
	err = workspace.Do(ctx, c, workspace.Call{
		Op: "unitycatalog.warehouse", Method: http.MethodGet,
		Path: "/api/2.0/sql/warehouses/" + url.PathEscape(g.settings.WarehouseID), Answer: &answer,
	})
	if err != nil {
		return plugin.NotServing, err.Error()
	}
	switch answer.State {
	case "RUNNING", "STARTING", "STOPPED", "STOPPING":
		return plugin.Serving, answer.State
	default:
		return plugin.NotServing, "is in state " + answer.State
	}
}
