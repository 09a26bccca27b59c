package plugin

import (
	"encoding/json"
	"time"
)

// Manifest is what a plugin is, offers and needs.
type Manifest struct {
	// Name is 1 to 40 lower-case letters, digits and dashes, beginning with a letter: the plugin's name in paths, configuration and logs.
	Name string
	// Version is a semantic version.
	Version string
	// Summary is one sentence for people.
	Summary string

	Routes    []Route
	Pages     []Page
	Nav       []NavItem
	Fragments []Fragment
	Assets    []Asset

	// ConfigSchema is a JSON Schema (draft 2020-12) of the configuration object; empty means that there is nothing to
	// configure. `"env"` on a property names the environment variable that sets it, or a list of which the
	// first that is set does; `"x-secret": true` marks a secret.
	ConfigSchema json.RawMessage
	// Resources are the Databricks resources that the plugin uses.
	Resources []Resource
	// UserScopes are the Databricks API scopes that the user's token must have.
	UserScopes []string
	// NeedsAccessToken asks for the user's access token with every request.
	NeedsAccessToken bool
	// Environment names variables that the process may inherit, beside the host's short list.
	Environment []string
	// Calls are the routes of other plugins that this one may call.
	Calls []CallTarget
	// Commands are run from a shell.
	Commands []Command

	// Contract and Capabilities are filled in by package serve.
	ContractMinor uint32
	Capabilities  []string
}

// Route is a set of requests that the plugin answers.
type Route struct {
	// Method is an HTTP method; GET implies HEAD. Empty means every method.
	Method string
	// Pattern is a path in the syntax of http.ServeMux, without method and host: "/api/hello/{name}".
	// API routes stand under /api/<plugin name>/.
	Pattern string
	Auth    Auth
	// Timeout is for the whole exchange. 0 means the host's default and, on a Streaming route, no limit.
	Timeout time.Duration
	// MaxBodyBytes is the largest request body. 0 means the host's default.
	MaxBodyBytes int64
	// Streaming marks an open-ended response: server-sent events, a download.
	Streaming bool
}

// Auth says who may use a route.
type Auth uint8

const (
	// SignedIn is any signed-in user. The default.
	SignedIn Auth = iota
	// Anyone includes callers without identity.
	Anyone
)

// Page is an HTML page that the host composes from fragments.
type Page struct {
	// Path in the syntax of http.ServeMux, without method and host: "/catalog/{catalog}".
	Path  string
	Title string
	// Layout is one that the host knows. Empty means its default, with one slot "main".
	Layout string
	Slots  []Slot
}

// Slot is a place in a page's layout with the fragment that fills it.
type Slot struct {
	Name string
	// Fragment is the id of a fragment of the same plugin.
	Fragment string
}

// NavItem is an entry of the navigation.
type NavItem struct {
	Title string
	Path  string
	Group string
	// Order is ascending within the group.
	Order int
}

// Fragment is a piece of HTML: the answer of a GET on one of the plugin's routes.
type Fragment struct {
	// ID is unique within the plugin: lower-case letters, digits, dashes.
	ID string
	// Slot is where it offers itself on pages of others, such as "home". Empty: only the plugin's own pages name it.
	Slot string
	// Path to get. Wildcards are filled from the page's path and the query is passed on:
	// "/api/unitycatalog/fragments/{catalog}".
	Path string
	// Timeout, 0 for the host's default.
	Timeout time.Duration
	// Required: without it the page is an error.
	Required bool
	// Primary: its status and redirects are the page's.
	Primary bool
	// CacheTTL is how long the host may show a copy to the same user with the same token. 0 for never.
	CacheTTL time.Duration
	// Fallback is HTML to show when it fails and no good copy is left.
	Fallback string
	// Assets that it needs, by name.
	Assets []string
	// Order is ascending among the fragments of one slot.
	Order int
	// Lines is how high it is, in lines of text: the room that the page keeps for it while it is on its way, so that nothing
	// jumps when it comes. 0 for the host's default.
	Lines int
}

// Asset is a script or stylesheet of the plugin that the host serves under an immutable path.
type Asset struct {
	Name string
	// ContentType is text/javascript or text/css.
	ContentType string
	// Integrity is "sha384-" and the digest in base64.
	Integrity string
	// Path to get it from the plugin.
	Path string
}

// Resource is something of Databricks that the plugin uses, named as a bundle's app resource names it.
type Resource struct {
	// Kind: "sql_warehouse", "serving_endpoint", "database", "secret", ...
	Kind string
	// Key is the plugin's own name for it.
	Key string
	// Permission: "CAN_USE", "CAN_QUERY", ...
	Permission string
	// Env is the environment variable that names it.
	Env         string
	Description string
}

// CallTarget is a route of another plugin.
type CallTarget struct {
	Plugin string
	Method string
	// Pattern in the syntax of http.ServeMux. Empty means all of the plugin's routes with this method.
	Pattern string
}

// Command is run from a shell: `corbel <name> [flags]`. The host starts what it needs and calls the route with the flags
// as a JSON object in the body.
type Command struct {
	Name    string
	Summary string
	// FlagsSchema is a JSON Schema of an object with one property a flag.
	FlagsSchema json.RawMessage
	Method      string
	Route       string
}
