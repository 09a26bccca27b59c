package warehouse

import (
	"context"
	"errors"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) createView(ctx context.Context, s dialect.CreateView) error {
	n := x.table(s.Name)
	if s.Temporary {
		// Every statement of the API is a session of its own: the view ends with it.
		if _, err := x.viewColumns(ctx, n, s.Query); err != nil {
			return err
		}
		return x.done()
	}
	replaced, err := x.mayReplace(n, s.OrReplace, s.IfNotExists, metastore.View)
	if errors.Is(err, errExists) {
		return x.done()
	}
	if err != nil {
		return err
	}
	t := metastore.Table{Catalog: n.Catalog, Schema: n.Schema, Name: n.Table, Kind: metastore.View, Definition: s.Definition, Default: x.fallback}
	if t.Columns, err = x.viewColumns(ctx, n, s.Query); err != nil {
		return err
	}
	t.Owner, t.Comment, t.Properties = x.caller.UserName, s.Comment, s.Properties
	if len(s.Columns) > 0 {
		if len(s.Columns) != len(t.Columns) {
			return dialect.ViewArity(n.Quoted(), len(s.Columns), len(t.Columns))
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

// viewColumns are the columns of a view's query, which the caller must be allowed to run.
func (x *run) viewColumns(ctx context.Context, n metastore.Name, q dialect.Query) ([]metastore.Column, error) {
	reach := x.scope()
	reach.views = []metastore.Name{n} // a view that replaces another must not read itself
	tree, err := x.tree(ctx, x.src, q.Tokens, reach)
	if err != nil {
		return nil, err
	}
	query, err := x.deserialize(ctx, tree)
	if err != nil {
		return nil, err
	}
	result, err := x.shape(ctx, query)
	if err != nil {
		return nil, err
	}
	return columnsOf(result), nil
}

// alterViewQuery gives a view another query.
func (x *run) alterViewQuery(ctx context.Context, n metastore.Name, s dialect.Alter) error {
	t, ok := x.snapshot.Table(n)
	if !ok || t.Kind != metastore.View {
		return dialect.NotAView(n.Quoted())
	}
	columns, err := x.viewColumns(ctx, n, *s.Query)
	if err != nil {
		return err
	}
	if err := checkColumns(columns); err != nil {
		return err
	}
	return x.store.Update(func(tx *metastore.Tx) error {
		return tx.ChangeTable(n, x.caller.UserName, func(t *metastore.Table) error {
			t.Columns, t.Definition, t.Default = columns, s.Definition, x.fallback
			return nil
		})
	})
}
