package warehouse

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// The rules of a table, beyond the types of its columns: defaults, generated columns,
// identity columns and constraints. Their expressions are kept as text and translated by
// every statement that they matter to.

// rule translates an expression that a table keeps.
func (x *run) rule(ctx context.Context, text string) (string, error) {
	tokens, err := dialect.Lex(text)
	if err != nil {
		return "", err
	}
	return x.fragment(ctx, text, "SELECT", tokens)
}

// defaultValue is what a column gets that a statement gives no value, or the value DEFAULT.
func (x *run) defaultValue(ctx context.Context, t *metastore.Table, c metastore.Column) (string, error) {
	switch {
	case c.Identity != nil:
		return "nextval(" + dialect.QuoteString(kept(t.Catalog, c.Identity.Sequence)) + ")", nil
	case c.Default != "":
		value, err := x.rule(ctx, c.Default)
		if err != nil {
			return "", err
		}
		return stored(c, "("+value+")")
	}
	kind, err := columnType(c)
	if err != nil {
		return "", err
	}
	return "CAST(NULL AS " + kind.DuckDB() + ")", nil
}

// generatedColumns are the columns whose values the table computes.
func generatedColumns(t *metastore.Table) (columns []metastore.Column) {
	for _, c := range t.Columns {
		if c.Generated != "" {
			columns = append(columns, c)
		}
	}
	return columns
}

// regenerate computes the generated columns of all rows anew, but those whose values the
// statement gave.
func (x *run) regenerate(ctx context.Context, t *metastore.Table, given map[string]bool) error {
	for _, c := range generatedColumns(t) {
		if given[c.Name] {
			continue
		}
		value, err := x.rule(ctx, c.Generated)
		if err != nil {
			return err
		}
		if value, err = stored(c, "("+value+")"); err != nil {
			return err
		}
		name := dialect.QuoteIdentifier(c.Name)
		err = x.exec(ctx, fmt.Sprintf("UPDATE %s AS %s SET %s = %s WHERE %[3]s IS DISTINCT FROM %[4]s", physical(t.Stored()), dialect.QuoteIdentifier(t.Name), name, value))
		if err != nil {
			return err
		}
	}
	return nil
}

// checkRules fails when a row breaks a constraint, or has another value in a generated
// column than the column's expression.
func (x *run) checkRules(ctx context.Context, t *metastore.Table, given map[string]bool) error {
	for _, k := range t.Constraints {
		if k.Kind != metastore.Check {
			continue
		}
		condition, err := x.rule(ctx, k.Expression)
		if err != nil {
			return err
		}
		if err := x.checkRule(ctx, t, k.Name, k.Expression, condition); err != nil {
			return err
		}
	}
	for _, c := range generatedColumns(t) {
		if !given[c.Name] {
			continue
		}
		value, err := x.rule(ctx, c.Generated)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s <=> %s", dialect.QuoteName(c.Name), c.Generated)
		if err := x.checkRule(ctx, t, "Generated Column", text, dialect.QuoteIdentifier(c.Name)+" IS NOT DISTINCT FROM ("+value+")"); err != nil {
			return err
		}
	}
	return nil
}

// checkRule fails on a row for which the condition isn't true, and names the row's values.
func (x *run) checkRule(ctx context.Context, t *metastore.Table, name, text, condition string) error {
	columns := mentioned(t, text)
	shown := make([]string, len(columns)+1)
	shown[0] = "1"
	for i, c := range columns {
		shown[i+1] = "coalesce(CAST(" + dialect.QuoteIdentifier(c.Name) + " AS VARCHAR), 'null')"
	}
	rows, err := x.texts(ctx, fmt.Sprintf("SELECT %s FROM %s AS %s WHERE (%s) IS NOT TRUE LIMIT 1",
		strings.Join(shown, ", "), physical(t.Stored()), dialect.QuoteIdentifier(t.Name), condition))
	if err != nil || len(rows) == 0 {
		return err
	}
	var values []string
	if !t.Protected() { // the row may be one that the caller doesn't see
		for i, c := range columns {
			values = append(values, " - "+c.Name+" : "+rows[0][i+1])
		}
	}
	return dialect.ConstraintViolated(name, text, values)
}

