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
		return append(parts, ui.Failure(r.Context(), err), ui.Card{Title: textOwner, Body: owner(t.Owner)}), nil
	}
	if err != nil {
		return nil, err
	}
	return append(parts, ownPrivileges(found), grants(found)), nil
}

func owner(name string) ui.Component {
	if name == "" {
		return ui.Paragraph{ui.Muted(textNoOwner)}
	}
	return ui.Paragraph{ui.Text(name + textOwnsTable)}
}

// ownPrivileges says what the caller may do, and whom to ask for more.
func ownPrivileges(p catalog.Permissions) ui.Component {
	privileges := ui.Row{}
	if p.IsOwner {
		privileges = append(privileges, ui.Tag{Text: textPrivilegeOwner, Type: ui.Success})
	}
	for _, privilege := range p.Privileges {
		privileges = append(privileges, ui.Tag{Text: privilege, Type: ui.Info})
	}
	if len(privileges) == 0 {
		privileges = append(privileges, ui.Muted(textNoPrivileges))
	}
	body := ui.Parts{privileges}
	if !p.IsOwner {
		ask := textAdministrator
		if p.Owner != "" {
			ask = p.Owner + textWhoOwns
		}
		body = append(body, ui.Paragraph{ui.Muted(textAsk + ask + textForMore)})
	}
	return ui.Card{Title: textYourPrivileges, Tag: ui.Number(len(p.Privileges)), Body: body}
}

func grants(p catalog.Permissions) ui.Component {
	table := ui.Table{
		Label:   textGrants,
		Columns: []ui.Column{{Title: textPrincipal}, {Title: textPrivilege}, {Title: textGrantedOn}},
		Empty:   ui.Paragraph{ui.Muted(textNoGrants)},
	}
	for _, g := range p.Grants {
		var on ui.Component = ui.Text(textThisTable)
		if g.InheritedFrom != "" {
			on = ui.Parts{ui.Muted(strings.ToLower(g.InheritedType) + " "), link(strings.Split(g.InheritedFrom, ".")...)}
		}
		table.Rows = append(table.Rows, []ui.Component{ui.Text(g.Principal), ui.Tag{Text: g.Privilege}, on})
	}
	parts := ui.Parts{ui.Card{Title: textGrants, Tag: ui.Number(len(p.Grants)), Body: table}}
	if !p.IsOwner {
		parts = append(parts, ui.Paragraph{ui.Muted(textGrantsOfOthers)})
	}
	return parts
}
