package pages

import (
	"net/http"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/ui"
)

// The tabs of a table's page, each a page of its own. The first has the table's address.
const (
	columnsTab     = ""
	dataTab        = "/data"
	permissionsTab = "/permissions"
	detailsTab     = "/details"
)

// tableOf reads the table that the path names.
func (p *Pages) tableOf(r *http.Request) (catalog.Table, error) {
	return p.Catalog.Table(r.Context(), r.PathValue("catalog"), r.PathValue("schema"), r.PathValue("table"))
}

// tableHeader is what all tabs begin with.
func tableHeader(t catalog.Table, current string) ui.Parts {
	address := path(t.Catalog, t.Schema, t.Name)
	tabs := ui.Tabs{Label: textTabsOf + t.Name}
	for _, tab := range []ui.Tab{
		{Title: textColumns, Href: columnsTab, Count: ui.Number(len(t.Columns))},
		{Title: textSampleData, Href: dataTab},
		{Title: textPermissions, Href: permissionsTab},
		{Title: textDetails, Href: detailsTab},
	} {
		tab.Current, tab.Href = tab.Href == current, address+tab.Href
		tabs.Items = append(tabs.Items, tab)
	}
	return ui.Parts{
		ui.Row{crumbs(t.Catalog, t.Schema, t.Name), ui.End{ui.Button{Text: textOpenInSQL, Size: ui.Small, Href: inSQL(t)}}},
		header(either(words(t.Type), textKindTable), t.Comment, t.Owner, t.Catalog, t.Schema, t.Name), tabs,
	}
}

// inSQL is the SQL page with a statement that reads the table.
func inSQL(t catalog.Table) string {
	name := make([]string, 0, 3) //nolint:mnd // catalog, schema and table
	for _, part := range []string{t.Catalog, t.Schema, t.Name} {
		name = append(name, statement.QuoteName(part))
	}
	return with("/sql", "statement", "SELECT * FROM "+strings.Join(name, "."), "catalog", t.Catalog, "schema", t.Schema)
}

func (p *Pages) columns(r *http.Request) (ui.Component, error) {
	t, err := p.tableOf(r)
	if err != nil {
		return nil, err
	}
	table := ui.Table{
		Label:   textColumns,
		Columns: []ui.Column{{Title: "#", Number: true}, {Title: textName}, {Title: textType}, {Title: textNullable}, {Title: textComment}},
		Empty:   ui.Empty{Title: textNoColumns, Text: textNoColumnsHint, Action: ui.Button{Text: textDetails, Href: path(t.Catalog, t.Schema, t.Name) + detailsTab}},
	}
	for i, c := range t.Columns {
		name := ui.Parts{ui.Text(c.Name)}
		if c.Mask != nil {
			name = append(name, ui.Text(" "), ui.Tag{Text: textMasked, Type: ui.Warning})
		}
		nullable := ui.Text(textNo)
		if c.Nullable {
			nullable = textYes
		}
		table.Rows = append(table.Rows, []ui.Component{ui.Number(i + 1), name, typeOf(c.TypeText), nullable, ui.Wrapped(c.Comment)})
	}
	return append(tableHeader(t, columnsTab), protection(t), table), nil
}

// maxTypeTag is the longest type that is shown whole.
const maxTypeTag = 40

// typeOf shows a type. A nested one can be of any length.
func typeOf(text string) ui.Component {
	if !strings.Contains(text, "<") { // in a nested type stand names of fields, which have case
		text = strings.ToUpper(text)
	}
	if len(text) <= maxTypeTag {
		return ui.Tag{Text: text}
	}
	return ui.Long(text)
}

// protection says that not everybody sees the same; nil where everybody does.
func protection(t catalog.Table) ui.Component {
	var masked []string
	for _, c := range t.Columns {
		if c.Mask != nil {
			masked = append(masked, c.Name)
		}
	}
	var says []string
	if t.RowFilter != nil {
		says = append(says, textRowFilterDecides)
	}
	if len(masked) > 0 {
		says = append(says, textMaskHides+strings.Join(masked, ", ")+".")
	}
	if len(says) == 0 {
		return nil
	}
	return ui.Banner{Title: textProtected, Text: strings.Join(says, " ")}
}

func (p *Pages) data(r *http.Request) (ui.Component, error) {
	t, err := p.tableOf(r)
	if err != nil {
		return nil, err
	}
	return append(tableHeader(t, dataTab), protection(t)), nil
}

func (p *Pages) details(r *http.Request) (ui.Component, error) {
	t, err := p.tableOf(r)
	if err != nil {
		return nil, err
	}
	about := ui.Properties{
		{Name: textFullName, Value: ui.Copyable(t.Catalog + "." + t.Schema + "." + t.Name)},
		{Name: textType, Value: tag(words(t.Type))},
		{Name: textFormat, Value: known(t.Format)},
		{Name: textOwner, Value: known(t.Owner)},
		{Name: textCreated, Value: by(t.CreatedAt, t.CreatedBy)},
		{Name: textUpdated, Value: by(t.UpdatedAt, t.UpdatedBy)},
		{Name: textRows, Value: statistic(t, "spark.sql.statistics.numRows")},
		{Name: textBytes, Value: statistic(t, "spark.sql.statistics.totalSize")},
		{Name: textColumns, Value: ui.Number(len(t.Columns))},
		{Name: textComment, Value: known(t.Comment)},
	}
	if t.RowFilter != nil {
		about = append(about, ui.Property{Name: textRowFilter, Value: policy(t.RowFilter.Function, t.RowFilter.Columns)})
	}
	for _, c := range t.Columns {
		if c.Mask != nil {
			about = append(about, ui.Property{Name: textMaskOf + c.Name, Value: policy(c.Mask.Function, c.Mask.Columns)})
		}
	}
	parts := append(tableHeader(t, detailsTab), ui.Card{Title: textAbout, Body: about})
	if t.Definition != "" {
		parts = append(parts, ui.Card{Title: textDefinition, Body: ui.Preformatted(t.Definition)})
	}
	return append(parts, properties(t.Properties)), nil
}
