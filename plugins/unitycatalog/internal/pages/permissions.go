package pages

import (
	"net/http"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
)

func (p *Pages) permissions(r *http.Request) (ui.Component, error) {
	t, err := p.tableOf(r)
	if err != nil {
		return nil, err
	}
	parts := tableHeader(t, permissionsTab)
	found, err := p.Catalog.Permissions(r.Context(), t.Catalog, t.Schema, t.Name)
	if fault.KindOf(err) == fault.Forbidden && err != nil {
		// The table may be seen: what else is to be known of it stays.
		return append(parts, ui.Failure(r.Context(), err), ui.Card{Title: "Owner", Body: owner(t.Owner)}), nil
	}
	if err != nil {
		return nil, err
	}
	return append(parts, ownPrivileges(found), grants(found)), nil
}

func owner(name string) ui.Component {
	if name == "" {
		return ui.Paragraph{ui.Muted("Unity Catalog does not tell who owns the table.")}
	}
	return ui.Paragraph{ui.Text(name + " owns the table, and can grant privileges on it.")}
}

// ownPrivileges says what the caller may do, and whom to ask for more.
func ownPrivileges(p catalog.Permissions) ui.Component {
	privileges := ui.Row{}
	if p.IsOwner {
		privileges = append(privileges, ui.Tag{Text: "OWNER", Type: ui.Success})
	}
	for _, privilege := range p.Privileges {
		privileges = append(privileges, ui.Tag{Text: privilege, Type: ui.Info})
	}
	if len(privileges) == 0 {
		privileges = append(privileges, ui.Muted("None: you may know of the table, but not read it."))
	}
	body := ui.Parts{privileges}
	if !p.IsOwner {
		ask := "an administrator of the workspace"
		if p.Owner != "" {
			ask = p.Owner + ", who owns the table,"
		}
		body = append(body, ui.Paragraph{ui.Muted("Ask " + ask + " for more.")})
	}
	return ui.Card{Title: "Your privileges", Tag: ui.Count(len(p.Privileges)), Body: body}
}

func grants(p catalog.Permissions) ui.Component {
	table := ui.Table{
		Label:   "Grants",
		Columns: []ui.Column{{Title: "Principal"}, {Title: "Privilege"}, {Title: "Granted on"}},
		Empty:   ui.Paragraph{ui.Muted("There is no grant that you may know of: its owner can always use the table.")},
	}
	for _, g := range p.Grants {
		var on ui.Component = ui.Text("this table")
		if g.InheritedFrom != "" {
			on = ui.Parts{ui.Muted(strings.ToLower(g.InheritedType) + " "), link(strings.Split(g.InheritedFrom, ".")...)}
		}
		table.Rows = append(table.Rows, []ui.Component{ui.Text(g.Principal), ui.Tag{Text: g.Privilege}, on})
	}
	parts := ui.Parts{ui.Card{Title: "Grants", Tag: ui.Count(len(p.Grants)), Body: table}}
	if !p.IsOwner {
		parts = append(parts, ui.Paragraph{ui.Muted("Who neither owns the table nor manages it sees only the grants that reach them.")})
	}
	return parts
}
