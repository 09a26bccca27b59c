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
	// One row more than asked for tells whether there is another page.
	result, err := r.run(ctx, here, limit+1)
	if hasCode(err, "UNRESOLVED_COLUMN") {
		// The description that was kept names a column that is gone by now.
		r.Catalog.ForgetTable(ctx, catalogName, schema, table)
		result, err = r.run(ctx, here, limit+1)
	}
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

func (r *Reader) run(ctx context.Context, p place, limit int) (*statement.Result, error) {
	described, err := r.Catalog.Table(ctx, p.catalog, p.schema, p.table)
	if err != nil {
		return nil, err
	}
	return r.Runner.Execute(ctx, statement.Request{SQL: selectPage(p, described.Columns, limit)})
}

// explain adds the way out to an order that took too long.
func explain(err error) error {
	if hasCode(err, "STATEMENT_TIMEOUT") {
		return fault.Wrap(fault.Timeout, err, "The table is too large to be shown in order. Ask with a query that narrows it with WHERE.").WithCode("STATEMENT_TIMEOUT")
	}
	return err
}

// hasCode says whether err is a fault of a code or of one of its subclasses: UNRESOLVED_COLUMN.WITH_SUGGESTION.
func hasCode(err error, code string) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Code == code || strings.HasPrefix(f.Code, code+"."))
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

func orderBy(columns []catalog.Column) string {
	var sortable []string
	for _, c := range columns {
		if isSortable(c.TypeText) {
			sortable = append(sortable, statement.QuoteName(c.Name))
		}
	}
	if len(sortable) == 0 {
		return ""
	}
	return " ORDER BY " + strings.Join(sortable, ", ")
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
