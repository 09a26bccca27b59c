package warehouse

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) createTable(ctx context.Context, s dialect.CreateTable) error {
	n := x.table(s.Name)
	if s.Replace && !x.snapshot.Exists(n) {
		return notFound(n)
	}
	replaced, err := x.mayReplace(n, s.OrReplace, s.IfNotExists, metastore.Managed)
	if errors.Is(err, errExists) {
		return x.done()
	}
	if err != nil {
		return err
	}
	t := metastore.Table{Catalog: n.Catalog, Schema: n.Schema, Name: n.Table, Kind: metastore.Managed}
	t.Owner, t.Comment, t.Properties = x.caller.UserName, s.Comment, s.Properties
	if replaced != nil {
		t.ID, t.Storage = replaced.ID, replaced.Storage
	} else {
		t.Storage = x.freeStorage(n)
	}
	var rows int64
	defer x.replacing.Delete(n)
	err = x.atomically(ctx, func() error {
		query, err := x.tableContent(ctx, &t, s)
		if err != nil {
			return err
		}
		if err := x.applyPolicies(ctx, &t, s); err != nil {
			return err
		}
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
	if err := x.recordCreation(ctx, n, s, replaced != nil, rows); err != nil {
		return err
	}
	switch {
	case s.Clone != nil:
		return x.counts([]string{"source_table_size", "source_num_of_files", "num_removed_files", "num_copied_files", "removed_files_size", "copied_files_size"}, make([]int64, 6))
	case s.Query == nil:
		return x.done()
	}
	return x.counts([]string{"num_affected_rows", "num_inserted_rows"}, []int64{rows, rows})
}

// tableContent puts columns and rules into a new table, and returns the query that fills it,
// if there is one.
func (x *run) tableContent(ctx context.Context, t *metastore.Table, s dialect.CreateTable) (query string, err error) {
	switch {
	case s.Like != nil:
		return "", x.likeTable(ctx, t, s.Like)
	case s.Clone != nil:
		return x.cloneTable(t, s)
	case s.Query != nil:
		if query, err = x.translate(ctx, *s.Query); err != nil {
			return "", err
		}
		columns, err := x.shape(ctx, query)
		if err != nil {
			return "", err
		}
		t.Columns = columnsOf(columns)
	default:
		if t.Columns, err = x.defined(ctx, t, s.Columns); err != nil {
			return "", err
		}
	}
	if err := checkColumns(t.Columns); err != nil {
		return "", err
	}
	for _, k := range s.Constraints {
		if err := x.addConstraint(t, k, true); err != nil {
			return "", err
		}
	}
	if t.PartitionedBy, err = columnsNamed(t, s.PartitionedBy); err != nil {
		return "", err
	}
	if t.ClusteredBy, err = columnsNamed(t, s.ClusteredBy); err != nil {
		return "", err
	}
	return query, x.checkDefinitions(ctx, t)
}

// columnsNamed are the names of columns as the table writes them.
func columnsNamed(t *metastore.Table, names []string) (found []string, err error) {
	for _, name := range names {
		c, err := column(t, name)
		if err != nil {
			return nil, err
		}
		found = append(found, c.Name)
	}
	return found, nil
}

// freeStorage is the zero name where the engine has no table of this name, and else another
// name for the rows: a table that was renamed keeps its old one.
func (x *run) freeStorage(n metastore.Name) metastore.Name {
	for _, s := range x.snapshot.Schemas(metastore.Name{Catalog: n.Catalog}) {
		for _, t := range x.snapshot.Tables(s.FullName()) {
			if t.Kind == metastore.Managed && t.Stored() == n {
				return metastore.Name{Schema: n.Schema, Table: uuid.NewString()}
			}
		}
	}
	return metastore.Name{}
}

// likeTable gives a table the columns of another, without its rows, keys and policies.
func (x *run) likeTable(ctx context.Context, t *metastore.Table, like []string) error {
	source, err := x.readable(like)
	if err != nil {
		return err
	}
	return x.copyColumns(ctx, t, source)
}

// readable finds a table or view whose rows the caller may read.
func (x *run) readable(parts []string) (*metastore.Table, error) {
	n := x.table(parts)
	if err := x.require(n, metastore.Select); err != nil {
		return nil, err
	}
	t, ok := x.snapshot.Table(n)
	if !ok {
		return nil, notFound(n)
	}
	return t, nil
}

func (x *run) copyColumns(ctx context.Context, t, source *metastore.Table) error {
	t.Columns = slices.Clone(source.Columns)
	for i, c := range t.Columns {
		t.Columns[i].Mask = nil
		if c.Identity == nil {
			continue
		}
		var err error
		t.Columns[i].Identity, err = x.makeSequence(ctx, t.Catalog, &dialect.IdentityDefinition{Always: c.Identity.Always, Start: c.Identity.Start, Step: c.Identity.Step})
		if err != nil {
			return err
		}
	}
	return nil
}

// cloneTable gives a table what another is, and returns the query of its rows. Here a
// shallow clone is a deep one: nobody can see the files.
func (x *run) cloneTable(t *metastore.Table, s dialect.CreateTable) (query string, err error) {
	source, err := x.readable(s.Clone)
	if err != nil {
		return "", err
	}
	switch {
	case source.Kind == metastore.View:
		return "", dialect.WrongKind(source.FullName().Quoted(), "table")
	case source.Protected():
		return "", dialect.Unsupported("CLONE of a table with a row filter or column masks")
	case slices.ContainsFunc(source.Columns, func(c metastore.Column) bool { return c.Identity != nil }):
		return "", dialect.Unsupported("CLONE of a table with an identity column")
	}
	t.Columns, t.PartitionedBy, t.ClusteredBy = slices.Clone(source.Columns), source.PartitionedBy, source.ClusteredBy
	for _, k := range source.Constraints {
		if k.Kind == metastore.Check {
			t.Constraints = append(t.Constraints, k)
		}
	}
	properties := maps.Clone(source.Properties)
	if properties == nil {
		properties = map[string]string{}
	}
	maps.Copy(properties, t.Properties)
	t.Comment, t.Properties = source.Comment, properties
	return "SELECT * FROM " + physical(source.Stored()), nil
}

// recordCreation begins the history of a table, or goes on with that of the one it replaces.
func (x *run) recordCreation(ctx context.Context, n metastore.Name, s dialect.CreateTable, replaced bool, rows int64) error {
	t, ok := x.store.Snapshot().Table(n)
	if !ok {
		return notFound(n)
	}
	name := "CREATE TABLE"
	switch {
	case s.Clone != nil:
		name = "CLONE"
	case replaced && s.Replace:
		name = "REPLACE TABLE"
	case s.OrReplace:
		name = "CREATE OR REPLACE TABLE"
	}
	o := operation{name: name, blind: true, parameters: map[string]string{"isManaged": "true"}}
	if s.Query != nil {
		o.name += " AS SELECT"
		o.metrics = map[string]int64{"numOutputRows": rows}
	}
	return x.record(ctx, t, o)
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

// defined makes the columns of a table out of their definitions.
func (x *run) defined(ctx context.Context, t *metastore.Table, list []dialect.ColumnDefinition) ([]metastore.Column, error) {
	columns := make([]metastore.Column, len(list))
	for i, c := range list {
		columns[i] = metastore.Column{Name: c.Name, Type: c.Type.String(), Nullable: !c.NotNull, Comment: c.Comment, Default: c.Default, Generated: c.Generated}
		if c.Identity == nil {
			continue
		}
		if c.Type.Name != dialect.BigInt {
			return nil, dialect.IdentityType(c.Type)
		}
		identity, err := x.makeSequence(ctx, t.Catalog, c.Identity)
		if err != nil {
			return nil, err
		}
		columns[i].Identity = identity
	}
	return columns, nil
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
	if err := x.exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+physical(metastore.Name{Catalog: t.Catalog, Schema: t.Stored().Schema})); err != nil {
		return 0, err
	}
	if err := x.exec(ctx, create+physical(t.Stored())+" ("+strings.Join(definitions, ", ")+")"); err != nil {
		return 0, err
	}
	if query == "" {
		return 0, nil
	}
	rows, err := x.affected(ctx, "INSERT INTO "+physical(t.Stored())+" "+query)
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
			old.Constraints, old.PartitionedBy, old.ClusteredBy = t.Constraints, t.PartitionedBy, t.ClusteredBy
			old.Comment, old.Properties = t.Comment, t.Properties
			return nil
		})
	})
	if err == nil || replaced != nil || t.Kind == metastore.View {
		return err
	}
	return errors.Join(err, x.exec(context.WithoutCancel(ctx), "DROP TABLE "+physical(t.Stored())))
}
