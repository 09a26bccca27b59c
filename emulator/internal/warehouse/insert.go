package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) insert(ctx context.Context, s dialect.Insert) (err error) {
	privileges := []metastore.Privilege{metastore.Modify}
	if s.ReplaceWhere != nil {
		privileges = append(privileges, metastore.Select)
	}
	t, unlock, err := x.target(ctx, s.Target, privileges...)
	if err != nil {
		return err
	}
	defer unlock()
	partition, err := x.partition(ctx, t, s)
	if err != nil {
		return err
	}
	given, have, query, err := x.given(ctx, t, s)
	if err != nil {
		return err
	}
	source, err := x.completed(ctx, t, given, partition, query)
	if err != nil {
		return err
	}
	c := change{name: "WRITE", metric: "numOutputRows", given: map[string]bool{}, settled: true, parameters: map[string]string{"mode": "Append"}}
	for _, g := range given {
		c.given[g.Name] = true
	}
	into := fmt.Sprintf("INSERT INTO %s (%s) ", physical(t.Stored()), quotedNames(t.Columns))
	var n int64
	defer func() { err = insertFault(err, given, have) }()
	if s.Overwrite || s.ReplaceWhere != nil {
		n, err = x.overwrite(ctx, t, s, c, partition, into, source)
	} else {
		c.blind = true
		n, err = x.changeRows(ctx, t, c, into+source)
	}
	if err != nil {
		return err
	}
	return x.counts([]string{"num_affected_rows", "num_inserted_rows"}, []int64{n, n})
}

// given is the query of INSERT with its columns, and those of the table that they are for.
func (x *run) given(ctx context.Context, t *metastore.Table, s dialect.Insert) (columns []metastore.Column, have []Column, query string, err error) {
	names := s.Columns
	if !s.ByName && len(names) == 0 {
		for _, c := range t.Columns {
			if !slices.ContainsFunc(s.Partition, func(a dialect.Assignment) bool { return strings.EqualFold(a.Column, c.Name) }) {
				columns = append(columns, c)
			}
		}
	} else if columns, err = pick(t, names); err != nil {
		return nil, nil, "", err
	}
	tokens := s.Source.Tokens
	if columns, tokens, err = withDefaults(columns, tokens); err != nil {
		return nil, nil, "", err
	}
	if query, err = x.translate(ctx, dialect.Query{Tokens: tokens}); err != nil {
		return nil, nil, "", err
	}
	if have, err = x.shape(ctx, query); err != nil {
		return nil, nil, "", err
	}
	if s.ByName {
		for _, c := range have {
			names = append(names, c.Name)
		}
		if columns, err = pick(t, names); err != nil {
			return nil, nil, "", err
		}
	}
	if len(have) != len(columns) {
		return nil, nil, "", dialect.InsertArity(t.FullName().Quoted(), columnNames(columns), resultNames(have))
	}
	for _, c := range columns {
		if c.Identity != nil && c.Identity.Always {
			return nil, nil, "", dialect.IdentityInsert(c.Name)
		}
	}
	return columns, have, query, nil
}

// insertFault names the column whose type is too narrow for a value, where it can be but one.
func insertFault(err error, given []metastore.Column, have []Column) error {
	if err == nil {
		return nil
	}
	fault := dialect.Classify(err.Error())
	if fault == nil || fault.Class != "CAST_OVERFLOW" {
		return err
	}
	var columns []int
	for i, c := range given {
		if kind, err := columnType(c); err == nil && kind.String() != have[i].Type.String() {
			columns = append(columns, i)
		}
	}
	if len(columns) != 1 {
		return err
	}
	return dialect.InsertOverflow(have[columns[0]].Type.String(), given[columns[0]].Type, given[columns[0]].Name)
}

