package rows

import (
	"context"
	"errors"
	"slices"
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

// Request is for a page of rows.
type Request struct {
	Catalog, Schema, Table string
	// Limit is the number of rows of the page.
	Limit int
	Order Order
	// Token names the place; empty is the beginning. It must be one that a page of the same table, user and order gave.
	Token string
}

// Order puts rows in the order of a column before that of the others. The zero Order is that of all columns from the first on.
type Order struct {
	Column     string
	Descending bool
}

// Page is some rows of a table.
type Page struct {
	Columns []statement.Column `json:"columns"`
	Rows    statement.Rows     `json:"rows"`
	// Offset is the number of rows before the page.
	Offset int64 `json:"offset"`
	// NextPageToken is empty on the last page.
	NextPageToken string `json:"next_page_token,omitempty"`
	// PreviousPageToken is empty on the first page, and where the page before is the first.
	PreviousPageToken string `json:"previous_page_token,omitempty"`
}

// Read returns up to Limit rows of a table.
func (r *Reader) Read(ctx context.Context, request Request) (*Page, error) {
	caller, _ := identity.FromContext(ctx)
	limit := request.Limit
	here := place{user: caller.User.ID, catalog: request.Catalog, schema: request.Schema, table: request.Table, order: request.Order}
	if err := here.parse(request.Token); err != nil {
		return nil, err
	}
	// One row more than asked for tells whether there is another page.
	result, err := r.run(ctx, here, limit+1)
	if hasCode(err, "UNRESOLVED_COLUMN") {
		// The description that was kept names a column that is gone by now.
		r.Catalog.ForgetTable(ctx, here.catalog, here.schema, here.table)
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
	if previous := here; here.offset > int64(limit) {
		previous.offset -= int64(limit)
		page.PreviousPageToken = previous.token()
	}
	return page, nil
}

func (r *Reader) run(ctx context.Context, p place, limit int) (*statement.Result, error) {
	described, err := r.Catalog.Table(ctx, p.catalog, p.schema, p.table)
	if err != nil {
		return nil, err
	}
	if err := p.order.check(described.Columns); err != nil {
		return nil, err
	}
	return r.Runner.Execute(ctx, statement.Request{SQL: selectPage(p, described.Columns, limit)})
}

// check refuses a column that is not there or that has no order.
func (o Order) check(columns []catalog.Column) error {
	if o.Column == "" {
		return nil
	}
	i := slices.IndexFunc(columns, func(c catalog.Column) bool { return c.Name == o.Column })
	if i >= 0 && IsSortable(columns[i].TypeText) {
		return nil
	}
	return fault.Newf(fault.Invalid, "The rows can't be sorted by %q: the table has no such column, or its type has no order.", o.Column).
		WithCode("UNSORTABLE").WithField("sort", "must name a column whose type has an order")
}

// explain says what is missing, and adds the way out to an order that took too long.
func explain(err error) error {
	err = catalog.PlainDenial(err)
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
	b.WriteString(orderBy(columns, p.order))
	b.WriteString(" LIMIT ")
	b.WriteString(strconv.Itoa(limit))
	b.WriteString(" OFFSET ")
	b.WriteString(strconv.FormatInt(p.offset, 10))
	return b.String()
}

// orderBy orders by every column, so that pages neither repeat nor leave out rows.
func orderBy(columns []catalog.Column, order Order) string {
	var by []string
	if order.Column != "" {
		first := statement.QuoteName(order.Column)
		if order.Descending {
			first += " DESC"
		}
		by = append(by, first)
	}
	for _, c := range columns {
		if IsSortable(c.TypeText) && c.Name != order.Column {
			by = append(by, statement.QuoteName(c.Name))
		}
	}
	if len(by) == 0 {
		return ""
	}
	return " ORDER BY " + strings.Join(by, ", ")
}

// IsSortable says whether values of a type have an order. A type with an unsortable one inside has none.
func IsSortable(typeText string) bool {
	typeText = strings.ToUpper(typeText)
	for _, unsortable := range []string{"MAP<", "VARIANT", "GEOGRAPHY", "GEOMETRY", "OBJECT"} {
		if strings.Contains(typeText, unsortable) {
			return false
		}
	}
	return true
}
