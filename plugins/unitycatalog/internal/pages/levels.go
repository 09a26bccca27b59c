package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

func (p *Pages) catalogs(r *http.Request) (ui.Component, error) {
	found, err := p.Catalog.Catalogs(r.Context())
	if err != nil {
		return nil, err
	}
	return ui.Parts{
		ui.Heading{Level: 1, Text: textCatalog},
		list[catalog.Catalog]{
			title: textCatalogs, address: path(), items: found.Items, truncated: found.Truncated,
			columns: []column[catalog.Catalog]{
				named(func(c catalog.Catalog) string { return c.Name }, func(c catalog.Catalog) ui.Component { return ui.Lines{link(c.Name), remark(c.Comment)} }),
				text(textType, "type", func(c catalog.Catalog) string { return words(strings.TrimSuffix(c.Type, "_CATALOG")) }, tag),
				text(textOwner, "owner", func(c catalog.Catalog) string { return c.Owner }, plain),
				updated(func(c catalog.Catalog) int64 { return c.UpdatedAt }),
			},
			empty: ui.Empty{
				Title: textNoCatalogs, Text: textNoCatalogsHint,
				Action: ui.Button{Text: textLookAgain, Href: path()},
			},
		}.show(r),
		truncated(r, found.Truncated),
	}, nil
}

func (p *Pages) schemas(r *http.Request) (ui.Component, error) {
	name := r.PathValue("catalog")
	found, err := p.Catalog.Schemas(r.Context(), name)
	if err != nil {
		return nil, err
	}
	return ui.Parts{
		crumbs(name), p.catalogHeader(r, name),
		list[catalog.Schema]{
			title: textSchemas, address: path(name), items: found.Items, truncated: found.Truncated,
			columns: []column[catalog.Schema]{
				named(func(s catalog.Schema) string { return s.Name }, func(s catalog.Schema) ui.Component { return ui.Lines{link(name, s.Name), remark(s.Comment)} }),
				text(textOwner, "owner", func(s catalog.Schema) string { return s.Owner }, plain),
				updated(func(s catalog.Schema) int64 { return s.UpdatedAt }),
			},
			empty: ui.Empty{
				Title: textNoSchemas, Text: textNoSchemasHint,
				Action: ui.Button{Text: textBackToTheCatalogs, Href: path()},
			},
		}.show(r),
		truncated(r, found.Truncated),
	}, nil
}

func (p *Pages) tables(r *http.Request) (ui.Component, error) {
	catalogName, schema := r.PathValue("catalog"), r.PathValue("schema")
	found, err := p.Catalog.Tables(r.Context(), catalogName, schema)
	if err != nil {
		return nil, err
	}
	return ui.Parts{
		crumbs(catalogName, schema), p.schemaHeader(r, catalogName, schema),
		list[catalog.Table]{
			title: textTables, address: path(catalogName, schema), items: found.Items, truncated: found.Truncated,
			columns: []column[catalog.Table]{
				named(func(t catalog.Table) string { return t.Name }, func(t catalog.Table) ui.Component {
					return ui.Lines{link(catalogName, schema, t.Name), remark(t.Comment)}
				}),
				text(textType, "type", func(t catalog.Table) string { return words(t.Type) }, tag),
				text(textOwner, "owner", func(t catalog.Table) string { return t.Owner }, plain),
				updated(func(t catalog.Table) int64 { return t.UpdatedAt }),
			},
			empty: ui.Empty{
				Title: textNoTables, Text: textNoTablesHint,
				Action: ui.Button{Text: textBackTo + catalogName, Href: path(catalogName)},
			},
		}.show(r),
		truncated(r, found.Truncated),
	}, nil
}

// catalogHeader names a catalog. What there is to say about it is left out where the list of catalogs can't be had.
func (p *Pages) catalogHeader(r *http.Request, name string) ui.Component {
	var c catalog.Catalog
	if all, err := p.Catalog.Catalogs(r.Context()); err == nil {
		if i := slices.IndexFunc(all.Items, func(c catalog.Catalog) bool { return strings.EqualFold(c.Name, name) }); i >= 0 {
			c = all.Items[i]
		}
	}
	return header(textKindCatalog, c.Comment, c.Owner, name)
}

func (p *Pages) schemaHeader(r *http.Request, catalogName, name string) ui.Component {
	var s catalog.Schema
	if all, err := p.Catalog.Schemas(r.Context(), catalogName); err == nil {
		if i := slices.IndexFunc(all.Items, func(s catalog.Schema) bool { return strings.EqualFold(s.Name, name) }); i >= 0 {
			s = all.Items[i]
		}
	}
	return header(textKindSchema, s.Comment, s.Owner, catalogName, name)
}

// header is the heading of what the last of the names names.
func header(kind, comment, owner string, names ...string) ui.Component {
	title := ui.Row{ui.Heading{Level: 1, Text: names[len(names)-1]}, ui.Tag{Text: kind}}
	if owner != "" {
		title = append(title, ui.Muted(textOwnedBy+owner))
	}
	parts := ui.Parts{append(title, ui.End{ui.Copyable(strings.Join(names, "."))})}
	if comment != "" {
		parts = append(parts, ui.Paragraph{ui.Text(comment)})
	}
	return parts
}

// truncated says that a list is not whole.
func truncated(r *http.Request, is bool) ui.Component {
	if !is {
		return nil
	}
	return ui.Banner{
		Title: textListIsLonger, Text: textOnlyFirst + locale.FromContext(r.Context()).Count(catalog.MaxListed) + textAreShown,
	}
}

// named is the column of names, which links.
func named[T any](name func(T) string, cell func(T) ui.Component) column[T] {
	return column[T]{title: textName, key: "name", cell: cell, compare: func(a, b T) int { return byText(name(a), name(b)) }}
}

// text is a column of words that are shown in a way.
func text[T any](title, key string, value func(T) string, show func(string) ui.Component) column[T] {
	return column[T]{
		title: title, key: key, cell: func(item T) ui.Component { return show(value(item)) },
		compare: func(a, b T) int { return byText(value(a), value(b)) },
	}
}

// updated is the column of the last change.
func updated[T any](at func(T) int64) column[T] {
	return column[T]{
		title: textUpdated, key: "updated", cell: func(item T) ui.Component { return moment(at(item)) },
		compare: func(a, b T) int { return cmp.Compare(at(a), at(b)) },
	}
}

// byText compares as people do: without case, unless nothing else is different.
func byText(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}

func plain(s string) ui.Component { return ui.Text(s) }

// maxRemark is how many characters of a comment a list shows.
const maxRemark = 160

// remark is a comment below a name; nil when there is none.
func remark(comment string) ui.Component {
	if comment == "" {
		return nil
	}
	return ui.Muted(ui.Cut(comment, maxRemark))
}

func tag(s string) ui.Component {
	if s == "" {
		return nil
	}
	return ui.Tag{Text: s}
}

// words makes words of a name such as MATERIALIZED_VIEW.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// moment shows a time in milliseconds since 1970; 0 is none.
func moment(milliseconds int64) ui.Component {
	if milliseconds == 0 {
		return nil
	}
	return ui.Time(time.UnixMilli(milliseconds))
}
