package warehouse

import (
	"context"
	"maps"
	"slices"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) alter(ctx context.Context, s dialect.Alter) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	if err := x.mayAlter(n, s); err != nil {
		return err
	}
	if t, ok := x.snapshot.Table(n); ok && (t.Kind == metastore.View) != (s.Kind == dialect.ViewObject) {
		return wrongKind(t)
	}
	switch {
	case s.Owner != "":
		err = x.changeOwner(n, s.Owner)
	case s.SetProperties != nil, s.UnsetProperties != nil:
		err = x.changeProperties(n, s)
	case s.SetTags != nil, s.UnsetTags != nil:
		err = x.change(n, func(d *metastore.Details) { d.Tags = changedTags(d.Tags, s.SetTags, s.UnsetTags) })
	case s.Rename != nil:
		err = x.rename(n, s)
	case s.Query != nil:
		err = x.alterViewQuery(ctx, n, s)
	case s.RowFilter != nil, s.DropRowFilter, s.MaskColumn != nil:
		err = x.alterPolicy(ctx, n, s)
	default:
		err = x.alterTable(ctx, n, s)
	}
	if err != nil {
		return err
	}
	return x.done()
}

// wrongKind says that a table is a view, or a view a table.
func wrongKind(t *metastore.Table) error {
	if t.Kind == metastore.View {
		return dialect.NotATable(t.FullName().Quoted())
	}
	return dialect.NotAView(t.FullName().Quoted())
}

// mayAlter checks that the caller may change the object: columns, properties and constraints
// of a table with MODIFY, tags with APPLY TAG, everything else by managing it, and a new
// query of a view by owning it, because the view reads as its owner.
func (x *run) mayAlter(n metastore.Name, s dialect.Alter) error {
	managed := s.Owner != "" || s.Rename != nil || s.RowFilter != nil || s.DropRowFilter || s.MaskColumn != nil
	tagged := s.SetTags != nil || s.UnsetTags != nil || s.Column != nil && (s.Column.SetTags != nil || s.Column.UnsetTags != nil)
	switch {
	case tagged:
		return x.require(n, metastore.ApplyTag)
	case s.Query != nil:
		if err := x.requireManage(n); err != nil {
			return err
		}
		if !x.snapshot.Owns(x.caller, n) {
			return &metastore.NotOwnerError{On: n}
		}
		return nil
	case n.Kind() == metastore.KindTable && s.Kind == dialect.TableObject && !managed:
		return x.require(n, metastore.Modify)
	}
	return x.requireManage(n)
}

func (x *run) change(n metastore.Name, change func(*metastore.Details)) error {
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.Change(n, x.caller.UserName, func(d *metastore.Details) error { change(d); return nil })
	})
}

func (x *run) changeOwner(n metastore.Name, name string) error {
	owner, ok := x.principals.Known(name)
	if !ok {
		return dialect.PrincipalNotFound(name)
	}
	return x.change(n, func(d *metastore.Details) { d.Owner = owner })
}

func (x *run) changeProperties(n metastore.Name, s dialect.Alter) error {
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.Change(n, x.caller.UserName, func(d *metastore.Details) error {
			for _, key := range s.UnsetProperties {
				if _, ok := d.Properties[key]; !ok && !s.IfExists && n.Kind() == metastore.KindTable {
					return dialect.PropertyNotFound(n.Quoted(), key)
				}
				delete(d.Properties, key)
			}
			if d.Properties == nil {
				d.Properties = map[string]string{}
			}
			maps.Copy(d.Properties, s.SetProperties)
			return nil
		})
	})
}

// changedTags is a copy of tags with some set and others taken away.
func changedTags(tags, set map[string]string, unset []string) map[string]string {
	changed := map[string]string{}
	maps.Copy(changed, tags)
	maps.Copy(changed, set)
	for _, key := range unset {
		delete(changed, key)
	}
	return changed
}

