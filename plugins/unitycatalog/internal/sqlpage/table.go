package sqlpage

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/bidi"

	"corbel.example/plugins/unitycatalog/internal/grid"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/ui"
)

const (
	// maxMarkup is how much a table's cells may take as markup, in bytes; cellMarkup is what each takes beside its text, and linkMarkup
	// the link to a value that is cut.
	maxMarkup  = 1_200_000
	cellMarkup = 30
	linkMarkup = 150
	// maxHeadings is how much text the columns' titles have together, in characters.
	maxHeadings = 30_000
	// leastWidth is how many characters of a cell are shown at least.
	leastWidth = 16
	mostWidth  = 200
)

// table is a page of rows.
func (v *view) table() (ui.Component, error) {
	order := v.order()
	from, err := strconv.ParseInt(v.query.Get(fieldFrom), 10, 64)
	if err != nil || from < 0 {
		from = 0
	}
	size := grid.Size(v.manifest, v.pages.Preferences.Of(v.request.Context()).PageSize)
	page, err := v.pages.Grid.Page(v.request.Context(), v.manifest, from, size, order)
	if err != nil {
		return nil, err
	}
	table := ui.Table{Label: textResult, Pager: v.pager(page, size)}
	columns := v.shownColumns()
	for i, c := range columns {
		heading := ui.Column{Title: v.name(c), Type: ui.Cut(c.TypeText, v.headingWidth()), Number: c.Numeric()}
		if grid.CanSort(v.manifest) {
			heading.Sort = v.sort(i, order)
		}
		table.Columns = append(table.Columns, heading)
	}
	width := widthFor(page)
	for _, row := range page.Rows {
		cells := make([]ui.Component, len(columns))
		for i := range columns {
			cells[i] = v.cell(row.Number, i, row.Cells[i], width)
		}
		table.Rows = append(table.Rows, cells)
	}
	parts := ui.Parts{table}
	if n := len(v.manifest.Columns); n > len(columns) {
		parts = append(parts, ui.Paragraph{ui.Muted(fmt.Sprintf(textFirstColumns, v.locale.Count(int64(len(columns))), v.locale.Count(int64(n))))})
	}
	if !grid.CanSort(v.manifest) {
		parts = append(parts, ui.Paragraph{ui.Muted(textSortLarge)})
	}
	return parts, nil
}

// shownColumns are the columns that a page has room for.
func (v *view) shownColumns() []statement.Column {
	return v.manifest.Columns[:min(len(v.manifest.Columns), grid.MaxColumns)]
}

// name is that of a column, or its beginning.
func (v *view) name(c statement.Column) string { return ui.Cut(c.Name, v.headingWidth()) }

// headingWidth is how many characters of each column's name are shown.
func (v *view) headingWidth() int {
	return max(leastWidth, min(mostWidth, maxHeadings/max(1, len(v.shownColumns()))))
}

func (v *view) order() grid.Order {
	column, err := strconv.Atoi(v.query.Get(fieldSort))
	if err != nil || column < 0 || column >= len(v.manifest.Columns) || !grid.CanSort(v.manifest) {
		return grid.Unsorted
	}
	return grid.Order{Column: column, Descending: v.query.Get(fieldOrder) == descending}
}

// sort is the link in a column's title: upwards, then downwards.
func (v *view) sort(column int, order grid.Order) ui.Sort {
	s := ui.Sort{Direction: ui.Unsorted}
	next := ""
	switch {
	case order.Column != column:
	case order.Descending:
		s.Direction = ui.Descending
	default:
		s.Direction, next = ui.Ascending, descending
	}
	s.Href = v.address(fieldSort, strconv.Itoa(column), fieldOrder, next)
	return s
}

func (v *view) pager(page *grid.Page, size int) *ui.Pager {
	to := func(from int64) string {
		text := ""
		if from > 0 {
			text = strconv.FormatInt(from, 10)
		}
		return v.address(fieldSort, v.query.Get(fieldSort), fieldOrder, v.query.Get(fieldOrder), fieldFrom, text)
	}
	last := page.Offset + int64(len(page.Rows))
	p := &ui.Pager{Label: textPages, Range: v.locale.Count(page.Offset+1) + "-" + v.locale.Count(last) + textOfRows + v.locale.Count(v.manifest.RowCount)}
	if len(page.Rows) == 0 {
		p.Range = textNoRows
	}
	if page.Offset > 0 {
		p.First, p.Previous = to(0), to(max(0, page.Offset-int64(size)))
	}
	if last < v.manifest.RowCount {
		p.Next = to(last)
	}
	return p
}

// widthFor is how many characters of each cell are shown, so that the page does not become too large.
func widthFor(page *grid.Page) int {
	for width := mostWidth; ; width /= 2 {
		size := 0
		for _, row := range page.Rows {
			for _, c := range row.Cells[:min(len(row.Cells), grid.MaxColumns)] {
				shown := ui.Cut(c.Text, width)
				size += cellMarkup + len(html.EscapeString(shown))
				if c.IsCut() || len(shown) < len(c.Text) {
					size += linkMarkup
				}
			}
		}
		if size <= maxMarkup || width <= leastWidth {
			return max(width, leastWidth)
		}
	}
}

// cell shows a value. One that is cut has a link to the whole.
func (v *view) cell(row int64, column int, c grid.Cell, width int) ui.Component {
	if c.Null {
		return ui.Null{}
	}
	text := c.Text
	if v.manifest.Columns[column].TypeName == "BINARY" {
		text = hexadecimal(text)
	}
	shown := ui.Cut(text, width)
	component := plain(shown)
	if !c.IsCut() && shown == text {
		return component
	}
	gap := " " // behind the ellipsis that Cut has put there
	if shown == text {
		gap = "… "
	}
	href := statementPath(v.manifest.ID) + "/rows/" + strconv.FormatInt(row, 10) + "/columns/" + strconv.Itoa(column)
	return ui.Parts{component, ui.Text(gap), ui.Link{Href: href, Text: textWholeCell + v.locale.Bytes(int64(c.Size))}}
}

// plain is a text. What may be written from right to left is kept to itself.
func plain(text string) ui.Component {
	for _, r := range text {
		if r < '\u0590' { // nothing before Hebrew is
			continue
		}
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL || p.Class() >= bidi.LRO {
			return isolated(text)
		}
	}
	return ui.Text(text)
}

// hexadecimal shows base64, in which binary values come, or the beginning of it.
func hexadecimal(text string) string {
	const group = 4
	raw, err := base64.StdEncoding.DecodeString(text[:len(text)/group*group])
	if err != nil {
		return text
	}
	return textBinaryPrefix + strings.ToUpper(hex.EncodeToString(raw))
}
