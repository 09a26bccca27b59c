package pages

import (
	"net/http"
	"slices"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
)

// searchPage is the page of the search and, without anything to search for, that of a catalog of this name.
const searchPage = "search"

// maxSearch is how long a text may be, in characters: no name is longer.
const maxSearch = 255

func (p *Pages) search(r *http.Request) (ui.Component, error) {
	query := r.URL.Query()
	text := strings.TrimSpace(query.Get("q"))
	switch {
	case !query.Has("q") && p.isCatalog(r, searchPage):
		r.SetPathValue("catalog", searchPage)
		return p.schemas(r)
	case text == "":
		return ui.Parts{searchHeader(), ui.Empty{
			Title: textNoSearch, Text: textSearchHint,
			Action: ui.Button{Text: textAllCatalogs, Href: path()},
		}}, nil
	case len([]rune(text)) > maxSearch:
		return nil, fault.Newf(fault.Invalid, "The text to search for is longer than %d characters, as no name is.", maxSearch).WithField("q", "too long")
	}
	found, err := p.Catalog.Search(r.Context(), text)
	if err != nil {
		return nil, err
	}
	parts := ui.Parts{searchHeader()}
	if found.Stopped {
		parts = append(parts, ui.Banner{Title: textMayBeMore, Text: textSearchStopped})
	}
	return append(parts, matches(text, found)), nil
}

func (p *Pages) isCatalog(r *http.Request, name string) bool {
	all, err := p.Catalog.Catalogs(r.Context())
	return err == nil && slices.ContainsFunc(all.Items, func(c catalog.Catalog) bool { return strings.EqualFold(c.Name, name) })
}

func searchHeader() ui.Component {
	return ui.Parts{crumbs("Search"), ui.Heading{Level: 1, Text: textSearch}}
}

func matches(text string, found catalog.Found) ui.Component {
	if len(found.Matches) == 0 {
		return ui.Empty{
			Title: textNothingFound, Text: textNothingFoundFor + text + textNothingFoundEnd,
			Action: ui.Button{Text: textAllCatalogs, Href: path()},
		}
	}
	table := ui.Table{Label: textMatches, Columns: []ui.Column{{Title: textName}, {Title: textKind}, {Title: textIn}}}
	for _, m := range found.Matches {
		table.Rows = append(table.Rows, matchRow(m))
	}
	return ui.Card{Title: textMatchesFor + text + "”", Tag: ui.Number(len(found.Matches)), Body: table}
}

func matchRow(m catalog.Match) []ui.Component {
	var name, in ui.Component
	switch m.Kind {
	case catalog.KindCatalog:
		name = link(m.Catalog)
	case catalog.KindSchema:
		name, in = link(m.Catalog, m.Schema), link(m.Catalog)
	case catalog.KindTable:
		name, in = link(m.Catalog, m.Schema, m.Table), ui.Link{Href: path(m.Catalog, m.Schema), Text: m.Catalog + "." + m.Schema}
	case catalog.KindColumn:
		name = ui.Link{Href: path(m.Catalog, m.Schema, m.Table), Text: m.Column, Label: m.Column + " of " + m.Table}
		in = ui.Link{Href: path(m.Catalog, m.Schema, m.Table), Text: m.Catalog + "." + m.Schema + "." + m.Table}
	}
	kind := string(m.Kind)
	if strings.Contains(m.Type, "VIEW") && m.Kind == catalog.KindTable {
		kind = "view"
	}
	about := m.Comment
	if m.Kind == catalog.KindColumn {
		about = m.Type
	}
	return []ui.Component{ui.Lines{name, remark(about)}, ui.Tag{Text: kind}, ui.Lines{in}}
}
