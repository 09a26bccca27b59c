// Package api answers the plugin's REST API. The user is the one whom the host has passed, and comes from nowhere else.
package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/rest"
)

// Root is the path of the API.
const Root = "/api/lakebase"

const (
	// maxPreferencesBody is the largest body with preferences, maxBody that of the others, whose texts may be escaped.
	maxPreferencesBody = 16 << 10
	maxBody            = 2 << 20

	defaultPage = 50
	maxPage     = 500
)

// API answers the routes.
type API struct {
	Preferences store.PreferenceStore
	Queries     store.Queries
	Notes       store.Notes
	History     store.History
	Samples     store.Samples
}

// route is a route with what answers it.
type route struct {
	method, path string
	maxBody      int64
	handler      fault.HandlerFunc
}

func (a *API) routes() []route {
	return slices.Concat(
		[]route{
			{http.MethodGet, "/preferences", 0, a.getPreferences},
			{http.MethodPut, "/preferences", maxPreferencesBody, a.putPreferences},
			{http.MethodPatch, "/preferences", maxPreferencesBody, a.patchPreferences},
			{http.MethodGet, "/history", 0, a.listHistory},
			{http.MethodPost, "/history", maxBody, a.recordHistory},
			{http.MethodDelete, "/history", 0, a.clearHistory},
			{http.MethodGet, "/sample-data", 0, a.getSample},
			{http.MethodPut, "/sample-data", maxSampleBody, a.putSample},
			{http.MethodDelete, "/sample-data", 0, a.deleteSample},
		},
		collection[store.QueryText, store.SavedQuery]{path: "/saved-queries", list: "saved_queries", items: a.Queries, check: CheckQuery}.routes(),
		collection[store.NoteText, store.Note]{path: "/notes", list: "notes", items: a.Notes, check: CheckNote}.routes(),
	)
}

// Routes are what Register registers.
func Routes() []plugin.Route {
	var routes []plugin.Route
	for _, r := range new(API).routes() {
		routes = append(routes, plugin.Route{Method: r.method, Pattern: Root + r.path, MaxBodyBytes: r.maxBody})
	}
	return routes
}

// Register adds the API to mux.
func (a *API) Register(mux *http.ServeMux) {
	for _, r := range a.routes() {
		mux.Handle(r.method+" "+Root+r.path, r.handler)
	}
}

// userOf is the caller's id. The store refuses an empty one.
func userOf(ctx context.Context) string {
	id, _ := identity.FromContext(ctx)
	return id.User.ID
}

// listing reads ?limit= and ?page_token=.
func listing(r *http.Request) (limit int, token string, err error) {
	query := r.URL.Query()
	limit, err = rest.Limit(query, defaultPage, maxPage)
	if err != nil {
		return 0, "", err
	}
	token = query.Get("page_token")
	if !utf8.ValidString(token) || strings.Contains(token, "\x00") {
		return 0, "", fault.New(fault.Invalid, "page_token is not one that this list has given out.").WithField("page_token", "is not valid")
	}
	return limit, token, nil
}

// tag is the ETag of a version (RFC 9110, section 8.8.3).
func tag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// expected reads If-Match: the version that the caller has read. Without the header, or with *, any will do.
func expected(r *http.Request) (int64, error) {
	text := strings.TrimSpace(r.Header.Get("If-Match"))
	if text == "" || text == "*" {
		return store.AnyVersion, nil
	}
	version, err := strconv.ParseInt(strings.Trim(text, `"`), 10, 64)
	if err != nil || version < 0 || text != tag(version) {
		return 0, fault.New(fault.Precondition, "If-Match is not an ETag that this address has given out.").WithField("If-Match", "is not valid")
	}
	return version, nil
}

// answer writes v with its version as ETag, or 304 when the caller has it already.
func answer(w http.ResponseWriter, r *http.Request, status int, version int64, v any) error {
	w.Header().Set("ETag", tag(version))
	if status == http.StatusOK && r.Method == http.MethodGet && r.Header.Get("If-None-Match") == tag(version) {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return rest.Write(w, status, v)
}

// page answers with a page of a list under its name.
func page[T any](w http.ResponseWriter, listName string, p store.Page[T]) error {
	items := p.Items
	if items == nil {
		items = []T{}
	}
	return rest.Write(w, http.StatusOK, map[string]any{listName: items, "next_page_token": p.Next})
}
