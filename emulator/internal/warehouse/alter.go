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
	columnsChange := s.AddColumns != nil || s.DropColumns != nil || s.RenameColumn != nil || s.CommentColumn != nil
	ofContent := n.Kind() == metastore.KindTable && (columnsChange || s.SetProperties != nil || s.UnsetProperties != nil)
	if err := x.mayAlter(n, ofContent); err != nil {
		return err
	}
	switch {
	case s.Owner != "":
		owner, ok := x.principals.Known(s.Owner)
		if !ok {
			return dialect.PrincipalNotFound(s.Owner)
		}
		err = x.change(n, func(d *metastore.Details) { d.Owner = owner })
	case s.SetProperties != nil:
		err = x.change(n, func(d *metastore.Details) {
			if d.Properties == nil {
				d.Properties = map[string]string{}
			}
			maps.Copy(d.Properties, s.SetProperties)
		})
	case s.UnsetProperties != nil:
		err = x.change(n, func(d *metastore.Details) {
			for _, key := range s.UnsetProperties {
				delete(d.Properties, key)
			}
		})
	case columnsChange:
		err = x.alterColumns(ctx, n, s)
	case s.RowFilter != nil, s.DropRowFilter, s.MaskColumn != nil:
		err = x.alterPolicy(ctx, n, s)
	default:
		return dialect.Unsupported(s.Verb() + " ... RENAME TO")
	}
	if err != nil {
		return err
	}
	return x.done()
}

// mayAlter checks that the caller may change the object: columns and properties of a table
// with MODIFY, everything else by managing it.
func (x *run) mayAlter(n metastore.Name, ofContent bool) error {
	if ofContent {
		return x.require(n, metastore.Modify)
	}
	return x.requireManage(n)
}

func (x *run) change(n metastore.Name, change func(*metastore.Details)) error {
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.Change(n, x.caller.UserName, func(d *metastore.Details) error { change(d); return nil })
	})
}

// alterColumns changes the columns in DuckDB and in the metastore.
func (x *run) alterColumns(ctx context.Context, n metastore.Name, s dialect.Alter) error {
	t, ok := x.snapshot.Table(n)
	if !ok || t.Kind == metastore.View && s.CommentColumn == nil {
		return dialect.Unsupported("changing the columns of a view")
	}
	unlock, err := x.writes.lock(ctx, n)
	if err != nil {
		return err
	}
	defer unlock()
	columns := slices.Clone(t.Columns)
	var statements []string
	table := "ALTER TABLE " + physical(n)
	switch {
	case s.CommentColumn != nil:
		return x.commentColumn(n, s.CommentColumn.Column, s.CommentColumn.Comment)
	case s.RenameColumn != nil:
		old, err := column(t, s.RenameColumn.From)
		if err != nil {
			return err
		}
		if usesColumn(t, old.Name) {
			return dialect.Unsupported("RENAME COLUMN of a column that a row filter or a column mask uses")
		}
		columns[slices.Index(columns, old)].Name = s.RenameColumn.To
		statements = append(statements, table+" RENAME COLUMN "+dialect.QuoteIdentifier(old.Name)+" TO "+dialect.QuoteIdentifier(s.RenameColumn.To))
	case s.DropColumns != nil:
		gone, err := pick(t, s.DropColumns)
		if err != nil {
			return err
		}
		for _, c := range gone {
			if usesColumn(t, c.Name) {
				return dialect.Unsupported("DROP COLUMN of a column that a row filter or a column mask uses")
			}
			columns = slices.Delete(columns, slices.Index(columns, c), slices.Index(columns, c)+1)
			statements = append(statements, table+" DROP COLUMN "+dialect.QuoteIdentifier(c.Name))
		}
	default:
		if slices.ContainsFunc(s.AddColumns, func(c dialect.ColumnDefinition) bool { return c.Mask != nil }) {
			return dialect.Unsupported("ADD COLUMNS with MASK: set the mask by ALTER COLUMN")
		}
		for _, c := range defined(s.AddColumns) {
			if !c.Nullable {
				return dialect.Unsupported("ADD COLUMNS with NOT NULL")
			}
			definition, err := columnDefinition(c)
			if err != nil {
				return err
			}
			columns = append(columns, c)
			statements = append(statements, table+" ADD COLUMN "+definition)
		}
	}
	if len(columns) == 0 {
		return dialect.Unsupported("tables without columns")
	}
	if err := checkColumns(columns); err != nil {
		return err
	}
	return x.atomically(ctx, func() error {
		if err := x.exec(ctx, strings.Join(statements, "; ")); err != nil {
			return err
		}
		return x.store.Update(func(tx *metastore.Tx) error {
			return tx.ChangeTable(n, x.caller.UserName, func(t *metastore.Table) error { t.Columns = columns; return nil })
		})
	})
}

func (x *run) commentColumn(n metastore.Name, name, comment string) error {
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.ChangeTable(n, x.caller.UserName, func(t *metastore.Table) error {
			c, err := column(t, name)
			if err != nil {
				return err
			}
			t.Columns[slices.Index(t.Columns, c)].Comment = comment
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
