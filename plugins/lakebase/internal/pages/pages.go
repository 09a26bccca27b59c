// Package pages makes the plugin's pages and fragments, and takes their forms. Without script a form is answered with a redirect to
// the page that shows what it did.
package pages

import (
	"net/http"
	"net/url"
	"time"

	"corbel.example/plugins/lakebase/internal/api"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

const (
	fragments = api.Root + "/fragments/"
	forms     = api.Root + "/forms/"
	// timeout is how long a page waits for a fragment.
	timeout = 5 * time.Second
	// maxForm is the largest form: a note's text, escaped.
	maxForm = 4 << 20
	// listed is how many rows a page of a list has, and recent how many the home page shows.
	listed = 20
	recent = 5
)

// Pages answers the fragments and forms.
type Pages struct {
	Preferences store.PreferenceStore
	Queries     store.Queries
	Notes       store.Notes
	History     store.History
}

var manifestFragments = []plugin.Fragment{
	{ID: "preferences", Path: fragments + "preferences", Timeout: timeout, Primary: true, Required: true, Lines: 24},
	{ID: "notes", Path: fragments + "notes", Timeout: timeout, Primary: true, Required: true, Lines: 24},
	{ID: "saved-queries", Path: fragments + "saved-queries", Timeout: timeout, Lines: 12},
	{ID: "history", Path: fragments + "history", Timeout: timeout, Lines: 12},
	{ID: "home", Slot: "home", Path: fragments + "home", Timeout: timeout, Lines: 8},
}

var manifestPages = []plugin.Page{
	{Path: "/preferences", Title: titlePreferences, Slots: []plugin.Slot{{Name: "main", Fragment: "preferences"}}},
	{Path: "/notes", Title: titleNotes, Slots: []plugin.Slot{{Name: "main", Fragment: "notes"}}},
	{Path: "/queries", Title: titleQueries, Slots: []plugin.Slot{{Name: "main", Fragment: "saved-queries"}, {Name: "main", Fragment: "history"}}},
}

// form is a route that takes a form.
type form struct {
	path    string
	handler fault.HandlerFunc
}

func (p *Pages) forms() []form {
	return []form{
		{"preferences", p.savePreferences},
		{"notes", p.saveNote},
		{"notes/{id}", p.saveNote},
		{"notes/{id}/delete", p.deleteNote},
		{"saved-queries/{id}/delete", p.deleteQuery},
		{"history/clear", p.clearHistory},
	}
}

// Describe adds pages, fragments and forms with their routes, and navigation to a manifest.
func Describe(m *plugin.Manifest) {
	m.Pages = append(m.Pages, manifestPages...)
	m.Fragments = append(m.Fragments, manifestFragments...)
	for _, f := range manifestFragments {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: f.Path, Timeout: f.Timeout})
	}
	for _, f := range new(Pages).forms() {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodPost, Pattern: forms + f.path, Timeout: timeout, MaxBodyBytes: maxForm})
	}
	m.Nav = append(m.Nav,
		plugin.NavItem{Title: titleQueries, Path: "/queries", Group: groupData, Order: 30},
		plugin.NavItem{Title: titleNotes, Path: "/notes", Group: groupYou, Order: 10},
		plugin.NavItem{Title: titlePreferences, Path: "/preferences", Group: groupYou, Order: 20},
	)
}

// Register adds fragments and forms to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	views := map[string]ui.View{
		"preferences": p.preferences, "notes": p.notes, "saved-queries": p.savedQueries, "history": p.history, "home": p.home,
	}
	for _, f := range manifestFragments {
		mux.Handle("GET "+f.Path, views[f.ID])
	}
	for _, f := range p.forms() {
		mux.Handle("POST "+forms+f.path, f.handler)
	}
}

// userOf is the caller's id. The store refuses an empty one.
func userOf(r *http.Request) string {
	id, _ := identity.FromContext(r.Context())
	return id.User.ID
}

// done leads back to a page, which says what was done.
func done(w http.ResponseWriter, page, what string) {
	w.Header().Set("Location", page+"?"+url.Values{"done": {what}}.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

// toast tells what was done. The address may be anybody's: what it says is only looked up.
func toast(r *http.Request, said map[string]string) ui.Component {
	if text := said[r.URL.Query().Get("done")]; text != "" {
		return ui.Toast{Type: ui.Success, Text: text}
	}
	return nil
}

// values reads a form.
func values(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, fault.FromRequest(err)
	}
	return r.PostForm, nil
}

// pager leads through a list that knows only what follows.
func pager(r *http.Request, page, label, next string) *ui.Pager {
	token := r.URL.Query().Get("page_token")
	if token == "" && next == "" {
		return nil
	}
	p := &ui.Pager{Label: label}
	if token != "" {
		p.First = page
	}
	if next != "" {
		p.Next = page + "?" + url.Values{"page_token": {next}}.Encode()
	}
	return p
}
