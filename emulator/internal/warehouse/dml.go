package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// target finds the table that a statement changes, checks the caller's privileges on it and
// locks it against other writers. The caller calls unlock.
func (x *run) target(ctx context.Context, parts []string, privileges ...metastore.Privilege) (t *metastore.Table, unlock func(), err error) {
	n := x.table(parts)
	if err := x.require(n, privileges...); err != nil {
		return nil, nil, err
	}
	t, ok := x.snapshot.Table(n)
	if !ok || t.Kind == metastore.View {
		return nil, nil, dialect.Unsupported("changing rows of a view")
	}
	unlock, err = x.writes.lock(ctx, n)
	return t, unlock, err
}

// columnAt finds the position of a column by name, without case.
func columnAt(t *metastore.Table, name string) (int, error) {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return i, nil
		}
		names[i] = c.Name
	}
	return 0, dialect.UnresolvedAmong(name, names)
}

// column finds a column by name, without case.
func column(t *metastore.Table, name string) (metastore.Column, error) {
	i, err := columnAt(t, name)
	if err != nil {
		return metastore.Column{}, err
	}
	return t.Columns[i], nil
}

// stored converts an expression to a column's type with Databricks' store assignment:
// numbers are truncated, not rounded, and a value that doesn't fit is an error.
func stored(c metastore.Column, expression string) (string, error) {
	t, err := columnType(c)
	if err != nil {
		return "", err
	}
	return dialect.CastSQL(expression, t), nil
}

// affected runs a statement that changes rows and returns how many it changed.
func (x *run) affected(ctx context.Context, statement string) (int64, error) {
	var n int64
	err := x.conn.QueryRowContext(ctx, statement).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// atomically runs steps in one transaction: all of them count, or none.
func (x *run) atomically(ctx context.Context, steps func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The context may end at any moment: no way into the transaction or out of it depends on it, else the next statement on
	// the connection would be in it.
	outlasting := context.WithoutCancel(ctx)
	if err := x.exec(outlasting, "BEGIN TRANSACTION"); err != nil {
		return errors.Join(err, x.discard())
	}
	err := steps()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		return x.exec(outlasting, "COMMIT") // where it fails, DuckDB has rolled back
	}
	if failed := x.exec(outlasting, "ROLLBACK"); failed != nil {
		return errors.Join(err, failed, x.discard())
	}
	return err
}

// discard closes the connection instead of giving it back: nobody knows what it is in the middle of.
func (x *run) discard() error {
	err := x.conn.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return err
}

// pick finds the named columns, each at most once.
func pick(t *metastore.Table, names []string) ([]metastore.Column, error) {
	columns := make([]metastore.Column, len(names))
	seen := map[string]bool{}
	for i, name := range names {
		c, err := column(t, name)
		if err != nil {
			return nil, err
		}
		if seen[c.Name] {
			return nil, dialect.DuplicateColumn(name)
		}
		seen[c.Name] = true
		columns[i] = c
	}
	return columns, nil
}

// alias is the name under which expressions refer to the table.
func alias(given string, t *metastore.Table) string {
	if given == "" {
		given = t.Name
	}
	return dialect.QuoteIdentifier(given)
}

// assignments translates SET column = expression, ...
func (x *run) assignments(ctx context.Context, t *metastore.Table, list []dialect.Assignment) (names, values []string, err error) {
	seen := map[string]bool{}
	for _, a := range list {
		if whole, err := column(t, a.Of); a.Of != "" && err == nil && strings.HasPrefix(whole.Type, "STRUCT") {
			return nil, nil, dialect.Unsupported("assignments to fields of structs")
		}
		c, err := column(t, a.Column)
		if err != nil {
			return nil, nil, err
		}
		if seen[c.Name] {
			return nil, nil, dialect.DuplicateColumn(a.Column)
		}
		seen[c.Name] = true
		value, err := x.assigned(ctx, t, c, a.Value)
		if err != nil {
			return nil, nil, err
		}
		names, values = append(names, dialect.QuoteIdentifier(c.Name)), append(values, value)
	}
	return names, values, nil
}

