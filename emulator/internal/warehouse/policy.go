package warehouse

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

const (
	// protectedAlias names a table inside the query that stands in its place.
	protectedAlias = "corbel_protected"
	// protectedRow is the column that identifies the rows of a protected table to statements
	// that change them.
	protectedRow = "corbel_row"
)

// barrier at the end of a query keeps DuckDB from moving the conditions of the query around
// it inside, where they would see rows that the query leaves out, and could tell of them by
// failing. It limits nothing.
var barrier = fmt.Sprintf(" LIMIT %d", math.MaxInt64)

// template is the node of a query that holds no name of the caller's.
func (r *resolver) template(query string) (dialect.Node, error) {
	var serialized string
	if err := r.conn.QueryRowContext(r.ctx, "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", query).Scan(&serialized); err != nil {
		return nil, err
	}
	tree, err := dialect.ParseTree(serialized)
	if err != nil {
		return nil, err
	}
	return tree.Query(), nil
}

// protected is the query that stands in the place of a table with a row filter or masks:
// the rows that the caller may see, as the caller may see them. The functions run as their
// owners; whoever may read the table needs no privilege on them.
func (r *resolver) protected(t *metastore.Table, withRow bool) (dialect.Node, error) {
	r.hides = true
	expressions := map[string]dialect.Node{}
	list := make([]string, 0, len(t.Columns)+1)
	for i, c := range t.Columns {
		if c.Mask == nil {
			list = append(list, protectedAlias+"."+dialect.QuoteIdentifier(c.Name))
			continue
		}
		masked, err := r.policy(t, *c.Mask, c.Name)
		if err != nil {
			return nil, err
		}
		expressions[argument(i)] = masked
		kind, err := columnType(c)
		if err != nil {
			return nil, err
		}
		list = append(list, "CAST("+argument(i)+" AS "+kind.DuckDB()+") AS "+dialect.QuoteIdentifier(c.Name))
	}
	if withRow {
		list = append(list, protectedAlias+".rowid AS "+protectedRow)
	}
	query := "SELECT " + strings.Join(list, ", ") + " FROM " + physical(t.Stored()) + " AS " + protectedAlias
	if t.RowFilter != nil {
		keep, err := r.policy(t, *t.RowFilter)
		if err != nil {
			return nil, err
		}
		filter := argument(len(t.Columns))
		expressions[filter] = keep
		query += " WHERE " + filter
	}
	node, err := r.template(query + barrier)
	if err != nil {
		return nil, err
	}
	return node, substitute(node, expressions)
}

// policy is the call of a policy's function on the given columns and then its own.
func (r *resolver) policy(t *metastore.Table, p metastore.Policy, columns ...string) (dialect.Node, error) {
	f, ok := r.snapshot.Function(p.Function)
	r.used[p.Function] = struct{}{}
	if !ok {
		return nil, dialect.RoutineNotFound(p.Function.Quoted())
	}
	var args []any
	for _, name := range append(slices.Clone(columns), p.Columns...) {
		c, err := column(t, name)
		if err != nil {
			return nil, err
		}
		args = append(args, dialect.ColumnReference(protectedAlias, c.Name))
	}
	return r.inline(f, args)
}

// protectedRelation is what stands for a protected table in statements that change it:
// the rows that the caller sees, each with protectedRow.
func (x *run) protectedRelation(ctx context.Context, t *metastore.Table) (string, error) {
	r := resolver{run: x, ctx: ctx, scope: x.scope()}
	node, err := r.protected(t, true)
	if err != nil {
		return "", err
	}
	query, err := x.deserialize(ctx, dialect.NewTree(node))
	return "(" + query + ")", err
}

// newPolicy checks the function and the columns of a row filter or a mask. first are the
// columns that the function gets in front of the policy's own.
func (x *run) newPolicy(ctx context.Context, t *metastore.Table, p dialect.Policy, first ...string) (*metastore.Policy, error) {
	n := x.function(p.Function)
	f, ok := x.snapshot.Function(n)
	if !ok {
		if err := x.require(n.Parent()); err != nil {
			return nil, err
		}
		return nil, dialect.RoutineNotFound(n.Quoted())
	}
	if err := x.require(n, metastore.Execute); err != nil {
		return nil, err
	}
	columns, err := pick(t, p.Columns)
	if err != nil {
		return nil, err
	}
	policy := &metastore.Policy{Function: n}
	for _, c := range columns {
		policy.Columns = append(policy.Columns, c.Name)
	}
	if have := len(first) + len(columns); have != len(f.Parameters) {
		return nil, dialect.WrongArguments(n.String(), len(f.Parameters), have)
	}
	return policy, x.checkPolicy(ctx, f, len(first) == 0)
}

