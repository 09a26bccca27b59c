package warehouse

import (
	"context"
	"fmt"

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
	}
	return nil
}

// storedTables lists the tables of a catalog that DuckDB has.
func (w *Warehouse) storedTables(ctx context.Context, catalog string) (names map[metastore.Name]bool, err error) {
	rows, err := w.db.QueryContext(ctx, "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?", database(catalog))
	if err != nil {
		return nil, fmt.Errorf("list tables of %q: %w", catalog, err)
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
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
	for n := range stored {
		if t, ok := snapshot.Table(n); ok && t.Kind == metastore.Managed {
			continue
		}
		w.log.WarnContext(ctx, "table without a catalog entry dropped", "table", n.String())
		if _, err := w.db.ExecContext(ctx, "DROP TABLE "+physical(n)); err != nil {
			return fmt.Errorf("drop unknown table %s: %w", n, err)
		}
	}
	return nil
}

func (w *Warehouse) forgetMissing(ctx context.Context, snapshot *metastore.Snapshot, c *metastore.Catalog, stored map[metastore.Name]bool) error {
	for _, s := range snapshot.Schemas(c.FullName()) {
		for _, t := range snapshot.Tables(s.FullName()) {
			n := t.FullName()
			if t.Kind != metastore.Managed || stored[n] {
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

// columnType is the DuckDB type of a column; its Databricks type was checked when it was made.
func columnType(c metastore.Column) (*dialect.Type, error) {
	t, err := dialect.ParseType(c.Type)
	if err != nil {
		return nil, fmt.Errorf("column %q: %w", c.Name, err)
	}
	return t, nil
}
