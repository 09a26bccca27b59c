package sqlpage

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
)

// complete answers the editor: what stands below a path, which is read as SQL would in the catalog and schema that are chosen.
func (p *Pages) complete(w http.ResponseWriter, r *http.Request) error {
	here := scope{pages: p, ctx: r.Context(), catalog: r.FormValue(fieldCatalog), schema: r.FormValue(fieldSchema)}
	path := ui.CompletionPath(r)
	for _, found := range here.places(path) {
		all, err := found()
		if err != nil && fault.KindOf(err) == fault.Unauthenticated {
			return err
		}
		// What is not there or not allowed has nothing to offer; the next reading of the path may.
		if len(all) > 0 {
			return ui.WriteCompletions(w, all)
		}
	}
	return ui.WriteCompletions(w, nil)
}

// scope is where names are looked up.
type scope struct {
	pages           *Pages
	ctx             context.Context //nolint:containedctx // of one request
	catalog, schema string
}

type source func() ([]ui.Completion, error)

// places are the ways to read a path, the first that holds something being meant.
func (s scope) places(path []string) []source {
	switch len(path) {
	case 0:
		return []source{s.top}
	case 1:
		return []source{s.schemas(path[0]), s.tables(s.catalog, path[0]), s.columns(s.catalog, s.schema, path[0])}
	case 2: //nolint:mnd // a schema in a catalog, or a table in a schema
		return []source{s.tables(path[0], path[1]), s.columns(s.catalog, path[0], path[1])}
	case 3: //nolint:mnd // the whole name of a table
		return []source{s.columns(path[0], path[1], path[2])}
	default:
		return nil
	}
}

// top is what a name can begin with: tables of the schema, schemas of the catalog, catalogs.
func (s scope) top() ([]ui.Completion, error) {
	tables, err := s.tables(s.catalog, s.schema)()
	if err != nil && fault.KindOf(err) == fault.Unauthenticated {
		return nil, err
	}
	schemas, err := s.schemas(s.catalog)()
	if err != nil && fault.KindOf(err) == fault.Unauthenticated {
		return nil, err
	}
	found, err := s.pages.Catalog.Catalogs(s.ctx)
	all := slices.Concat(tables, schemas)
	for _, c := range found.Items {
		all = append(all, ui.Completion{Label: c.Name, Kind: "catalog"})
	}
	return all, err
}

func (s scope) schemas(catalog string) source {
	return func() (all []ui.Completion, err error) {
		if catalog == "" {
			return nil, nil
		}
		found, err := s.pages.Catalog.Schemas(s.ctx, catalog)
		for _, schema := range found.Items {
			all = append(all, ui.Completion{Label: schema.Name, Kind: "schema", Detail: catalog})
		}
		return all, err
	}
}

func (s scope) tables(catalog, schema string) source {
	return func() (all []ui.Completion, err error) {
		if catalog == "" || schema == "" {
			return nil, nil
		}
		found, err := s.pages.Catalog.Tables(s.ctx, catalog, schema)
		for _, t := range found.Items {
			kind := "table"
			if strings.HasSuffix(t.Type, "VIEW") {
				kind = "view"
			}
			all = append(all, ui.Completion{Label: t.Name, Kind: kind, Detail: schema})
		}
		return all, err
	}
}

func (s scope) columns(catalog, schema, table string) source {
	return func() (all []ui.Completion, err error) {
		if catalog == "" || schema == "" {
			return nil, nil
		}
		found, err := s.pages.Catalog.Table(s.ctx, catalog, schema, table)
		for _, c := range found.Columns {
			all = append(all, ui.Completion{Label: c.Name, Kind: "column", Detail: strings.ToUpper(c.TypeText)})
		}
		return all, err
	}
}
