package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// maxBranches is how many branches a level of the tree has; the page of the level has all.
const maxBranches = 200

// tree shows all catalogs, opened on the way to the page, below the search.
func (p *Pages) tree(r *http.Request) (ui.Component, error) {
	catalogs, err := p.Catalog.Catalogs(r.Context())
	if err != nil {
		return nil, err
	}
	open := names(r)
	var branches []ui.Branch
	for _, c := range catalogs.Items {
		b := ui.Branch{Kind: "catalog", Title: c.Name, Href: path(c.Name), Source: source("catalog", c.Name)}
		if leadsTo(open, 0, c.Name) {
			b.Current = len(open) == 1
			p.openCatalog(r, &b, c.Name, open)
		}
		branches = append(branches, b)
	}
	return ui.Parts{
		ui.Search{Action: path("search"), Label: textSearchTheCatalog, Value: r.URL.Query().Get("q")},
		ui.Tree{Label: textCatalog, Branches: some(locale.FromContext(r.Context()), branches, path())},
	}, nil
}

// openCatalog puts a catalog's schemas below it. Without them it can still be opened, and says then what is wrong.
func (p *Pages) openCatalog(r *http.Request, b *ui.Branch, name string, open []string) {
	schemas, err := p.Catalog.Schemas(r.Context(), name)
	if err != nil {
		return
	}
	region := locale.FromContext(r.Context())
	b.Source = ""
	b.Branches = schemaBranches(name, schemas)
	for i, s := range schemas.Items {
		if !leadsTo(open, 1, s.Name) {
			continue
		}
		b.Branches[i].Current = len(open) == 2
		tables, err := p.Catalog.Tables(r.Context(), name, s.Name)
		if err != nil {
			continue
		}
		b.Branches[i].Source = ""
		b.Branches[i].Branches = tableBranches(name, s.Name, tables)
		for j, t := range tables.Items {
			b.Branches[i].Branches[j].Current = leadsTo(open, 2, t.Name)
		}
		b.Branches[i].Branches = some(region, b.Branches[i].Branches, path(name, s.Name))
	}
	b.Branches = some(region, b.Branches, path(name))
}

// branch is what is in a catalog or schema, for the tree.
func (p *Pages) branch(r *http.Request) (ui.Component, error) {
	region, query := locale.FromContext(r.Context()), r.URL.Query()
	catalogName, schema := query.Get("catalog"), query.Get("schema")
	if schema == "" {
		found, err := p.Catalog.Schemas(r.Context(), catalogName)
		if err != nil {
			return nil, err
		}
		return ui.Branches(some(region, schemaBranches(catalogName, found), path(catalogName))), nil
	}
	found, err := p.Catalog.Tables(r.Context(), catalogName, schema)
	if err != nil {
		return nil, err
	}
	return ui.Branches(some(region, tableBranches(catalogName, schema, found), path(catalogName, schema))), nil
}

func schemaBranches(catalogName string, list catalog.List[catalog.Schema]) []ui.Branch {
	branches := make([]ui.Branch, len(list.Items))
	for i, s := range list.Items {
		branches[i] = ui.Branch{Kind: "schema", Title: s.Name, Href: path(catalogName, s.Name), Source: source("catalog", catalogName, "schema", s.Name)}
	}
	return branches
}

func tableBranches(catalogName, schema string, list catalog.List[catalog.Table]) []ui.Branch {
	branches := make([]ui.Branch, len(list.Items))
	for i, t := range list.Items {
		kind := "table"
		if strings.Contains(t.Type, "VIEW") {
			kind = "view"
		}
		branches[i] = ui.Branch{Kind: kind, Title: t.Name, Href: path(catalogName, schema, t.Name)}
	}
	return branches
}

// some keeps the first branches and those that are open or current, and leads to the others.
func some(region locale.Locale, branches []ui.Branch, others string) []ui.Branch {
	if len(branches) <= maxBranches {
		return branches
	}
	kept := slices.Clone(branches[:maxBranches])
	for _, b := range branches[maxBranches:] {
		if b.Current || len(b.Branches) > 0 {
			kept = append(kept, b)
		}
	}
	return append(kept, ui.Branch{Title: region.Count(int64(len(branches)-len(kept))) + textMore, Href: others})
}

// leadsTo says whether a name is the one at a level of the way. Names have no case in Unity Catalog.
func leadsTo(open []string, level int, name string) bool {
	return len(open) > level && strings.EqualFold(open[level], name)
}

// source is the address of the fragment with the branches of what the parameters name.
func source(parameters ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		query.Set(parameters[i], parameters[i+1])
	}
	return "/_fragment/unitycatalog/branch?" + query.Encode()
}
