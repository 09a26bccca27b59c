package api

import (
	"net/http"
	"time"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/config"
	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

// Root is the path of the API.
const Root = "/api/unitycatalog"

// StatementTimeout bounds the exchanges that run a statement. It is above the longest configurable timeout, so that the
// statement's own end is what a caller sees.
const StatementTimeout = config.MaxStatementTimeout + 30*time.Second

// maxBody is the largest request body.
const maxBody = 1 << 20

// API answers the routes.
type API struct {
	Catalog *catalog.Reader
	Rows    *rows.Reader
	Runner  *statement.Runner
	// Preferences are what holds where a request does not say.
	Preferences *preference.Reader
}

// Routes are what Register registers.
func Routes() []plugin.Route {
	const table = Root + "/catalogs/{catalog}/schemas/{schema}/tables/{table}"
	return []plugin.Route{
		{Method: http.MethodGet, Pattern: Root + "/catalogs"},
		{Method: http.MethodGet, Pattern: Root + "/catalogs/{catalog}/schemas"},
		{Method: http.MethodGet, Pattern: Root + "/catalogs/{catalog}/schemas/{schema}/tables"},
		{Method: http.MethodDelete, Pattern: Root + "/catalogs/{catalog}/schemas/{schema}/copies"},
		{Method: http.MethodGet, Pattern: table},
		{Method: http.MethodGet, Pattern: table + "/rows", Timeout: StatementTimeout},
		{Method: http.MethodGet, Pattern: table + "/permissions"},
		{Method: http.MethodPost, Pattern: Root + "/query", Timeout: StatementTimeout, MaxBodyBytes: maxBody},
		{Method: http.MethodGet, Pattern: Root + "/statements/{id}"},
		{Method: http.MethodGet, Pattern: Root + "/statements/{id}/chunks/{chunk}"},
		{Method: http.MethodPost, Pattern: Root + "/statements/{id}/cancel"},
	}
}

// Register adds the API to mux.
func (a *API) Register(mux *http.ServeMux) {
	const table = Root + "/catalogs/{catalog}/schemas/{schema}/tables/{table}"
	for pattern, handler := range map[string]fault.HandlerFunc{
		"GET " + Root + "/catalogs":                                      a.listCatalogs,
		"GET " + Root + "/catalogs/{catalog}/schemas":                    a.listSchemas,
		"GET " + Root + "/catalogs/{catalog}/schemas/{schema}/tables":    a.listTables,
		"DELETE " + Root + "/catalogs/{catalog}/schemas/{schema}/copies": a.forgetSchema,
		"GET " + table:                                    a.getTable,
		"GET " + table + "/rows":                          a.readRows,
		"GET " + table + "/permissions":                   a.getPermissions,
		"POST " + Root + "/query":                         a.query,
		"GET " + Root + "/statements/{id}":                a.getStatement,
		"GET " + Root + "/statements/{id}/chunks/{chunk}": a.getChunk,
		"POST " + Root + "/statements/{id}/cancel":        a.cancelStatement,
	} {
		mux.Handle(pattern, handler)
	}
}