func columnNames(columns []metastore.Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

func resultNames(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}

// withDefaults puts the defaults of the columns in the place of DEFAULT in VALUES. A column
// that is DEFAULT in every row is left out: the table knows what it gets.
func withDefaults(columns []metastore.Column, tokens []dialect.Token) ([]metastore.Column, []dialect.Token, error) {
	rows := dialect.ValueRows(tokens)
	if !slices.ContainsFunc(rows, dialect.IsDefault) || len(columns) == 0 || len(rows)%len(columns) != 0 {
		return columns, tokens, nil
	}
	var keep []metastore.Column
	for i, c := range columns {
		defaults, count := 0, 0
		for j := i; j < len(rows); j += len(columns) {
			count++
			if dialect.IsDefault(rows[j]) {
				defaults++
			}
		}
		switch {
		case defaults == count:
			for j := i; j < len(rows); j += len(columns) {
				rows[j] = nil
			}
			continue
		case defaults > 0 && (c.Identity != nil || c.Generated != ""):
			return nil, nil, dialect.Unsupported("DEFAULT in some rows of VALUES only, for the column " + c.Name + " that the table computes")
		case defaults > 0:
			value := c.Default
			if value == "" {
				value = "NULL"
			}
			expression, err := dialect.Lex(value)
			if err != nil {
				return nil, nil, err
			}
			for k := range expression { // they stand in another text than the statement's
				expression[k].Pos, expression[k].Stop = 0, 0
			}
			for j := i; j < len(rows); j += len(columns) {
				if dialect.IsDefault(rows[j]) {
					rows[j] = expression
				}
			}
		}
		keep = append(keep, c)
	}
	if len(keep) == 0 { // a row needs a value: the first column's default is as good as any
		return nil, nil, dialect.Unsupported("VALUES of nothing but DEFAULT")
	}
	return keep, dialect.Values(rows, len(columns)), nil
}

// completed is the query with every column of the table: those that are given as the
// column's type, the others as the table says.
func (x *run) completed(ctx context.Context, t *metastore.Table, given []metastore.Column, partition map[string]string, query string) (string, error) {
	inputs := make([]string, len(given))
	for i := range given {
		inputs[i] = fmt.Sprintf("c%d", i)
	}
	inner := make([]string, 0, len(t.Columns))
	outer := make([]string, len(t.Columns))
	computes := false
	for i, c := range t.Columns {
		name := dialect.QuoteIdentifier(c.Name)
		outer[i] = name
		at := slices.IndexFunc(given, func(g metastore.Column) bool { return g.Name == c.Name })
		var value string
		var err error
		switch fixed, ok := partition[c.Name]; {
		case at >= 0:
			value, err = stored(c, inputs[at])
		case ok:
			value = fixed
		case c.Generated != "":
			if value, err = x.rule(ctx, c.Generated); err == nil {
				value, err = stored(c, "("+value+")")
			}
			if err != nil {
				return "", err
			}
			outer[i], computes = value+" AS "+name, true
			continue
		default:
			value, err = x.defaultValue(ctx, t, c)
		}
		if err != nil {
			return "", err
		}
		inner = append(inner, value+" AS "+name)
	}
	complete := fmt.Sprintf("SELECT %s FROM (%s) AS source(%s)", strings.Join(inner, ", "), query, strings.Join(inputs, ", "))
	if computes {
		complete = fmt.Sprintf("SELECT %s FROM (%s) AS %s", strings.Join(outer, ", "), complete, dialect.QuoteIdentifier(t.Name))
	}
	return complete, nil
}

// partition translates PARTITION (column = value, ...).
func (x *run) partition(ctx context.Context, t *metastore.Table, s dialect.Insert) (map[string]string, error) {
	values := map[string]string{}
	for _, a := range s.Partition {
		c, err := column(t, a.Column)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(t.PartitionedBy, c.Name) {
			return nil, dialect.NotPartitionColumn(c.Name, t.FullName().Quoted())
		}
		if values[c.Name], err = x.assigned(ctx, t, c, a.Value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// overwrite replaces rows of the table by those of the source: all of them, those of a
// partition, or those for which a condition is true. The query may read the table, so its
// rows are set aside first.
func (x *run) overwrite(ctx context.Context, t *metastore.Table, s dialect.Insert, c change, partition map[string]string, into, source string) (n int64, err error) {
	c.parameters["mode"] = "Overwrite"
	gone := "DELETE FROM " + physical(t.Stored())
	condition := ""
	var conditions []string
	for _, name := range sortedKeys(partition) {
		conditions = append(conditions, dialect.QuoteIdentifier(name)+" IS NOT DISTINCT FROM "+partition[name])
	}
	if len(conditions) > 0 {
		gone += " WHERE " + strings.Join(conditions, " AND ")
	}
	if s.ReplaceWhere != nil {
		if condition, err = x.expression(ctx, s.ReplaceWhere); err != nil {
			return 0, err
		}
		c.parameters["predicate"] = s.Condition
		gone = fmt.Sprintf("DELETE FROM %s AS %s WHERE (%s)", physical(t.Stored()), alias("", t), condition)
		if t.Protected() {
			relation, err := x.protectedRelation(ctx, t)
			if err != nil {
				return 0, err
			}
			gone = deleteProtected(t, relation, alias("", t), " WHERE ("+condition+")")
		}
	}
	err = x.changing(ctx, t, c, func() (map[string]int64, error) {
		if err := x.exec(ctx, "CREATE OR REPLACE TEMP TABLE overwrite_source AS "+source); err != nil {
			return nil, err
		}
		if condition != "" {
			wrong, err := x.texts(ctx, fmt.Sprintf("SELECT 1 FROM temp.overwrite_source AS %s WHERE (%s) IS NOT TRUE LIMIT 1", alias("", t), condition))
			if err != nil {
				return nil, err
			}
			if len(wrong) > 0 {
				return nil, dialect.ReplaceWhereMismatch(s.Condition)
			}
		}
		if err := x.exec(ctx, gone); err != nil {
			return nil, err
		}
		if n, err = x.affected(ctx, into+"SELECT * FROM temp.overwrite_source"); err != nil {
			return nil, err
		}
		return map[string]int64{c.metric: n}, x.exec(ctx, "DROP TABLE temp.overwrite_source")
	})
	return n, err
}

func quotedNames(columns []metastore.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = dialect.QuoteIdentifier(c.Name)
	}
	return strings.Join(names, ", ")
}
