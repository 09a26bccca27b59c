package pages

import (
	"net/http"
	"time"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/preference"
	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

const (
	root = api.Root + "/fragments"
	// metadataTimeout and rowsTimeout are how long a page waits for a fragment. Rows may have to wait for the warehouse.
	metadataTimeout = 5 * time.Second
	rowsTimeout     = 30 * time.Second
	// metadataTTL is how long the host may show a copy of what holds metadata alone. Rows and permissions are always new.
	metadataTTL = 30 * time.Second
)

// Pages answers the fragments.
type Pages struct {
	Catalog *catalog.Reader
	Rows    *rows.Reader
	// Preferences are what holds where a request does not say.
	Preferences *preference.Reader
}

// The paths of a table's page, which has a page for each tab, and those of a fragment for what the path names.
const (
	ofCatalog = "/{catalog}"
	ofSchema  = ofCatalog + "/{schema}"
	ofTable   = ofSchema + "/{table}"
)

func page(path, title, tree string, main ...string) plugin.Page {
	p := plugin.Page{Path: "/catalog" + path, Title: title, Layout: "split", Slots: []plugin.Slot{{Name: "aside", Fragment: tree}}}
	for _, id := range main {
		p.Slots = append(p.Slots, plugin.Slot{Name: "main", Fragment: id})
	}
	return p
}

// Pages of the manifest.
var manifestPages = []plugin.Page{
	page("", textCatalog, "tree", "catalogs"),
	page("/search", textSearch, "tree", "search"),
	page(ofCatalog, textSchemas, "tree-of-catalog", "schemas"),
	page(ofSchema, textTables, "tree-of-schema", "tables"),
	page(ofTable, textColumns, "tree-of-table", "columns"),
	page(ofTable+"/data", textSampleData, "tree-of-table", "data", "rows"),
	page(ofTable+"/permissions", textPermissions, "tree-of-table", "permissions"),
	page(ofTable+"/details", textDetails, "tree-of-table", "details"),
}

// metadata is the fragment that a page stands or falls with.
func metadata(id, path string, lines int) plugin.Fragment {
	return plugin.Fragment{ID: id, Path: root + "/" + path, Timeout: metadataTimeout, Required: true, Primary: true, CacheTTL: metadataTTL, Lines: lines}
}

// aside is the tree beside it, opened as far as the path says.
func aside(id, path string) plugin.Fragment {
	return plugin.Fragment{ID: id, Path: root + "/tree" + path, Timeout: metadataTimeout, CacheTTL: metadataTTL, Lines: 12}
}

var manifestFragments = []plugin.Fragment{
	metadata("catalogs", "catalogs", 12),
	metadata("schemas", "schemas"+ofCatalog, 12),
	metadata("tables", "tables"+ofSchema, 12),
	metadata("columns", "columns"+ofTable, 18),
	metadata("data", "data"+ofTable, 6),
	metadata("details", "details"+ofTable, 18),
	{ID: "permissions", Path: root + "/permissions" + ofTable, Timeout: metadataTimeout, Required: true, Primary: true, Lines: 18},
	{ID: "rows", Path: root + "/rows" + ofTable, Timeout: rowsTimeout, Lines: 24},
	{ID: "search", Path: root + "/search", Timeout: metadataTimeout, Required: true, Primary: true, Lines: 12},
	aside("tree", ""), aside("tree-of-catalog", ofCatalog), aside("tree-of-schema", ofSchema), aside("tree-of-table", ofTable),
	{ID: "branch", Path: root + "/branch", Timeout: metadataTimeout, CacheTTL: metadataTTL},
	{ID: "home", Slot: "home", Path: root + "/home", Timeout: metadataTimeout, CacheTTL: metadataTTL, Lines: 12},
}

// Describe adds pages, fragments with their routes, and navigation to a manifest.
func Describe(m *plugin.Manifest) {
	m.Pages = append(m.Pages, manifestPages...)
	m.Fragments = append(m.Fragments, manifestFragments...)
	for _, f := range manifestFragments {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: f.Path, Timeout: f.Timeout})
	}
	m.Nav = append(m.Nav, plugin.NavItem{Title: textCatalog, Path: "/catalog", Group: "Data", Order: 10})
}

// Register adds the fragments to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	views := map[string]ui.View{
		"catalogs": p.catalogs, "schemas": p.schemas, "tables": p.tables,
		"columns": p.columns, "data": p.data, "rows": p.rows, "permissions": p.permissions, "details": p.details,
		"tree": p.tree, "tree-of-catalog": p.tree, "tree-of-schema": p.tree, "tree-of-table": p.tree, "branch": p.branch,
		"search": p.search, "home": p.home,
	}
	for _, f := range manifestFragments {
		mux.Handle("GET "+f.Path, views[f.ID])
	}
}
