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
		physical(t.FullName()), protectedAlias, strings.Join(set, ", "), strings.Join(list, ", "), relation, name, where, protectedAlias, protectedRow)
}

// deleteProtected is DELETE from a protected table, as a DuckDB statement.
func deleteProtected(t *metastore.Table, relation, name, where string) string {
	return fmt.Sprintf("DELETE FROM %s WHERE rowid IN (SELECT %s.%s FROM %s AS %s%s)",
		physical(t.FullName()), name, protectedRow, relation, name, where)
}

// protectedMerge builds MERGE into a protected table. The source is joined with what the
// caller sees; every joined row carries the number of the action that applies to it and
// the values of that action.
type protectedMerge struct {
	selected []string
	actions  []string
	clauses  []string
}

// mergeProtected is MERGE into a protected table, as a DuckDB statement.
func (x *run) mergeProtected(ctx context.Context, s dialect.Merge, t *metastore.Table, relation, source, on string) (string, error) {
	var m protectedMerge
	row := alias(s.Alias, t) + "." + protectedRow
	for i, a := range s.Actions {
		if a.Match == dialect.NotMatchedBySource {
			return "", dialect.Unsupported("WHEN NOT MATCHED BY SOURCE with a table that has a row filter or column masks")
		}
		if err := x.addAction(ctx, &m, t, source, row, i, a); err != nil {
			return "", err
		}
	}
	selected := append([]string{row, "CASE " + strings.Join(m.actions, " ") + " END AS action"}, m.selected...)
	return fmt.Sprintf("MERGE INTO %s AS %s USING (SELECT %s FROM %s LEFT JOIN %s AS %s ON (%s)) AS joined ON %s.rowid = joined.%s%s",
		physical(t.FullName()), protectedAlias, strings.Join(selected, ", "), source, relation, alias(s.Alias, t), on,
		protectedAlias, protectedRow, strings.Join(m.clauses, "")), nil
}

func (x *run) addAction(ctx context.Context, m *protectedMerge, t *metastore.Table, source, row string, i int, a dialect.MergeAction) error {
	applies := row + " IS NOT NULL"
	if a.Match == dialect.NotMatchedByTarget {
		applies = row + " IS NULL"
	}
	condition, err := x.condition(ctx, "AND", a.Condition)
	if err != nil {
		return err
	}
	applies += condition
	m.actions = append(m.actions, fmt.Sprintf("WHEN %s THEN %d", applies, i))
	head := fmt.Sprintf(" WHEN %s AND joined.action = %d THEN ", a.Match, i)
	if a.Delete {
		m.clauses = append(m.clauses, head+"DELETE")
		return nil
	}
	names, values, err := x.assignments(ctx, t, a.Assignments)
	if err != nil {
		return err
	}
	if len(a.Assignments) == 0 {
		if names, values, err = x.allColumns(ctx, t, source); err != nil {
			return err
		}
	}
	set := make([]string, len(names))
	taken := make([]string, len(names))
	for j := range names {
		m.selected = append(m.selected, fmt.Sprintf("CASE WHEN %s THEN %s END AS v%d_%d", applies, values[j], i, j))
		taken[j] = fmt.Sprintf("joined.v%d_%d", i, j)
		set[j] = names[j] + " = " + taken[j]
	}
	if a.Match == dialect.NotMatchedByTarget {
		m.clauses = append(m.clauses, head+"INSERT ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(taken, ", ")+")")
	} else {
		m.clauses = append(m.clauses, head+"UPDATE SET "+strings.Join(set, ", "))
	}
	return nil
}
