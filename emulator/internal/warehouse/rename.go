package warehouse

import (
	"context"
	"errors"

	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// RenameSchema gives a schema, and with it everything in it, another name in its catalog. It
// takes managing the schema and, as for a new one, CREATE SCHEMA on the catalog, which
// administrators need not have. SQL has no statement for it. The rows stay where they are.
func (w *Warehouse) RenameSchema(ctx context.Context, by principal.Principal, from, to metastore.Name) error {
	unlock, err := w.definitions.lock(ctx, struct{}{})
	if err != nil {
		return err
	}
	defer unlock()
	if to.Schema == informationSchema {
		return metastore.ErrExists
	}
	check := errors.New("checked")
	rename := func(last error) func(*metastore.Tx) error {
		return func(tx *metastore.Tx) error {
			if err := tx.CheckManage(by, from); err != nil {
				return err
			}
			if !tx.IsAdmin(by) {
				if err := tx.Check(by, metastore.CreateSchema, from.Parent()); err != nil {
					return err
				}
			}
			if err := tx.Rename(from, to, by.UserName); err != nil {
				return err
			}
			return last
		}
	}
	// Where it can't be renamed, the engine gets no schema of the new name either.
	if err := w.store.Update(rename(check)); !errors.Is(err, check) {
		return err
	}
	if _, err := w.db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+physical(to)); err != nil {
		return err
	}
	return w.store.Update(rename(nil))
}