// checkPolicy sees to it that the function of a row filter yields a BOOLEAN.
func (x *run) checkPolicy(ctx context.Context, f *metastore.Function, isFilter bool) error {
	result, err := x.checkFunction(ctx, *f, f.Owner)
	if err != nil {
		return err
	}
	if isFilter && result.Name != dialect.Boolean {
		return dialect.InvalidParameterValue("The function " + f.FullName().String() + " of a row filter must return BOOLEAN, not " + result.String() + ".")
	}
	return nil
}

// alterPolicy sets or drops a row filter or a column mask.
func (x *run) alterPolicy(ctx context.Context, n metastore.Name, s dialect.Alter) error {
	t, ok := x.snapshot.Table(n)
	if !ok || t.Kind == metastore.View {
		return dialect.Unsupported("row filters and column masks of a view")
	}
	changed := *t
	changed.Columns = slices.Clone(t.Columns)
	var err error
	switch {
	case s.DropRowFilter:
		changed.RowFilter = nil
	case s.RowFilter != nil:
		changed.RowFilter, err = x.newPolicy(ctx, t, *s.RowFilter)
	default:
		var at int
		if at, err = columnAt(t, s.MaskColumn.Column); err != nil {
			return err
		}
		var mask *metastore.Policy
		if s.MaskColumn.Policy != nil {
			mask, err = x.newPolicy(ctx, t, *s.MaskColumn.Policy, t.Columns[at].Name)
		}
		changed.Columns[at].Mask = mask
	}
	if err != nil {
		return err
	}
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.ChangeTable(n, x.caller.UserName, func(t *metastore.Table) error {
			t.RowFilter, t.Columns = changed.RowFilter, changed.Columns
			return nil
		})
	})
}

// applyPolicies puts the row filter and the masks of CREATE TABLE on the table.
func (x *run) applyPolicies(ctx context.Context, t *metastore.Table, s dialect.CreateTable) (err error) {
	for i, c := range s.Columns {
		if c.Mask == nil {
			continue
		}
		if t.Columns[i].Mask, err = x.newPolicy(ctx, t, *c.Mask, c.Name); err != nil {
			return err
		}
	}
	if s.RowFilter != nil {
		t.RowFilter, err = x.newPolicy(ctx, t, *s.RowFilter)
	}
	return err
}

// usesColumn reports whether a row filter or the mask of another column gets the column.
func usesColumn(t *metastore.Table, name string) bool {
	if t.RowFilter != nil && slices.Contains(t.RowFilter.Columns, name) {
		return true
	}
	return slices.ContainsFunc(t.Columns, func(c metastore.Column) bool {
		return c.Mask != nil && slices.Contains(c.Mask.Columns, name)
	})
}

// policyDetails are the rows of DESCRIBE EXTENDED about row filter and masks.
func policyDetails(t *metastore.Table) (rows [][]*string) {
	if t.RowFilter != nil {
		rows = append(rows, texts("# Row Filter", "", ""),
			texts("Function", t.RowFilter.Function.String(), ""), texts("Columns", quotedList(t.RowFilter.Columns), ""))
	}
	head := true
	for _, c := range t.Columns {
		if c.Mask == nil {
			continue
		}
		if head {
			rows, head = append(rows, texts("# Column Masks", "", "")), false
		}
		rows = append(rows, texts(c.Name, strings.TrimPrefix(maskClause(c.Mask), " MASK "), ""))
	}
	return rows
}

// maskClause is the clause of a column definition that sets the mask.
func maskClause(mask *metastore.Policy) string {
	switch {
	case mask == nil:
		return ""
	case len(mask.Columns) == 0:
		return " MASK " + mask.Function.String()
	}
	return " MASK " + mask.Function.String() + " USING COLUMNS (" + quotedList(mask.Columns) + ")"
}

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = dialect.QuoteName(n)
	}
	return strings.Join(quoted, ", ")
}
