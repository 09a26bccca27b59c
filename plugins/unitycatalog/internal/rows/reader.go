package rows

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/catalog"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

// Reader reads pages of rows. It is safe for concurrent use.
type Reader struct {
	Catalog *catalog.Reader
	Runner  *statement.Runner
}

// Page is some rows of a table.
type Page struct {
	Columns []statement.Column `json:"columns"`
	Rows    statement.Rows     `json:"rows"`
	// Offset is the number of rows before the page.
	Offset int64 `json:"offset"`
	// NextPageToken is empty on the last page.
	NextPageToken string `json:"next_page_token,omitempty"`
}

// Read returns up to limit rows of a table, from the place that token names; the empty token is the beginning.
func (r *Reader) Read(ctx context.Context, catalogName, schema, table string, limit int, token string) (*Page, error) {
	caller, _ := identity.FromContext(ctx)
	here := place{user: caller.User.ID, catalog: catalogName, schema: schema, table: table}
	if err := here.parse(token); err != nil {
		return nil, err
	}
	described, err := r.Catalog.Table(ctx, catalogName, schema, table)
	if err != nil {
		return nil, err
	}
	// One row more than asked for tells whether there is another page.
	result, err := r.Runner.Execute(ctx, statement.Request{SQL: selectPage(here, described.Columns, limit+1)})
	if err != nil {
		return nil, explain(err)
	}
	if result.Truncated {
		return nil, fault.New(fault.Unprocessable, "The rows of this page are too large. Ask for fewer with limit.").WithCode("PAGE_TOO_LARGE")
	}
	found := result.Rows
	for next := result.NextChunk; next != nil && found.Len() <= limit; {
		chunk, err := r.Runner.Chunk(ctx, result.ID, *next)
		if err != nil {
			return nil, err
		}
		if chunk.Rows.Len() == 0 {
			break
		}
		found, next = found.Append(chunk.Rows), chunk.NextChunk
	}
	page := &Page{Columns: result.Columns, Rows: found.First(limit), Offset: here.offset}
	if found.Len() > limit {
		next := here
		next.offset += int64(limit)
		page.NextPageToken = next.token()
	}
	return page, nil
}

// explain adds the way out to an order that took too long.
func explain(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == "STATEMENT_TIMEOUT" {
		f.Message = "The table is too large to be shown in order. Ask with a query that narrows it with WHERE."
	}
	return err
}

func selectPage(p place, columns []catalog.Column, limit int) string {
	var b strings.Builder
	b.WriteString("SELECT * FROM ")
	for i, name := range []string{p.catalog, p.schema, p.table} {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(statement.QuoteName(name))
	}
	b.WriteString(orderBy(columns))
	b.WriteString(" LIMIT ")
	b.WriteString(strconv.Itoa(limit))
	b.WriteString(" OFFSET ")
	b.WriteString(strconv.FormatInt(p.offset, 10))
	return b.String()
}

// orderBy names columns only where some cannot be sorted: the description may be minutes old, and ALL is always true.
func orderBy(columns []catalog.Column) string {
	var sortable []string
	for _, c := range columns {
		if isSortable(c.TypeText) {
			sortable = append(sortable, statement.QuoteName(c.Name))
		}
	}
	switch len(sortable) {
	case len(columns):
		return " ORDER BY ALL"
	case 0:
		return ""
	default:
		return " ORDER BY " + strings.Join(sortable, ", ")
	}
}

// isSortable says whether values of a type have an order. A type with an unsortable one inside has none.
func isSortable(typeText string) bool {
	typeText = strings.ToUpper(typeText)
	for _, unsortable := range []string{"MAP<", "VARIANT", "GEOGRAPHY", "GEOMETRY", "OBJECT"} {
		if strings.Contains(typeText, unsortable) {
			return false
		}
	}
	return true
}