// rename gives a table or view another name. Without a schema, the new name is in the old
// schema.
func (x *run) rename(n metastore.Name, s dialect.Alter) error {
	to, err := x.object(s.Kind, s.Rename)
	if err != nil {
		return err
	}
	if len(s.Rename) == 1 {
		to.Catalog, to.Schema = n.Catalog, n.Schema
	}
	if to.Catalog != n.Catalog {
		return dialect.Unsupported("renaming into another catalog")
	}
	switch {
	case to.Parent() == n.Parent() && x.snapshot.Exists(to):
		return dialect.AlreadyExists(kindWords[to.Kind()], to.Quoted())
	case to.Parent() != n.Parent() && n.Kind() == metastore.KindVolume:
		return dialect.Unsupported("renaming a volume into another schema")
	case to.Parent() != n.Parent():
		if err := x.mayCreate(to, false); err != nil {
			return err
		}
	}
	return x.store.Update(func(tx *metastore.Tx) error { return tx.Rename(n, to, x.caller.UserName) })
}

// alterTable changes columns, constraints and the like of a table. The change is made to a
// copy of the table; where the engine has a part in it, in one transaction with the engine's.
func (x *run) alterTable(ctx context.Context, n metastore.Name, s dialect.Alter) error {
	unlock, err := x.writes.lock(ctx, n)
	if err != nil {
		return err
	}
	defer unlock()
	old, ok := x.snapshot.Table(n)
	if !ok {
		return notFound(n)
	}
	t := *old
	t.Columns, t.Constraints = slices.Clone(old.Columns), slices.Clone(old.Constraints)
	return x.atomically(ctx, func() error {
		name, err := x.alterCopy(ctx, &t, s)
		if err != nil {
			return err
		}
		if len(t.Columns) == 0 {
			return dialect.Unsupported("tables without columns")
		}
		if err := checkColumns(t.Columns); err != nil {
			return err
		}
		if err := x.record(ctx, &t, operation{name: name}); err != nil {
			return err
		}
		return x.store.Update(func(tx *metastore.Tx) error {
			return tx.ChangeTable(n, x.caller.UserName, func(now *metastore.Table) error {
				now.Columns, now.Constraints, now.ClusteredBy = t.Columns, t.Constraints, t.ClusteredBy
				return nil
			})
		})
	})
}

// alterCopy makes the change to the copy and to the engine's table. It returns the name of
// the operation in the table's history.
func (x *run) alterCopy(ctx context.Context, t *metastore.Table, s dialect.Alter) (string, error) {
	switch {
	case s.AddColumns != nil:
		return "ADD COLUMNS", x.addColumns(ctx, t, s.AddColumns)
	case s.DropColumns != nil:
		return "DROP COLUMNS", x.dropColumns(ctx, t, s)
	case s.RenameColumn != nil:
		return "RENAME COLUMN", x.renameColumn(ctx, t, *s.RenameColumn)
	case s.Column != nil:
		return "CHANGE COLUMN", x.alterColumn(ctx, t, *s.Column)
	case s.AddConstraint != nil:
		return "ADD CONSTRAINT", x.addConstraintNow(ctx, t, *s.AddConstraint)
	case s.DropConstraint != nil:
		return "DROP CONSTRAINT", dropConstraint(t, s)
	case s.ClusterBy != nil:
		var err error
		t.ClusteredBy, err = columnsNamed(t, *s.ClusterBy)
		return "CLUSTER BY", err
	}
	return "", dialect.Unsupported(s.Verb())
}

func (x *run) commentColumn(n metastore.Name, name, comment string) error {
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.ChangeTable(n, x.caller.UserName, func(t *metastore.Table) error {
			at, err := columnAt(t, name)
			if err != nil {
				return err
			}
			t.Columns[at].Comment = comment
			return nil
		})
	})
}

// mayComment checks that the caller may comment on the object: by managing it, or for tables
// with MODIFY.
func (x *run) mayComment(n metastore.Name) error {
	if n.Kind() == metastore.KindTable && x.snapshot.Has(x.caller, metastore.Modify, n) {
		return x.require(n, metastore.Modify)
	}
	return x.requireManage(n)
}

func (x *run) commentOn(_ context.Context, s dialect.CommentOn) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	if err := x.mayComment(n); err != nil {
		return err
	}
	if s.Column != "" {
		err = x.commentColumn(n, s.Column, s.Comment)
	} else {
		err = x.change(n, func(d *metastore.Details) { d.Comment = s.Comment })
	}
	if err != nil {
		return err
	}
	return x.done()
}

// constraintName is a name for a constraint that has none, which no other constraint has.
func constraintName(t *metastore.Table, suffix string) string {
	name := t.Name + suffix
	for slices.ContainsFunc(t.Constraints, func(k metastore.Constraint) bool { return strings.EqualFold(k.Name, name) }) {
		name += "_"
	}
	return name
}
