package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/config"
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
	// DefaultCatalog and DefaultSchema are where statements look up names unless they say otherwise.
	DefaultCatalog, DefaultSchema string
	// PageSize is the number of rows of a page when the request does not say.
	PageSize int
}

// Routes are what Register registers.
func Routes() []plugin.Route {
	const table = Root + "/catalogs/{catalog}/schemas/{schema}/tables/{table}"
	return []plugin.Route{
		{Method: http.MethodGet, Pattern: Root + "/catalogs"},
		{Method: http.MethodGet, Pattern: Root + "/catalogs/{catalog}/schemas"},
		{Method: http.MethodGet, Pattern: Root + "/catalogs/{catalog}/schemas/{schema}/tables"},
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
		"GET " + Root + "/catalogs":                                   a.listCatalogs,
		"GET " + Root + "/catalogs/{catalog}/schemas":                 a.listSchemas,
		"GET " + Root + "/catalogs/{catalog}/schemas/{schema}/tables": a.listTables,
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

// write answers with JSON. What one user sees is not for shared caches, nor for the next user of the same browser.
func write(w http.ResponseWriter, status int, v any) error {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // types are full of angle brackets, and JSON is not HTML
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The client may be gone: there is nobody left to tell.
	_, _ = body.WriteTo(w)
	return nil
}

// limit reads ?limit=, a number of rows, or returns the default.
func limit(query url.Values, fallback int) (int, error) {
	text := query.Get("limit")
	if text == "" && !query.Has("limit") {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > config.MaxPageSize {
		return 0, outOfRange("limit", 1, config.MaxPageSize)
	}
	return n, nil
}

func outOfRange(field string, least, most int64) *fault.Error {
	return fault.Newf(fault.Invalid, "%s must be a whole number from %d to %d.", field, least, most).
		WithCode("OUT_OF_RANGE").WithField(field, fmt.Sprintf("must be a whole number from %d to %d", least, most))
}
