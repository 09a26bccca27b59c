package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// alterEngine runs ALTER TABLE on the engine's table.
func (x *run) alterEngine(ctx context.Context, t *metastore.Table, format string, args ...any) error {
	return x.exec(ctx, "ALTER TABLE "+physical(t.Stored())+" "+fmt.Sprintf(format, args...))
}

func (x *run) addColumns(ctx context.Context, t *metastore.Table, list []dialect.ColumnDefinition) error {
	for _, d := range list {
		switch {
		case d.Mask != nil:
			return dialect.Unsupported("ADD COLUMNS with MASK: set the mask by ALTER COLUMN")
		case d.NotNull:
			return dialect.Unsupported("ADD COLUMNS with NOT NULL")
		case d.Default != "":
			return dialect.AddedDefault()
		case d.Generated != "", d.Identity != nil, d.Constraints != nil:
			return dialect.Unsupported("ADD COLUMNS with GENERATED or a constraint")
		}
		columns, err := x.defined(ctx, t, []dialect.ColumnDefinition{d})
		if err != nil {
			return err
		}
		if err := checkColumns(append(slices.Clone(t.Columns), columns...)); err != nil {
			return err
		}
		definition, err := columnDefinition(columns[0])
		if err != nil {
			return err
		}
		if err := x.alterEngine(ctx, t, "ADD COLUMN %s", definition); err != nil {
			return err
		}
		t.Columns = append(t.Columns, columns[0])
		if d.Position != nil {
			if err := x.moveColumn(ctx, t, len(t.Columns)-1, *d.Position); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveColumn puts a column elsewhere, which takes writing the engine's table anew.
func (x *run) moveColumn(ctx context.Context, t *metastore.Table, from int, p dialect.ColumnPosition) error {
	c := t.Columns[from]
	rest := slices.Delete(slices.Clone(t.Columns), from, from+1)
	at := 0
	if p.After != "" {
		after, err := columnAt(&metastore.Table{Columns: rest}, p.After)
		if err != nil {
			return err
		}
		at = after + 1
	}
	t.Columns = slices.Insert(rest, at, c)
	_, err := x.makeTable(ctx, t, "SELECT "+quotedNames(t.Columns)+" FROM "+physical(t.Stored()), true)
	return err
}

func (x *run) dropColumns(ctx context.Context, t *metastore.Table, s dialect.Alter) error {
	for _, name := range s.DropColumns {
		at, err := columnAt(t, name)
		if err != nil && s.IfExists {
			continue
		}
		if err != nil {
			return err
		}
		c := t.Columns[at]
		if usesColumn(t, c.Name) {
			return dialect.Unsupported("DROP COLUMN of a column that a row filter or a column mask uses")
		}
		if by := ruledBy(t, c.Name); by != "" {
			return dialect.DependentColumn("drop", c.Name, by)
		}
		if len(t.Columns) > 1 {
			if err := x.alterEngine(ctx, t, "DROP COLUMN %s", dialect.QuoteIdentifier(c.Name)); err != nil {
				return err
			}
		}
		t.Columns = slices.Delete(t.Columns, at, at+1)
	}
	return nil
}

func (x *run) renameColumn(ctx context.Context, t *metastore.Table, s dialect.RenameColumn) error {
	at, err := columnAt(t, s.From)
	if err != nil {
		return err
	}
	from := t.Columns[at].Name
	if usesColumn(t, from) {
		return dialect.Unsupported("RENAME COLUMN of a column that a row filter or a column mask uses")
	}
	if by := ruledBy(t, from); by != "" {
		return dialect.DependentColumn("rename", from, by)
	}
	t.Columns[at].Name = s.To
	if err := checkColumns(t.Columns); err != nil {
		return err
	}
	return x.alterEngine(ctx, t, "RENAME COLUMN %s TO %s", dialect.QuoteIdentifier(from), dialect.QuoteIdentifier(s.To))
}

func (x *run) alterColumn(ctx context.Context, t *metastore.Table, s dialect.AlterColumn) error {
	at, err := columnAt(t, s.Name)
	if err != nil {
		return err
	}
	c := &t.Columns[at]
	switch {
	case s.Comment != nil:
		c.Comment = *s.Comment
	case s.SetTags != nil, s.UnsetTags != nil:
		c.Tags = changedTags(c.Tags, s.SetTags, s.UnsetTags)
	case s.Type != nil:
		return x.widen(ctx, t, at, s.Type)
	case s.Default != "":
		if c.Generated != "" || c.Identity != nil {
			return dialect.Unsupported("SET DEFAULT of a column that the table computes")
		}
		c.Default = s.Default
		return x.checkDefault(ctx, t, *c)
	case s.DropDefault:
		c.Default = ""
	case s.NotNull != nil:
		return x.setNullable(ctx, t, c, !*s.NotNull)
	case s.Position != nil:
		return x.moveColumn(ctx, t, at, *s.Position)
	}
	return nil
}

// widenings are the types that a column's type may become, as Delta's type widening has them.
var widenings = map[dialect.TypeName][]dialect.TypeName{
	dialect.TinyInt:  {dialect.SmallInt, dialect.Int, dialect.BigInt, dialect.Decimal, dialect.Double},
	dialect.SmallInt: {dialect.Int, dialect.BigInt, dialect.Decimal, dialect.Double},
	dialect.Int:      {dialect.BigInt, dialect.Decimal, dialect.Double},
	dialect.BigInt:   {dialect.Decimal},
	dialect.Float:    {dialect.Double},
	dialect.Date:     {dialect.TimestampNTZ},
	dialect.Varchar:  {dialect.StringType},
}

// wholeDigits is the number of digits that a DECIMAL needs for the values of a whole type.
var wholeDigits = map[dialect.TypeName]int{dialect.TinyInt: 10, dialect.SmallInt: 10, dialect.Int: 10, dialect.BigInt: 20}

func widens(from, to *dialect.Type) bool {
	switch {
	case from.String() == to.String():
		return true
	case from.Name == dialect.Varchar && to.Name == dialect.Varchar:
		return to.Length >= from.Length
	case from.Name == dialect.Decimal && to.Name == dialect.Decimal:
		return to.Scale >= from.Scale && to.Precision-to.Scale >= from.Precision-from.Scale
	case to.Name == dialect.Decimal && to.Precision-to.Scale < wholeDigits[from.Name]:
		return false
	}
	return slices.Contains(widenings[from.Name], to.Name)
}

// widen gives a column a wider type.
func (x *run) widen(ctx context.Context, t *metastore.Table, at int, to *dialect.Type) error {
	c := &t.Columns[at]
	from, err := columnType(*c)
	if err != nil {
		return err
	}
	if !widens(from, to) {
		return dialect.ColumnChange(c.Name, from.String(), to.String())
	}
	if c.Generated != "" || c.Identity != nil {
		return dialect.Unsupported("ALTER COLUMN ... TYPE of a column that the table computes")
	}
	c.Type = to.String()
	if from.DuckDB() != to.DuckDB() {
		if err := x.alterEngine(ctx, t, "ALTER COLUMN %s SET DATA TYPE %s", dialect.QuoteIdentifier(c.Name), to.DuckDB()); err != nil {
			return err
		}
	}
	return x.checkDefinitions(ctx, t)
}

// countRows counts the rows of a table for which the condition holds.
func (x *run) countRows(ctx context.Context, t *metastore.Table, condition string) (string, error) {
	rows, err := x.texts(ctx, fmt.Sprintf("SELECT count(*) FROM %s AS %s WHERE %s", physical(t.Stored()), dialect.QuoteIdentifier(t.Name), condition))
	if err != nil {
		return "", err
	}
	return rows[0][0], nil
}

func (x *run) setNullable(ctx context.Context, t *metastore.Table, c *metastore.Column, nullable bool) error {
	name := dialect.QuoteIdentifier(c.Name)
	if c.Nullable == nullable {
		return nil
	}
	c.Nullable = nullable
	if nullable {
		if inPrimaryKey(t, c.Name) {
			return dialect.DependentColumn("drop NOT NULL of", c.Name, "the primary key")
		}
		return x.alterEngine(ctx, t, "ALTER COLUMN %s DROP NOT NULL", name)
	}
	nulls, err := x.countRows(ctx, t, name+" IS NULL")
	if err != nil {
		return err
	}
	if nulls != "0" {
		return dialect.NewNotNullViolated(nulls, t.FullName().String(), c.Name)
	}
	return x.alterEngine(ctx, t, "ALTER COLUMN %s SET NOT NULL", name)
}

func inPrimaryKey(t *metastore.Table, column string) bool {
	return slices.ContainsFunc(t.Constraints, func(k metastore.Constraint) bool {
		return k.Kind == metastore.PrimaryKey && slices.Contains(k.Columns, column)
	})
}

// addConstraintNow adds a constraint to a table that has rows.
func (x *run) addConstraintNow(ctx context.Context, t *metastore.Table, k dialect.TableConstraint) error {
	if err := x.addConstraint(t, k, false); err != nil {
		return err
	}
	if err := x.checkDefinitions(ctx, t); err != nil || k.Expression == "" {
		return err
	}
	condition, err := x.rule(ctx, k.Expression)
	if err != nil {
		return err
	}
	broken, err := x.countRows(ctx, t, "("+condition+") IS NOT TRUE")
	if err != nil {
		return err
	}
	if broken != "0" {
		return dialect.NewCheckViolated(broken, t.FullName().String(), k.Expression)
	}
	return nil
}

// addConstraint puts a constraint into the table. The columns of the primary key of a new
// table become NOT NULL; those of an old one have to be.
func (x *run) addConstraint(t *metastore.Table, k dialect.TableConstraint, created bool) (err error) {
	c := metastore.Constraint{Name: k.Name, Expression: k.Expression, Kind: metastore.Check}
	switch {
	case k.PrimaryKey:
		c.Kind = metastore.PrimaryKey
	case k.Parent != nil:
		c.Kind, c.Parent, c.ParentColumns = metastore.ForeignKey, x.table(k.Parent), k.ParentColumns
		if parent, err := x.visibleTable(k.Parent); err != nil {
			return err
		} else if c.ParentColumns, err = columnsNamed(parent, k.ParentColumns); err != nil {
			return err
		}
	}
	if c.Columns, err = columnsNamed(t, k.Columns); err != nil {
		return err
	}
	if c.Name == "" {
		c.Name = constraintName(t, map[metastore.ConstraintKind]string{metastore.Check: "_check", metastore.PrimaryKey: "_pk", metastore.ForeignKey: "_fk"}[c.Kind])
	}
	for _, other := range t.Constraints {
		if strings.EqualFold(other.Name, c.Name) || c.Kind == metastore.PrimaryKey && other.Kind == c.Kind {
			return dialect.ConstraintExists(other.Name)
		}
	}
	if c.Kind == metastore.PrimaryKey {
		for i := range t.Columns {
			if !slices.Contains(c.Columns, t.Columns[i].Name) {
				continue
			}
			if t.Columns[i].Nullable && !created {
				return dialect.NullableKey(c.Name, t.Columns[i].Name)
			}
			t.Columns[i].Nullable = false
		}
	}
	t.Constraints = append(t.Constraints, c)
	return nil
}

func dropConstraint(t *metastore.Table, s dialect.Alter) error {
	k := s.DropConstraint
	at := slices.IndexFunc(t.Constraints, func(c metastore.Constraint) bool {
		switch {
		case k.Name != "":
			return strings.EqualFold(c.Name, k.Name)
		case k.PrimaryKey:
			return c.Kind == metastore.PrimaryKey
		}
		return c.Kind == metastore.ForeignKey && slices.EqualFunc(c.Columns, k.Columns, strings.EqualFold)
	})
	switch {
	case at >= 0:
		t.Constraints = slices.Delete(t.Constraints, at, at+1)
	case !s.IfExists:
		return dialect.ConstraintNotFound(k.Name, t.FullName().Quoted())
	}
	return nil
}
