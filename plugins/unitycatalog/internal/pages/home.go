package pages

import (
	"net/http"
	"slices"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/ui"
)

// homeCatalogs is how many catalogs the home page lists.
const homeCatalogs = 5

func (p *Pages) home(r *http.Request) (ui.Component, error) {
	found, err := p.Catalog.Catalogs(r.Context())
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label: textCatalogs, Columns: []ui.Column{{Title: textName}, {Title: textOwner}},
		Empty: ui.Paragraph{ui.Muted(textNoCatalogToSee)},
	}
	for _, c := range found.Items[:min(homeCatalogs, len(found.Items))] {
		table.Rows = append(table.Rows, []ui.Component{ui.Lines{link(c.Name), remark(c.Comment)}, ui.Text(c.Owner)})
	}
	actions := ui.Row{ui.Button{Text: textOpenCatalog, Variant: ui.Primary, Href: path()}}
	preferred := p.Preferences.Of(r.Context())
	if slices.ContainsFunc(found.Items, func(c catalog.Catalog) bool { return strings.EqualFold(c.Name, preferred.Catalog) }) {
		names := []string{preferred.Catalog}
		if preferred.Schema != "" {
			names = append(names, preferred.Schema)
		}
		actions = append(actions, ui.Button{Text: strings.Join(names, "."), Href: path(names...)})
	}
	count := ui.Parts{ui.Number(len(found.Items))}
	if found.Truncated {
		count = append(count, ui.Text("+"))
	}
	return ui.Card{Title: textCatalog, Tag: count, Body: ui.Parts{table, actions}}, nil
}