// assigned is the value of an assignment, as the column's type.
func (x *run) assigned(ctx context.Context, t *metastore.Table, c metastore.Column, tokens []dialect.Token) (string, error) {
	if dialect.IsDefault(tokens) {
		return x.defaultValue(ctx, t, c)
	}
	value, err := x.expression(ctx, tokens)
	if err != nil {
		return "", err
	}
	return stored(c, value)
}

// updatable fails when an assignment is to a column that the table numbers.
func updatable(t *metastore.Table, list []dialect.Assignment) error {
	for _, a := range list {
		if c, err := column(t, a.Column); err == nil && c.Identity != nil {
			return dialect.IdentityUpdate(c.Name)
		}
	}
	return nil
}

// assignees are the names of the columns that get values.
func assignees(t *metastore.Table, list []dialect.Assignment) map[string]bool {
	names := map[string]bool{}
	for _, a := range list {
		if c, err := column(t, a.Column); err == nil && !dialect.IsDefault(a.Value) {
			names[c.Name] = true
		}
	}
	return names
}

func (x *run) update(ctx context.Context, s dialect.Update) error {
	t, unlock, err := x.target(ctx, s.Target, metastore.Select, metastore.Modify)
	if err != nil {
		return err
	}
	defer unlock()
	if err := updatable(t, s.Assignments); err != nil {
		return err
	}
	names, values, err := x.assignments(ctx, t, s.Assignments)
	if err != nil {
		return err
	}
	set := make([]string, len(names))
	for i := range names {
		set[i] = names[i] + " = " + values[i]
	}
	where, err := x.condition(ctx, "WHERE", s.Where)
	if err != nil {
		return err
	}
	statement := fmt.Sprintf("UPDATE %s AS %s SET %s%s", physical(t.Stored()), alias(s.Alias, t), strings.Join(set, ", "), where)
	if t.Protected() {
		relation, err := x.protectedRelation(ctx, t)
		if err != nil {
			return err
		}
		statement = updateProtected(t, relation, alias(s.Alias, t), names, values, where)
	}
	n, err := x.changeRows(ctx, t, change{name: "UPDATE", metric: "numUpdatedRows", given: assignees(t, s.Assignments)}, statement)
	if err != nil {
		return err
	}
	return x.counts([]string{"num_affected_rows"}, []int64{n})
}

// condition translates an optional condition; keyword goes in front of it.
func (x *run) condition(ctx context.Context, keyword string, tokens []dialect.Token) (string, error) {
	if len(tokens) == 0 {
		return "", nil
	}
	expression, err := x.expression(ctx, tokens)
	if err != nil {
		return "", err
	}
	return " " + keyword + " (" + expression + ")", nil
}

func (x *run) delete(ctx context.Context, s dialect.Delete) error {
	t, unlock, err := x.target(ctx, s.Target, metastore.Select, metastore.Modify)
	if err != nil {
		return err
	}
	defer unlock()
	where, err := x.condition(ctx, "WHERE", s.Where)
	if err != nil {
		return err
	}
	statement := fmt.Sprintf("DELETE FROM %s AS %s%s", physical(t.Stored()), alias(s.Alias, t), where)
	if t.Protected() {
		relation, err := x.protectedRelation(ctx, t)
		if err != nil {
			return err
		}
		statement = deleteProtected(t, relation, alias(s.Alias, t), where)
	}
	n, err := x.changeRows(ctx, t, change{name: "DELETE", metric: "numDeletedRows"}, statement)
	if err != nil {
		return err
	}
	return x.counts([]string{"num_affected_rows"}, []int64{n})
}

func (x *run) truncate(ctx context.Context, s dialect.Truncate) error {
	t, unlock, err := x.target(ctx, s.Target, metastore.Modify)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := x.changeRows(ctx, t, change{name: "TRUNCATE", metric: "numDeletedRows"}, "DELETE FROM "+physical(t.Stored())); err != nil {
		return err
	}
	return x.done()
}
