package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) merge(ctx context.Context, s dialect.Merge) error {
	t, unlock, err := x.target(ctx, s.Target, metastore.Select, metastore.Modify)
	if err != nil {
		return err
	}
	defer unlock()
	if err := mergeable(t, s); err != nil {
		return err
	}
	source, err := x.relation(ctx, s.Source)
	if err != nil {
		return err
	}
	on, err := x.expression(ctx, s.On)
	if err != nil {
		return err
	}
	if t.Protected() {
		return x.mergeIntoProtected(ctx, s, t, source, on)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "MERGE INTO %s AS %s USING %s ON (%s)", physical(t.Stored()), alias(s.Alias, t), source, on)
	for _, a := range s.Actions {
		clause, err := x.mergeClause(ctx, t, alias(s.Alias, t), source, a)
		if err != nil {
			return err
		}
		b.WriteString(clause)
	}
	if err := x.checkMatches(ctx, s, t, physical(t.Stored()), source, on); err != nil {
		return err
	}
	return x.runMerge(ctx, t, b.String())
}

func (x *run) mergeIntoProtected(ctx context.Context, s dialect.Merge, t *metastore.Table, source, on string) error {
	relation, err := x.protectedRelation(ctx, t)
	if err != nil {
		return err
	}
	statement, err := x.mergeProtected(ctx, s, t, relation, source, on)
	if err != nil {
		return err
	}
	if err := x.checkMatches(ctx, s, t, relation, source, on); err != nil {
		return err
	}
	return x.runMerge(ctx, t, statement)
}

// checkMatches fails, as Databricks does, when several source rows match one row of the
// target: which of them would win is not defined.
func (x *run) checkMatches(ctx context.Context, s dialect.Merge, t *metastore.Table, target, source, on string) error {
	for _, a := range s.Actions {
		if a.Match != dialect.Matched || a.Delete && len(a.Condition) == 0 {
			continue
		}
		name := alias(s.Alias, t)
		var twice bool
		err := x.conn.QueryRowContext(ctx, fmt.Sprintf(
			"SELECT EXISTS (SELECT 1 FROM (SELECT row_number() OVER () AS merge_row, * FROM %s) AS %s JOIN %s ON (%s) GROUP BY %s.merge_row HAVING count(*) > 1)",
			target, name, source, on, name)).Scan(&twice)
		if err != nil {
			return err
		}
		if twice {
			return dialect.MergeCardinality()
		}
	}
	return nil
}

func (x *run) mergeClause(ctx context.Context, t *metastore.Table, target, source string, a dialect.MergeAction) (string, error) {
	match := string(a.Match)
	condition, err := x.condition(ctx, "AND", a.Condition)
	if err != nil {
		return "", err
	}
	head := " WHEN " + match + condition + " THEN "
	if a.Delete {
		return head + "DELETE", nil
	}
	names, values, err := x.actionColumns(ctx, t, source, a)
	if err != nil {
		return "", err
	}
	if a.Match == dialect.NotMatchedByTarget {
		return head + "INSERT (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")", nil
	}
	var set []string
	for i := range names {
		set = append(set, names[i]+" = "+values[i])
	}
	if a.Match == dialect.NotMatchedBySource {
		set = append(set, unchanged(t, target, names)...)
	}
	return head + "UPDATE SET " + strings.Join(set, ", "), nil
}

// unchanged sets the other columns to what they are. DuckDB reads them all for RETURNING, and
// in the rows that no source row matches it has those only that are set: it crashes now and then.
func unchanged(t *metastore.Table, target string, names []string) []string {
	var set []string
	for _, c := range t.Columns {
		if name := dialect.QuoteIdentifier(c.Name); !slices.Contains(names, name) {
			set = append(set, name+" = "+target+"."+name)
		}
	}
	return set
}

// mergeable fails when an action gives or changes the values of a column that the table numbers.
func mergeable(t *metastore.Table, s dialect.Merge) error {
	for _, a := range s.Actions {
		if a.Match != dialect.NotMatchedByTarget {
			if err := updatable(t, a.Assignments); err != nil {
				return err
			}
			continue
		}
		for name := range assignees(t, a.Assignments) {
			if c, err := column(t, name); err == nil && c.Identity != nil && c.Identity.Always {
				return dialect.IdentityInsert(name)
			}
		}
	}
	return nil
}

// actionColumns are the columns that an action sets, and their values: for an insert, those
// too that the table gives a value by itself.
func (x *run) actionColumns(ctx context.Context, t *metastore.Table, source string, a dialect.MergeAction) (names, values []string, err error) {
	if len(a.Assignments) == 0 {
		names, values, err = x.allColumns(ctx, t, source)
	} else {
		names, values, err = x.assignments(ctx, t, a.Assignments)
	}
	if err != nil || a.Match != dialect.NotMatchedByTarget {
		return names, values, err
	}
	for _, c := range t.Columns {
		name := dialect.QuoteIdentifier(c.Name)
		if c.Default == "" && c.Identity == nil || slices.Contains(names, name) {
			continue
		}
		value, err := x.defaultValue(ctx, t, c)
		if err != nil {
			return nil, nil, err
		}
		names, values = append(names, name), append(values, value)
	}
	return names, values, nil
}

// allColumns is what * stands for in MERGE: every column of the target gets the source's
// column of that name, but for those that the table computes.
func (x *run) allColumns(ctx context.Context, t *metastore.Table, source string) (names, values []string, err error) {
	have, err := x.shape(ctx, "SELECT * FROM "+source)
	if err != nil {
		return nil, nil, err
	}
	qualifier := sourceAlias(source)
	for _, c := range t.Columns {
		found := ""
		for _, h := range have {
			if strings.EqualFold(h.Name, c.Name) {
				found = h.Name
			}
		}
		if found == "" && (c.Generated != "" || c.Identity != nil) {
			continue
		}
		if found == "" {
			return nil, nil, dialect.UnresolvedColumn(c.Name)
		}
		value, err := stored(c, qualifier+"."+dialect.QuoteIdentifier(found))
		if err != nil {
			return nil, nil, err
		}
		names, values = append(names, dialect.QuoteIdentifier(c.Name)), append(values, value)
	}
	return names, values, nil
}

// sourceAlias is the alias at the end of a translated relation: resolving gives one to
// every table, and MERGE wants one on a query.
func sourceAlias(source string) string {
	_, name, _ := cutLast(source, " AS ")
	return name
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// runMerge runs the statement and counts what it did.
func (x *run) runMerge(ctx context.Context, t *metastore.Table, statement string) error {
	done := map[string]int64{}
	err := x.changing(ctx, t, change{name: "MERGE"}, func() (map[string]int64, error) {
		err := x.mergeActions(ctx, statement, done)
		return map[string]int64{"numTargetRowsUpdated": done["UPDATE"], "numTargetRowsDeleted": done["DELETE"], "numTargetRowsInserted": done["INSERT"]}, err
	})
	if err != nil {
		return err
	}
	return x.counts([]string{"num_affected_rows", "num_updated_rows", "num_deleted_rows", "num_inserted_rows"},
		[]int64{done["UPDATE"] + done["DELETE"] + done["INSERT"], done["UPDATE"], done["DELETE"], done["INSERT"]})
}

// mergeActions runs the statement and adds up its actions by name.
func (x *run) mergeActions(ctx context.Context, statement string, done map[string]int64) (err error) {
	rows, err := x.conn.QueryContext(ctx, statement+" RETURNING merge_action")
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		var action string
		if err := rows.Scan(&action); err != nil {
			return err
		}
		done[action]++
	}
	return rows.Err()
}
