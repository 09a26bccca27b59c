package sqlpage

import (
	"net/http"
	"time"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/grid"
	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/run"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

// Path is the page's address.
const Path = "/sql"

const (
	fragments = api.Root + "/fragments/"
	forms     = api.Root + "/sql/"
	// editorTimeout and resultTimeout are how long the page waits for a fragment. A result is waited for while it is on its way.
	editorTimeout = 6 * time.Second
	resultTimeout = 18 * time.Second
	// submitTimeout is how long a form may take to submit a statement.
	submitTimeout = 60 * time.Second
	// maxStatement is the longest statement that is run, and maxForm the largest form: a statement, escaped.
	maxStatement = 1 << 20
	maxForm      = 4 << 20
)

// Pages answers the page's fragments, forms and downloads.
type Pages struct {
	Catalog     *catalog.Reader
	Runner      *statement.Runner
	Desk        *run.Desk
	Grid        *grid.Reader
	Lakebase    *lakebase.Client
	Preferences *preference.Reader
}

var manifestFragments = []plugin.Fragment{
	{ID: "sql-editor", Path: fragments + "sql-editor", Timeout: editorTimeout, Primary: true, Required: true, Lines: 20},
	{ID: "sql-result", Path: fragments + "sql-result", Timeout: resultTimeout, Assets: []string{script.Name}, Lines: 12},
	{ID: "sql-queries", Path: fragments + "sql-queries", Timeout: editorTimeout, Lines: 12},
	{ID: controlsID, Path: fragments + controlsID, Timeout: editorTimeout},
}

// controlsID is that of the fragment that the editor's form has in it.
const controlsID = "sql-controls"

// route is a route with what answers it.
type route struct {
	plugin.Route
	handler fault.HandlerFunc
}

func (p *Pages) routes() []route {
	statements := api.Root + "/statements/{id}"
	return []route{
		{plugin.Route{Method: http.MethodPost, Pattern: forms + "run", Timeout: submitTimeout, MaxBodyBytes: maxForm}, p.submit},
		{plugin.Route{Method: http.MethodPost, Pattern: forms + "cancel"}, p.cancel},
		{plugin.Route{Method: http.MethodGet, Pattern: statements + "/csv", Streaming: true}, p.download},
		{plugin.Route{Method: http.MethodGet, Pattern: statements + "/rows/{row}/columns/{column}", Streaming: true}, p.cell},
		{plugin.Route{Method: http.MethodGet, Pattern: statements + "/points", Timeout: submitTimeout}, p.points},
		{plugin.Route{Method: http.MethodGet, Pattern: api.Root + "/completions"}, p.complete},
		{plugin.Route{Method: http.MethodGet, Pattern: script.Path}, serveScript},
	}
}

// Describe adds the page, its fragments and routes, and navigation to a manifest.
func Describe(m *plugin.Manifest) {
	p := plugin.Page{Path: Path, Title: textTitle}
	for _, f := range manifestFragments {
		if f.ID != controlsID {
			p.Slots = append(p.Slots, plugin.Slot{Name: "main", Fragment: f.ID})
		}
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: f.Path, Timeout: f.Timeout})
	}
	m.Pages = append(m.Pages, p)
	m.Assets = append(m.Assets, script.Asset)
	m.Fragments = append(m.Fragments, manifestFragments...)
	for _, r := range new(Pages).routes() {
		m.Routes = append(m.Routes, r.Route)
	}
	m.Calls = append(m.Calls, lakebase.Calls...)
	m.Nav = append(m.Nav, plugin.NavItem{Title: textTitle, Path: Path, Group: "Data", Order: 20})
}

// Register adds fragments and routes to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	views := map[string]ui.View{"sql-editor": p.editor, "sql-result": p.result, "sql-queries": p.queries, controlsID: p.controls}
	for _, f := range manifestFragments {
		mux.Handle("GET "+f.Path, views[f.ID])
	}
	for _, r := range p.routes() {
		mux.Handle(r.Method+" "+r.Pattern, r.handler)
	}
}
