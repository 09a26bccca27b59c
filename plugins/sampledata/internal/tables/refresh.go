package tables

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

// The plugin that shows the catalog keeps copies of what it shows.
const (
	browser    = "unitycatalog"
	copiesOf   = "/api/unitycatalog/catalogs/"
	copiesRest = "/copies"
)

// Calls are what the manifest must list.
func Calls() []plugin.CallTarget {
	return []plugin.CallTarget{{Plugin: browser, Method: http.MethodDelete, Pattern: copiesOf + "{catalog}/schemas/{schema}" + copiesRest}}
}

// Refresh lets the user see in the catalog at once what has changed. ctx must be a request's. Without it the catalog shows it
// some minutes later, so that a failure is worth a line in the log and nothing else.
func (t *Target) Refresh(ctx context.Context) {
	path := copiesOf + url.PathEscape(t.Place.Catalog) + "/schemas/" + url.PathEscape(t.Place.Schema) + copiesRest
	if err := t.forget(ctx, path); err != nil && fault.KindOf(err) != fault.NotEnabled {
		t.Logger.LogAttrs(ctx, slog.LevelWarn, "the catalog may show old tables for a while", slog.Any("error", err))
	}
}

func (t *Target) forget(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, path, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := t.Host.Call(request, browser)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil {
		return err
	}
	// 404: the application is without it.
	if answer.StatusCode != http.StatusNoContent && answer.StatusCode != http.StatusNotFound {
		return fault.Newf(fault.Upstream, "status %d", answer.StatusCode).WithOrigin(browser)
	}
	return nil
}
