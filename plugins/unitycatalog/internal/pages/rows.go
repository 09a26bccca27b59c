package pages

import (
	"fmt"
	"net/http"
	"strconv"

	"corbel.example/plugins/unitycatalog/internal/api"
	"corbel.example/plugins/unitycatalog/internal/rows"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

func (p *Pages) rows(r *http.Request) (ui.Component, error) {
	request, err := api.RowRequest(r, p.Preferences)
	if err != nil {
		return nil, err
	}
	page, err := p.Rows.Read(r.Context(), request)
	if err != nil {
		return nil, err
	}
	limit := ""
	if r.URL.Query().Has("limit") {
		limit = strconv.Itoa(request.Limit)
	}
	return rowView{page, request, path(names(r)...) + dataTab, limit, locale.FromContext(r.Context())}.show(), nil
}

// rowView is a page of rows with what its links need.
type rowView struct {
	page    *rows.Page
	request rows.Request
	address string
	limit   string // as the request has it; empty if it doesn't
	locale  locale.Locale
}

func (v rowView) show() ui.Component {
	if v.page.Rows.Len() == 0 && v.page.Offset == 0 {
		return ui.Empty{
			Title: textNoRows, Text: textNoRowsHint,
			Action: ui.Button{Text: textColumns, Href: path(v.request.Catalog, v.request.Schema, v.request.Table)},
		}
	}
	table := ui.Table{ID: "rows", Label: textSampleData, Pager: v.pager()}
	for _, c := range v.page.Columns {
		heading := ui.Column{Title: c.Name, Type: c.TypeText, Number: c.Numeric()}
		if rows.IsSortable(c.TypeText) {
			heading.Sort = sortLink(v.address, c.Name, v.request.Order.Column, v.request.Order.Descending, "limit", v.limit)
		}
		table.Columns = append(table.Columns, heading)
	}
	for _, row := range v.page.Rows.Cells() {
		cells := make([]ui.Component, len(row))
		for i, value := range row {
			cells[i] = cell(v.page.Columns[i], value)
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

// shortest is the length from which on a value may be cut.
const shortest = 40

func cell(c statement.Column, value *string) ui.Component {
	switch {
	case value == nil:
		return ui.Null{}
	case len(*value) > shortest && !c.Numeric():
		return ui.Long(*value)
	default:
		return ui.Text(*value)
	}
}

func (v rowView) pager() *ui.Pager {
	to := func(token string) string {
		order := ""
		if v.request.Order.Descending {
			order = "desc"
		}
		return with(v.address, "limit", v.limit, "sort", v.request.Order.Column, "order", order, "page_token", token)
	}
	p := &ui.Pager{Label: textPagesOfRows, Range: v.rangeText()}
	if v.page.Offset > 0 {
		p.First, p.Previous = to(""), to(v.page.PreviousPageToken)
	}
	if v.page.NextPageToken != "" {
		p.Next = to(v.page.NextPageToken)
	}
	return p
}

// rangeText says which rows the page has: "Rows 101 to 200".
func (v rowView) rangeText() string {
	if v.page.Rows.Len() == 0 {
		return textNoMoreRows
	}
	return fmt.Sprintf(textRowsTo, v.locale.Count(v.page.Offset+1), v.locale.Count(v.page.Offset+int64(v.page.Rows.Len())))
}
