package warehouse

import (
	"context"
	"errors"
	"fmt"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) createContainer(ctx context.Context, s dialect.CreateContainer) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	if err := x.mayCreate(n, s.IfNotExists); err != nil {
		if errors.Is(err, errExists) {
			return x.done()
		}
		return err
	}
	switch n.Kind() {
	case metastore.KindCatalog:
		err = x.CreateCatalog(ctx, n, x.caller.UserName, s.Comment, s.Properties)
	case metastore.KindVolume:
		err = x.store.Update(func(tx *metastore.Tx) error { return tx.CreateVolume(n, x.caller.UserName, s.Comment) })
	default:
		err = x.CreateSchema(ctx, n, x.caller.UserName, s.Comment, s.Properties)
	}
	if err != nil {
		return err
	}
	return x.done()
}

// errExists says that CREATE ... IF NOT EXISTS has nothing to do.
var errExists = errors.New("exists")

// creation is the privilege on the parent that creating takes.
var creation = map[metastore.SecurableKind]metastore.Privilege{
	metastore.KindCatalog:  metastore.CreateCatalog,
	metastore.KindSchema:   metastore.CreateSchema,
	metastore.KindTable:    metastore.CreateTable,
	metastore.KindFunction: metastore.CreateFunction,
	metastore.KindVolume:   metastore.CreateVolume,
}

// mayCreate checks that the caller may create n and that its name is free.
func (x *run) mayCreate(n metastore.Name, ifNotExists bool) error {
	parent := n.Parent()
	if catalog := (metastore.Name{Catalog: n.Catalog}); n.Schema != "" && !x.snapshot.Exists(catalog) {
		return notFound(catalog)
	}
	if err := x.require(parent); err != nil {
		return err
	}
	if err := x.snapshot.Check(x.caller, creation[n.Kind()], parent); err != nil {
		return err
	}
	reserved := n == (metastore.Name{Catalog: n.Catalog, Schema: informationSchema}) || n == (metastore.Name{Catalog: systemCatalog})
	if !x.snapshot.Exists(n) && !reserved {
		return nil
	}
	if ifNotExists {
		return errExists
	}
	return dialect.AlreadyExists(kindWords[n.Kind()], n.Quoted())
}

// kindWords are the kinds of object in messages.
var kindWords = map[metastore.SecurableKind]string{metastore.KindCatalog: "catalog", metastore.KindSchema: "schema", metastore.KindTable: "table or view", metastore.KindFunction: "routine", metastore.KindVolume: "volume"}

// CreateCatalog makes a catalog with its schema "default", without asking anybody's
// privileges. The caller sees to it that no other statement changes objects meanwhile.
func (w *Warehouse) CreateCatalog(ctx context.Context, n metastore.Name, owner, comment string, properties map[string]string) error {
	err := w.store.Update(func(tx *metastore.Tx) error { return tx.CreateCatalog(n, owner, comment, properties) })
	if err != nil {
		return err
	}
	c, _ := w.store.Snapshot().Catalog(n)
	if err := w.attach(ctx, c); err != nil {
		forget := w.store.Update(func(tx *metastore.Tx) error { return tx.Drop(n, true) })
		return errors.Join(err, forget)
	}
	return w.CreateSchema(ctx, metastore.Name{Catalog: n.Catalog, Schema: DefaultSchema}, owner, "", nil)
}

// CreateSchema makes a schema, like [Warehouse.CreateCatalog].
func (w *Warehouse) CreateSchema(ctx context.Context, n metastore.Name, owner, comment string, properties map[string]string) error {
	err := w.store.Update(func(tx *metastore.Tx) error { return tx.CreateSchema(n, owner, comment, properties) })
	if err != nil {
		return err
	}
	if _, err := w.db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+physical(n)); err != nil {
		forget := w.store.Update(func(tx *metastore.Tx) error { return tx.Drop(n, true) })
		return errors.Join(fmt.Errorf("create schema %s: %w", n, err), forget)
	}
	return nil
}

func (x *run) drop(ctx context.Context, s dialect.Drop) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	if !x.snapshot.Exists(n) && s.IfExists {
		if err := x.mayAsk(n); err != nil {
			return err
		}
		return x.done()
	}
	if err := x.requireManage(n); err != nil {
		return err
	}
	t, isTable := x.snapshot.Table(n)
	if isTable && (t.Kind == metastore.View) != (s.Kind == dialect.ViewObject) {
		return dialect.WrongCommand(n.Quoted(), string(s.Kind))
	}
	c, _ := x.snapshot.Catalog(n)
	gone := x.snapshot.Tables(n) // of a schema
	if isTable {
		gone = []*metastore.Table{t}
	}
	// The metastore goes first: after an interruption, reconcile removes the rows.
	err = x.store.Update(func(tx *metastore.Tx) error {
		onlyDefault := n.Kind() == metastore.KindCatalog && emptyCatalog(tx.Snapshot, n)
		return tx.Drop(n, s.Cascade || onlyDefault)
	})
	switch {
	case errors.Is(err, metastore.ErrNotEmpty):
		return dialect.SchemaNotEmpty(n.Quoted())
	case err != nil:
		return err
	}
	if n.Kind() == metastore.KindCatalog {
		err = x.detach(ctx, c)
	} else {
		err = x.dropTables(ctx, gone)
	}
	if err != nil {
		return err
	}
	return x.done()
}

// dropTables removes the rows of tables, and what is kept of them.
func (x *run) dropTables(ctx context.Context, tables []*metastore.Table) error {
	for _, t := range tables {
		if t.Kind != metastore.Managed {
			continue
		}
		if err := x.exec(ctx, "DROP TABLE "+physical(t.Stored())); err != nil {
			return err
		}
		if _, err := x.conn.ExecContext(ctx, fmt.Sprintf(`DELETE FROM %s WHERE "table" = ?`, kept(t.Catalog, "history")), t.ID); err != nil {
			return err
		}
		for _, c := range t.Columns {
			if c.Identity == nil {
				continue
			}
			if err := x.exec(ctx, "DROP SEQUENCE IF EXISTS "+kept(t.Catalog, c.Identity.Sequence)); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayAsk checks that the caller may learn that n does not exist: by using what it would be in.
func (x *run) mayAsk(n metastore.Name) error {
	in := n.Parent()
	for !x.snapshot.Exists(in) {
		in = in.Parent()
	}
	if in.Catalog == "" || x.snapshot.IsAdmin(x.caller) || x.snapshot.Owns(x.caller, metastore.Name{Catalog: in.Catalog}) {
		return nil
	}
	return x.snapshot.CheckUse(x.caller, in)
}

// emptyCatalog reports whether a catalog holds nothing but its empty schema "default".
func emptyCatalog(s *metastore.Snapshot, n metastore.Name) bool {
	for _, schema := range s.Schemas(n) {
		if schema.Name != DefaultSchema || len(s.Tables(schema.FullName())) > 0 {
			return false
		}
	}
	return true
}

func (x *run) use(s dialect.Use) error {
	kind := dialect.SchemaObject
	if s.Catalog {
		kind = dialect.CatalogObject
	}
	n, err := x.object(kind, s.Name)
	if err != nil {
		return err
	}
	if err := x.require(n); err != nil {
		return err
	}
	if err := x.snapshot.CheckUse(x.caller, n); err != nil {
		return err
	}
	// Every statement of the API is a session of its own: what USE sets ends with it.
	return x.done()
}
