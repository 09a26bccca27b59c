// Package preference is what a caller prefers where a request does not say: the user's own choices, which the plugin lakebase
// keeps, over the app's configuration.
package preference

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

const (
	keeper = "lakebase"
	path   = "/api/lakebase/preferences"
	// patience is how long a request waits for the user's choices before it goes on with the app's.
	patience = 300 * time.Millisecond
	// maxAnswer is the largest answer that is read.
	maxAnswer = 64 << 10
)

// Call is what the manifest must list.
var Call = plugin.CallTarget{Plugin: keeper, Method: http.MethodGet, Pattern: path}

// Choices are where names in statements are looked up, and how many rows a page has.
type Choices struct {
	Catalog, Schema string
	PageSize        int
}

// Reader reads choices. It is safe for concurrent use.
type Reader struct {
	Host   plugin.Caller
	Logger *slog.Logger
	// App are the app's own.
	App Choices
	// MaxPageSize bounds what a user can prefer.
	MaxPageSize int
}

// Of returns the choices of ctx's caller. An app without lakebase, or whose database is away, has none but its own.
func (r *Reader) Of(ctx context.Context) Choices {
	choices := r.App
	saved, err := r.read(ctx)
	if err != nil {
		if fault.KindOf(err) != fault.NotEnabled {
			r.Logger.LogAttrs(ctx, slog.LevelDebug, "preferences not read", slog.Any("error", err))
		}
		return choices
	}
	if saved.Catalog != "" {
		choices.Catalog, choices.Schema = saved.Catalog, ""
	}
	if saved.Schema != "" {
		choices.Schema = saved.Schema
	}
	if saved.PageSize > 0 {
		choices.PageSize = min(saved.PageSize, r.MaxPageSize)
	}
	return choices
}

// saved are the user's choices as lakebase writes them.
type saved struct {
	Catalog  string `json:"default_catalog"`
	Schema   string `json:"default_schema"`
	PageSize int    `json:"page_size"`
}

func (r *Reader) read(ctx context.Context) (s saved, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	if err != nil {
		return s, err
	}
	answer, err := r.Host.Call(request, keeper)
	if err != nil {
		return s, err
	}
	defer func() { _ = answer.Body.Close() }() // read as far as it matters
	if answer.StatusCode != http.StatusOK {
		return s, fmt.Errorf("preferences: %s", answer.Status)
	}
	return s, json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&s)
}
