package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// reconcile makes DuckDB and the metastore agree after an interruption between their
// commits. A table that only one of them knows was never reported as created (DuckDB is
// first) or was dropped already (the metastore is first): it goes.
func (w *Warehouse) reconcile(ctx context.Context, snapshot *metastore.Snapshot) error {
	for _, c := range snapshot.Catalogs() {
		for _, s := range snapshot.Schemas(c.FullName()) {
			if _, err := w.db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+physical(s.FullName())); err != nil {
				return fmt.Errorf("schema %s: %w", s.FullName(), err)
			}
		}
		stored, err := w.storedTables(ctx, c.Name)
		if err != nil {
			return err
		}
		if err := w.dropUnknown(ctx, snapshot, stored); err != nil {
			return err
		}
		if err := w.forgetMissing(ctx, snapshot, c, stored); err != nil {
			return err
		}
		if err := w.adoptColumns(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// storedTables lists the tables of a catalog that DuckDB has.
func (w *Warehouse) storedTables(ctx context.Context, catalog string) (names map[metastore.Name]bool, err error) {
	rows, err := w.db.QueryContext(ctx, "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name != ?", database(catalog), keeping)
	if err != nil {
		return nil, fmt.Errorf("list tables of %q: %w", catalog, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names = map[metastore.Name]bool{}
	for rows.Next() {
		n := metastore.Name{Catalog: catalog}
		if err := rows.Scan(&n.Schema, &n.Table); err != nil {
			return nil, fmt.Errorf("list tables of %q: %w", catalog, err)
		}
		names[n] = true
	}
	return names, rows.Err()
}

func (w *Warehouse) dropUnknown(ctx context.Context, snapshot *metastore.Snapshot, stored map[metastore.Name]bool) error {
	known := storages(snapshot)
	for n := range stored {
		if known[n] != nil {
			continue
		}
		w.log.WarnContext(ctx, "table without a catalog entry dropped", "table", n.String())
		if _, err := w.db.ExecContext(ctx, "DROP TABLE "+physical(n)); err != nil {
			return fmt.Errorf("drop unknown table %s: %w", n, err)
		}
	}
	return nil
}

// storages are the tables by the names under which the engine has them.
func storages(snapshot *metastore.Snapshot) map[metastore.Name]*metastore.Table {
	tables := map[metastore.Name]*metastore.Table{}
	for _, c := range snapshot.Catalogs() {
		for _, s := range snapshot.Schemas(c.FullName()) {
			for _, t := range snapshot.Tables(s.FullName()) {
				if t.Kind == metastore.Managed {
					tables[t.Stored()] = t
				}
			}
		}
	}
	return tables
}

func (w *Warehouse) forgetMissing(ctx context.Context, snapshot *metastore.Snapshot, c *metastore.Catalog, stored map[metastore.Name]bool) error {
	for _, s := range snapshot.Schemas(c.FullName()) {
		for _, t := range snapshot.Tables(s.FullName()) {
			n := t.FullName()
			if t.Kind != metastore.Managed || stored[t.Stored()] {
				continue
			}
			w.log.WarnContext(ctx, "catalog entry without a table dropped", "table", n.String())
			if err := w.store.Update(func(tx *metastore.Tx) error { return tx.Drop(n, false) }); err != nil {
				return fmt.Errorf("forget missing table %s: %w", n, err)
			}
		}
	}
	return nil
}

// adoptColumns takes DuckDB's columns over where a replaced or altered table has others
// than the metastore says: the rows can't be changed back. Comments and masks stay by name.
func (w *Warehouse) adoptColumns(ctx context.Context, c *metastore.Catalog) error {
	stored, err := w.storedColumns(ctx, c.Name)
	if err != nil {
		return err
	}
	tables := storages(w.store.Snapshot())
	for at, columns := range stored {
		t := tables[at]
		if t == nil || sameColumns(t.Columns, columns) {
			continue
		}
		for i := range columns {
			if known, err := column(t, columns[i].Name); err == nil {
				columns[i] = adopted(known, columns[i])
			}
		}
		n := t.FullName()
		w.log.WarnContext(ctx, "columns taken over from the stored table", "table", n.String())
		err := w.store.Update(func(tx *metastore.Tx) error {
			return tx.ChangeTable(n, t.Owner, func(t *metastore.Table) error { t.Columns = columns; return nil })
		})
		if err != nil {
			return fmt.Errorf("adopt columns of %s: %w", n, err)
		}
	}
	return nil
}

// adopted is a known column as the engine has it.
func adopted(known, stored metastore.Column) metastore.Column {
	if !sameType(known, stored) {
		known.Type = stored.Type
	}
	known.Name, known.Nullable = stored.Name, stored.Nullable
	return known
}

func sameColumns(a, b []metastore.Column) bool {
	return slices.EqualFunc(a, b, func(a, b metastore.Column) bool {
		return a.Name == b.Name && sameType(a, b) && a.Nullable == b.Nullable
	})
}

// sameType reports whether the engine stores both columns as the same type.
func sameType(a, b metastore.Column) bool {
	one, err := columnType(a)
	if err != nil {
		return false
	}
	other, err := columnType(b)
	return err == nil && one.DuckDB() == other.DuckDB()
}

// storedColumns lists the columns of a catalog's tables as DuckDB has them.
func (w *Warehouse) storedColumns(ctx context.Context, catalog string) (tables map[metastore.Name][]metastore.Column, err error) {
	rows, err := w.db.QueryContext(ctx, "SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE database_name = ? AND schema_name != ? AND NOT internal ORDER BY column_index", database(catalog), keeping)
	if err != nil {
		return nil, fmt.Errorf("list columns of %q: %w", catalog, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	tables = map[metastore.Name][]metastore.Column{}
	for rows.Next() {
		n := metastore.Name{Catalog: catalog}
		var c metastore.Column
		var duckDB string
		if err := rows.Scan(&n.Schema, &n.Table, &c.Name, &duckDB, &c.Nullable); err != nil {
			return nil, fmt.Errorf("list columns of %q: %w", catalog, err)
		}
		t, err := dialect.FromDuckDB(duckDB)
		if err != nil {
			return nil, fmt.Errorf("column %q of %s: %w", c.Name, n, err)
		}
		c.Type = t.String()
		tables[n] = append(tables[n], c)
	}
	return tables, rows.Err()
}

// columnType is the DuckDB type of a column; its Databricks type was checked when it was made.
func columnType(c metastore.Column) (*dialect.Type, error) {
	t, err := dialect.ParseType(c.Type)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", c.Name, err)
	}
	return t, nil
}
