package warehouse

import (
	"context"
	"fmt"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// Statements that change a protected table find the rows in a query of what the caller
// sees, under the alias that the caller gave, and change the rows of the table by number:
// conditions and values never see a hidden row or a masked value.

// updateProtected is UPDATE of a protected table, as a DuckDB statement.
func updateProtected(t *metastore.Table, relation, name string, columns, values []string, where string) string {
	set := make([]string, len(columns))
	list := []string{name + "." + protectedRow}
	for i := range columns {
		set[i] = fmt.Sprintf("%s = changed.v%d", columns[i], i)
		list = append(list, fmt.Sprintf("%s AS v%d", values[i], i))
	}
	return fmt.Sprintf("UPDATE %s AS %s SET %s FROM (SELECT %s FROM %s AS %s%s) AS changed WHERE %s.rowid = changed.%s",
		physical(t.Stored()), protectedAlias, strings.Join(set, ", "), strings.Join(list, ", "), relation, name, where, protectedAlias, protectedRow)
}

// deleteProtected is DELETE from a protected table, as a DuckDB statement.
func deleteProtected(t *metastore.Table, relation, name, where string) string {
	return fmt.Sprintf("DELETE FROM %s WHERE rowid IN (SELECT %s.%s FROM %s AS %s%s)",
		physical(t.Stored()), name, protectedRow, relation, name, where)
}

// protectedMerge builds MERGE into a protected table. The source is joined with what the
// caller sees; every joined row, and every row that the caller sees and no row of the source
// matches, carries the number of the action that applies to it and the values of that action.
type protectedMerge struct {
	joined, alone mergeSide
	clauses       []string
}

// mergeSide is the select list for one kind of rows.
type mergeSide struct{ actions, values []string }

func (m *mergeSide) list(row string) string {
	action := "CAST(NULL AS INTEGER)"
	if len(m.actions) > 0 {
		action = "CASE " + strings.Join(m.actions, " ") + " END"
	}
	return strings.Join(append([]string{row, action + " AS action"}, m.values...), ", ")
}

// mergeProtected is MERGE into a protected table, as a DuckDB statement.
func (x *run) mergeProtected(ctx context.Context, s dialect.Merge, t *metastore.Table, relation, source, on string) (string, error) {
	var m protectedMerge
	name := alias(s.Alias, t)
	row := name + "." + protectedRow
	for i, a := range s.Actions {
		if err := x.addAction(ctx, &m, t, source, row, i, a); err != nil {
			return "", err
		}
	}
	rows := fmt.Sprintf("SELECT %s FROM %s LEFT JOIN %s AS %s ON (%s)", m.joined.list(row), source, relation, name, on)
	if len(m.alone.actions) > 0 {
		rows += fmt.Sprintf(" UNION ALL SELECT %s FROM %s AS %s WHERE NOT EXISTS (SELECT 1 FROM %s WHERE (%s))", m.alone.list(row), relation, name, source, on)
	}
	return fmt.Sprintf("MERGE INTO %s AS %s USING (%s) AS joined ON %s.rowid = joined.%s%s",
		physical(t.Stored()), protectedAlias, rows, protectedAlias, protectedRow, strings.Join(m.clauses, "")), nil
}

func (x *run) addAction(ctx context.Context, m *protectedMerge, t *metastore.Table, source, row string, i int, a dialect.MergeAction) error {
	side, other, match, applies := &m.joined, &m.alone, dialect.Matched, row+" IS NOT NULL"
	switch a.Match {
	case dialect.NotMatchedByTarget:
		match, applies = a.Match, row+" IS NULL"
	case dialect.NotMatchedBySource:
		side, other = other, side
	}
	condition, err := x.condition(ctx, "AND", a.Condition)
	if err != nil {
		return err
	}
	applies += condition
	side.actions = append(side.actions, fmt.Sprintf("WHEN %s THEN %d", applies, i))
	head := fmt.Sprintf(" WHEN %s AND joined.action = %d THEN ", match, i)
	if a.Delete {
		m.clauses = append(m.clauses, head+"DELETE")
		return nil
	}
	names, values, err := x.actionColumns(ctx, t, source, a)
	if err != nil {
		return err
	}
	set := make([]string, len(names))
	taken := make([]string, len(names))
	for j := range names {
		value := fmt.Sprintf("v%d_%d", i, j)
		side.values = append(side.values, fmt.Sprintf("CASE WHEN %s THEN %s END AS %s", applies, values[j], value))
		other.values = append(other.values, "NULL AS "+value)
		taken[j] = "joined." + value
		set[j] = names[j] + " = " + taken[j]
	}
	if a.Match == dialect.NotMatchedByTarget {
		m.clauses = append(m.clauses, head+"INSERT ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(taken, ", ")+")")
	} else {
		m.clauses = append(m.clauses, head+"UPDATE SET "+strings.Join(set, ", "))
	}
	return nil
}
