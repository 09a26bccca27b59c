// Package plugin is what a plugin's author implements: Plugin, and where wanted the optional interfaces beside it.
// Package serve runs it. Nothing here knows how host and plugin speak.
package plugin

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
)

// Plugin is an integration that a Corbel host runs in a process of its own.
type Plugin interface {
	// Manifest says what the plugin is, offers and needs. It has no side effects, needs no configuration and gives the
	// same answer every time.
	Manifest() Manifest

	// Configure takes the configuration: before the first request, and again with a higher generation whenever it
	// changes. With an error diagnostic the plugin keeps what it had. Configure is never called concurrently with itself.
	Configure(ctx context.Context, settings Settings) Diagnostics

	// Handler answers the manifest's routes. It is asked for once after each Configure that had no error; requests
	// under way keep the handler they began with. The handler is called concurrently. The request's context ends when
	// the client leaves or the deadline passes; it carries the identity (package identity), the request id (package
	// correlation) and the logger of Settings writes them into every line.
	Handler() http.Handler
}

// Settings is what the host hands to Configure.
type Settings struct {
	// Generation grows with every Configure in the life of the process.
	Generation uint64
	// Config is the plugin's own configuration: a JSON object that the manifest's schema accepts, secrets included.
	Config json.RawMessage
	// Logger writes to the host's log, with the request's id and user when called with the request's context.
	Logger *slog.Logger
	// Host calls other plugins' routes.
	Host Caller
}

// Decode decodes Config into v and refuses keys that v does not know.
func (s Settings) Decode(v any) error { return decodeStrict(s.Config, v) }

// Caller performs HTTP exchanges with routes of other plugins.
type Caller interface {
	// Call sends r to the plugin of the given name. r's context must be (or come from) a request that this plugin is
	// answering: the call runs as the same user and within the same deadline. r.URL needs a path and may have a query.
	// The target must be listed in the manifest's Calls. A plugin that is not enabled gives a fault of kind NotEnabled.
	// The caller closes the response's body.
	Call(r *http.Request, plugin string) (*http.Response, error)
}

// Checker is a Plugin that knows how it feels. Without it a plugin is well as long as it answers.
type Checker interface {
	// Check reports health. A shallow check answers at once, without any call to elsewhere.
	Check(ctx context.Context, depth Depth) Health
}

// Drainer is a Plugin with work beside its requests that needs an orderly end.
type Drainer interface {
	// Drain is called once, before the process ends, when no new requests come. ctx has the deadline.
	Drain(ctx context.Context) error
}