// texts runs a small query and returns its rows, NULL as an empty string.
func (x *run) texts(ctx context.Context, query string) (all [][]string, err error) {
	rows, err := x.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		cells := make([]any, len(columns))
		targets := make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := make([]string, len(columns))
		for i, c := range cells {
			if c != nil {
				row[i] = fmt.Sprint(c)
			}
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// mentioned are the columns whose names stand in the text of an expression.
func mentioned(t *metastore.Table, text string) (columns []metastore.Column) {
	tokens, err := dialect.Lex(text)
	if err != nil {
		return nil // it was translated before
	}
	names := map[string]bool{}
	for i, k := range tokens {
		isCall := i+1 < len(tokens) && (tokens[i+1].Is("(") || tokens[i+1].Kind == dialect.String)
		isType := i > 0 && tokens[i-1].Is("AS")
		if k.Kind == dialect.Identifier || k.Kind == dialect.Word && !isCall && !isType {
			names[strings.ToLower(k.Text)] = true
		}
	}
	for _, c := range t.Columns {
		if names[strings.ToLower(c.Name)] {
			columns = append(columns, c)
		}
	}
	return columns
}

// ruledBy names the rule of a table that a column stands in, or "": no rule does.
func ruledBy(t *metastore.Table, name string) string {
	mentions := func(text string) bool {
		return slices.ContainsFunc(mentioned(t, text), func(c metastore.Column) bool { return c.Name == name })
	}
	for _, k := range t.Constraints {
		if k.Kind == metastore.Check && mentions(k.Expression) || slices.Contains(k.Columns, name) {
			return "the constraint " + k.Name
		}
	}
	for _, c := range generatedColumns(t) {
		if mentions(c.Generated) {
			return "the generated column " + c.Name
		}
	}
	if slices.Contains(t.PartitionedBy, name) {
		return "the partitioning"
	}
	if slices.Contains(t.ClusteredBy, name) {
		return "the clustering"
	}
	return ""
}

// nullRow is a relation of one row of NULLs that has the columns of the table.
func nullRow(t *metastore.Table) (string, error) {
	list := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		kind, err := columnType(c)
		if err != nil {
			return "", err
		}
		list[i] = "CAST(NULL AS " + kind.DuckDB() + ") AS " + dialect.QuoteIdentifier(c.Name)
	}
	return "(SELECT " + strings.Join(list, ", ") + ") AS " + dialect.QuoteIdentifier(t.Name), nil
}

// checkDefinitions finds out whether the rules of the table can be computed.
func (x *run) checkDefinitions(ctx context.Context, t *metastore.Table) error {
	relation, err := nullRow(t)
	if err != nil {
		return err
	}
	for _, c := range t.Columns {
		if c.Default != "" {
			if err := x.checkDefault(ctx, t, c); err != nil {
				return err
			}
		}
		if c.Generated == "" {
			continue
		}
		for _, other := range mentioned(t, c.Generated) {
			if other.Generated != "" {
				return dialect.GeneratedReference(c.Name)
			}
		}
		have, err := x.ruleType(ctx, c.Generated, relation)
		if err != nil {
			return err
		}
		if want, err := columnType(c); err != nil {
			return err
		} else if have.String() != want.String() && want.Name != dialect.Varchar {
			return dialect.GeneratedType(c.Name, have, want)
		}
	}
	for _, k := range t.Constraints {
		if k.Kind != metastore.Check {
			continue
		}
		have, err := x.ruleType(ctx, k.Expression, relation)
		if err != nil {
			return err
		}
		if have.Name != dialect.Boolean {
			return dialect.CheckNotBoolean(k.Name, k.Expression)
		}
	}
	return nil
}

// ruleType is the type of an expression over a relation.
func (x *run) ruleType(ctx context.Context, text, relation string) (*dialect.Type, error) {
	value, err := x.rule(ctx, text)
	if err != nil {
		return nil, err
	}
	columns, err := x.shape(ctx, "SELECT "+value+" FROM "+relation)
	if err != nil {
		return nil, err
	}
	return columns[0].Type, nil
}

// checkDefault computes a default: it stands on its own and has to fit the column.
func (x *run) checkDefault(ctx context.Context, t *metastore.Table, c metastore.Column) error {
	value, err := x.rule(ctx, c.Default)
	if err == nil {
		_, err = x.shape(ctx, "SELECT "+value)
	}
	if err != nil {
		return dialect.InvalidDefault(c.Name, c.Default, false, x.classify(ctx, err))
	}
	value, err = x.defaultValue(ctx, t, c)
	if err == nil {
		_, err = x.texts(ctx, "SELECT CAST("+value+" AS VARCHAR)")
	}
	if err != nil {
		return dialect.InvalidDefault(c.Name, c.Default, true, x.classify(ctx, err))
	}
	return nil
}

// makeSequence makes what counts the rows of an identity column.
func (x *run) makeSequence(ctx context.Context, catalog string, d *dialect.IdentityDefinition) (*metastore.Identity, error) {
	i := &metastore.Identity{Always: d.Always, Start: d.Start, Step: d.Step, Sequence: uuid.NewString()}
	return i, x.exec(ctx, fmt.Sprintf("CREATE SEQUENCE %s START WITH %d INCREMENT BY %d MINVALUE %d MAXVALUE %d",
		kept(catalog, i.Sequence), i.Start, i.Step, int64(math.MinInt64+1), int64(math.MaxInt64)))
}
