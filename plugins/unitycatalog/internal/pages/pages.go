package pages

import (
	"bytes"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

const (
	root = api.Root + "/fragments"
	// metadataTimeout and rowsTimeout are how long a page waits for a fragment. Rows may have to wait for the warehouse.
	metadataTimeout = 5 * time.Second
	rowsTimeout     = 30 * time.Second
)

// Pages answers the fragments.
type Pages struct {
	Catalog *catalog.Reader
	Rows    *rows.Reader
	// PageSize is the number of rows of a page when the request does not say.
	PageSize int
	// DefaultCatalog and DefaultSchema are what the home page offers first.
	DefaultCatalog, DefaultSchema string
}

// Pages of the manifest.
var manifestPages = []plugin.Page{
	{Path: "/catalog", Title: "Catalog", Slots: []plugin.Slot{{Name: "main", Fragment: "catalogs"}}},
	{Path: "/catalog/{catalog}", Title: "Schemas", Slots: []plugin.Slot{{Name: "main", Fragment: "schemas"}}},
	{Path: "/catalog/{catalog}/{schema}", Title: "Tables", Slots: []plugin.Slot{{Name: "main", Fragment: "tables"}}},
	{Path: "/catalog/{catalog}/{schema}/{table}", Title: "Table", Slots: []plugin.Slot{
		{Name: "main", Fragment: "table"}, {Name: "main", Fragment: "rows"},
	}},
}

var manifestFragments = []plugin.Fragment{
	{ID: "catalogs", Path: root + "/catalogs", Timeout: metadataTimeout, Required: true, Primary: true},
	{ID: "schemas", Path: root + "/schemas/{catalog}", Timeout: metadataTimeout, Required: true, Primary: true},
	{ID: "tables", Path: root + "/tables/{catalog}/{schema}", Timeout: metadataTimeout, Required: true, Primary: true},
	{ID: "table", Path: root + "/table/{catalog}/{schema}/{table}", Timeout: metadataTimeout, Required: true, Primary: true},
	{ID: "rows", Path: root + "/rows/{catalog}/{schema}/{table}", Timeout: rowsTimeout},
	{ID: "home", Slot: "home", Path: root + "/home", Timeout: metadataTimeout},
}

// Describe adds pages, fragments with their routes, and navigation to a manifest.
func Describe(m *plugin.Manifest) {
	m.Pages = append(m.Pages, manifestPages...)
	m.Fragments = append(m.Fragments, manifestFragments...)
	for _, f := range manifestFragments {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: f.Path, Timeout: f.Timeout})
	}
	m.Nav = append(m.Nav, plugin.NavItem{Title: "Catalog", Path: "/catalog", Group: "Data", Order: 10})
}

// Register adds the fragments to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	answer := map[string]func(*http.Request) (templ.Component, error){
		"catalogs": p.catalogs, "schemas": p.schemas, "tables": p.tables, "table": p.table, "rows": p.rows, "home": p.home,
	}
	for _, f := range manifestFragments {
		mux.Handle("GET "+f.Path, html(answer[f.ID]))
	}
}

// html answers with what view returns. It is rendered before anything is sent, so that an error can still be one.
func html(view func(*http.Request) (templ.Component, error)) fault.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		component, err := view(r)
		if err != nil {
			return err
		}
		var page bytes.Buffer
		if err := component.Render(r.Context(), &page); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		// The client may be gone: there is nobody left to tell.
		_, _ = page.WriteTo(w)
		return nil
	}
}

func (p *Pages) catalogs(r *http.Request) (templ.Component, error) {
	found, err := p.Catalog.Catalogs(r.Context())
	if err != nil {
		return nil, err
	}
	return catalogList(found), nil
}

func (p *Pages) schemas(r *http.Request) (templ.Component, error) {
	name := r.PathValue("catalog")
	found, err := p.Catalog.Schemas(r.Context(), name)
	if err != nil {
		return nil, err
	}
	return schemaList(name, found), nil
}

func (p *Pages) tables(r *http.Request) (templ.Component, error) {
	catalogName, schema := r.PathValue("catalog"), r.PathValue("schema")
	found, err := p.Catalog.Tables(r.Context(), catalogName, schema)
	if err != nil {
		return nil, err
	}
	return tableList(catalogName, schema, found), nil
}

func (p *Pages) table(r *http.Request) (templ.Component, error) {
	found, err := p.Catalog.Table(r.Context(), r.PathValue("catalog"), r.PathValue("schema"), r.PathValue("table"))
	if err != nil {
		return nil, err
	}
	return tableDetail(found), nil
}

func (p *Pages) rows(r *http.Request) (templ.Component, error) {
	query := r.URL.Query()
	limit, err := api.Limit(query, p.PageSize)
	if err != nil {
		return nil, err
	}
	names := []string{r.PathValue("catalog"), r.PathValue("schema"), r.PathValue("table")}
	page, err := p.Rows.Read(r.Context(), names[0], names[1], names[2], limit, query.Get("page_token"))
	if err != nil {
		return nil, err
	}
	return rowPage(rowView{page: page, path: path(names...), limit: limit, limited: query.Has("limit")}), nil
}

func (p *Pages) home(r *http.Request) (templ.Component, error) {
	found, err := p.Catalog.Catalogs(r.Context())
	if err != nil {
		return nil, err
	}
	return homeCard(found, p.DefaultCatalog, p.DefaultSchema), nil
}
