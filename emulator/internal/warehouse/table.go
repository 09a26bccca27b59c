package warehouse

import (
	"context"
	"errors"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) createTable(ctx context.Context, s dialect.CreateTable) error {
	n := x.table(s.Name)
	replaced, err := x.mayReplace(n, s.OrReplace, s.IfNotExists, metastore.Managed)
	if errors.Is(err, errExists) {
		return x.done()
	}
	if err != nil {
		return err
	}
	t := metastore.Table{Catalog: n.Catalog, Schema: n.Schema, Name: n.Table, Kind: metastore.Managed}
	t.Owner, t.Comment, t.Properties = x.caller.UserName, s.Comment, s.Properties
	query := ""
	if s.Query != nil {
		if query, err = x.translate(ctx, *s.Query); err != nil {
			return err
		}
		columns, err := x.shape(ctx, query)
		if err != nil {
			return err
		}
		t.Columns = columnsOf(columns)
	} else {
		t.Columns = defined(s.Columns)
	}
	if err := checkColumns(t.Columns); err != nil {
		return err
	}
	if err := x.applyPolicies(ctx, &t, s); err != nil {
		return err
	}
	var rows int64
	defer x.replacing.Delete(n)
	err = x.atomically(ctx, func() error {
		rows, err = x.makeTable(ctx, &t, query, replaced != nil)
		if replaced != nil {
			x.replacing.Store(n, true)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := x.register(ctx, t, replaced); err != nil {
		return err
	}
	if s.Query == nil {
		return x.done()
	}
	return x.counts([]string{"num_affected_rows", "num_inserted_rows"}, []int64{rows, rows})
}

// mayReplace checks that the caller may create the table or view; with orReplace, in the
// place of one that it may manage, which is returned.
func (x *run) mayReplace(n metastore.Name, orReplace, ifNotExists bool, kind metastore.TableKind) (*metastore.Table, error) {
	old, ok := x.snapshot.Table(n)
	if !ok || !orReplace {
		return nil, x.mayCreate(n, ifNotExists)
	}
	if err := x.requireManage(n); err != nil {
		return nil, err
	}
	if old.Kind != kind {
		return nil, dialect.WrongKind(n.Quoted(), string(kind))
	}
	return old, nil
}

// columnsOf makes the columns of a table out of those of a query.
func columnsOf(result []Column) []metastore.Column {
	columns := make([]metastore.Column, len(result))
	for i, c := range result {
		columns[i] = metastore.Column{Name: c.Name, Type: c.Type.String(), Nullable: true}
	}
	return columns
}

func defined(list []dialect.ColumnDefinition) []metastore.Column {
	columns := make([]metastore.Column, len(list))
	for i, c := range list {
		columns[i] = metastore.Column{Name: c.Name, Type: c.Type.String(), Nullable: !c.NotNull, Comment: c.Comment}
	}
	return columns
}

func checkColumns(columns []metastore.Column) error {
	seen := map[string]bool{}
	for _, c := range columns {
		if seen[strings.ToLower(c.Name)] {
			return dialect.DuplicateColumn(c.Name)
		}
		seen[strings.ToLower(c.Name)] = true
		if t, err := columnType(c); err != nil {
			return err
		} else if !t.Storable() {
			return dialect.Unsupported("columns of type " + t.String())
		}
	}
	return nil
}

// makeTable creates the table in DuckDB and fills it from the query, if there is one.
func (x *run) makeTable(ctx context.Context, t *metastore.Table, query string, replace bool) (int64, error) {
	create := "CREATE TABLE "
	if replace {
		create = "CREATE OR REPLACE TABLE "
	}
	definitions := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		definition, err := columnDefinition(c)
		if err != nil {
			return 0, err
		}
		definitions[i] = definition
	}
	if query != "" && replace {
		// The query may read the table that is replaced.
		if err := x.exec(ctx, "CREATE OR REPLACE TEMP TABLE replace_source AS "+query); err != nil {
			return 0, err
		}
		query = "SELECT * FROM temp.replace_source"
	}
	if err := x.exec(ctx, create+physical(t.FullName())+" ("+strings.Join(definitions, ", ")+")"); err != nil {
		return 0, err
	}
	if query == "" {
		return 0, nil
	}
	rows, err := x.affected(ctx, "INSERT INTO "+physical(t.FullName())+" "+query)
	if err == nil && replace {
		err = x.exec(ctx, "DROP TABLE temp.replace_source")
	}
	return rows, err
}

func columnDefinition(c metastore.Column) (string, error) {
	t, err := columnType(c)
	if err != nil {
		return "", err
	}
	definition := dialect.QuoteIdentifier(c.Name) + " " + t.DuckDB()
	if !c.Nullable {
		definition += " NOT NULL"
	}
	return definition, nil
}

// register writes a table into the metastore, in the place of the old one if there is one,
// whose owner and grants it keeps.
func (x *run) register(ctx context.Context, t metastore.Table, replaced *metastore.Table) error {
	n := t.FullName()
	err := x.store.Update(func(tx *metastore.Tx) error {
		if replaced == nil {
			return tx.CreateTable(t)
		}
		return tx.ChangeTable(n, x.caller.UserName, func(old *metastore.Table) error {
			old.Columns, old.RowFilter, old.Definition, old.Default = t.Columns, t.RowFilter, t.Definition, t.Default
			old.Comment, old.Properties = t.Comment, t.Properties
			return nil
		})
	})
	if err == nil || replaced != nil || t.Kind == metastore.View {
		return err
	}
	return errors.Join(err, x.exec(context.WithoutCancel(ctx), "DROP TABLE "+physical(n)))
}

func (x *run) createView(ctx context.Context, s dialect.CreateView) error {
	n := x.table(s.Name)
	replaced, err := x.mayReplace(n, s.OrReplace, s.IfNotExists, metastore.View)
	if errors.Is(err, errExists) {
		return x.done()
	}
	if err != nil {
		return err
	}
	reach := x.scope()
	reach.views = []metastore.Name{n} // a view that replaces another must not read itself
	tree, err := x.tree(ctx, x.src, s.Query.Tokens, reach)
	if err != nil {
		return err
	}
	query, err := x.deserialize(ctx, tree)
	if err != nil {
		return err
	}
	result, err := x.shape(ctx, query)
	if err != nil {
		return err
	}
	t := metastore.Table{
		Catalog: n.Catalog, Schema: n.Schema, Name: n.Table, Kind: metastore.View,
		Columns: columnsOf(result), Definition: s.Definition, Default: x.fallback,
	}
	t.Owner, t.Comment, t.Properties = x.caller.UserName, s.Comment, s.Properties
	if len(s.Columns) > 0 {
		if len(s.Columns) != len(t.Columns) {
			return dialect.ArityMismatch(len(s.Columns), len(t.Columns))
		}
		for i, c := range s.Columns {
			t.Columns[i].Name, t.Columns[i].Comment = c.Name, c.Comment
		}
	}
	if err := checkColumns(t.Columns); err != nil {
		return err
	}
	if err := x.register(ctx, t, replaced); err != nil {
		return err
	}
	return x.done()
}
