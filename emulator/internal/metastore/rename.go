package metastore

import (
	"slices"
	"time"
)

// Rename gives a securable, and with it everything in it, another name, maybe in another
// parent. Grants, policies and keys follow; the definitions of views and functions are text
// and keep the old name, as in Databricks. Rows stay where they are.
func (tx *Tx) Rename(from, to Name, by string) error {
	if from.Kind() != to.Kind() || from.Kind() == KindMetastore || !tx.Exists(from) {
		return fail(from, ErrNotFound)
	}
	if from == to {
		return fail(to, ErrExists)
	}
	parts := to.parts()
	if err := tx.admit(to, parts[len(parts)-1]); err != nil {
		return err
	}
	moved := func(n Name) Name { return n.moved(from, to) }
	rename(tx.catalogs, moved, func(c *Catalog, n Name) *Catalog { c = c.clone(); c.Name = n.Catalog; return c })
	rename(tx.schemas, moved, func(s *Schema, n Name) *Schema {
		s = s.clone()
		s.Catalog, s.Name = n.Catalog, n.Schema
		return s
	})
	rename(tx.tables, moved, func(t *Table, n Name) *Table {
		t = t.clone()
		if stored := t.Stored(); t.Kind == Managed {
			t.Storage = Name{Schema: stored.Schema, Table: stored.Table}
		}
		t.Catalog, t.Schema, t.Name = n.Catalog, n.Schema, n.Table
		return t
	})
	rename(tx.functions, moved, func(f *Function, n Name) *Function {
		f = f.clone()
		f.Catalog, f.Schema, f.Name = n.Catalog, n.Schema, n.Function
		return f
	})
	rename(tx.volumes, moved, func(v *Volume, n Name) *Volume {
		v = v.clone()
		v.Catalog, v.Schema, v.Name = n.Catalog, n.Schema, n.Volume
		return v
	})
	rename(tx.grants, moved, func(grants []Grant, n Name) []Grant {
		grants = slices.Clone(grants)
		for i := range grants {
			grants[i].On = n
		}
		return grants
	})
	tx.follow(moved)
	d := tx.details(to)
	d.Audit.UpdatedAt, d.Audit.UpdatedBy = time.Now().UTC(), by
	return nil
}

// moved is the name that n has after from became to.
func (n Name) moved(from, to Name) Name {
	within := n == from
	for at := n; !within && at.Kind() != KindMetastore; at = at.Parent() {
		within = at == from
	}
	if !within {
		return n
	}
	n.Catalog = to.Catalog
	if from.Schema != "" {
		n.Schema = to.Schema
	}
	if from.Table != "" {
		n.Table = to.Table
	}
	if from.Function != "" {
		n.Function = to.Function
	}
	if from.Volume != "" {
		n.Volume = to.Volume
	}
	return n
}

// rename puts what has another name now there, as a copy that says so.
func rename[T any](m map[Name]T, moved func(Name) Name, as func(T, Name) T) {
	for _, n := range sortedKeys(m) {
		if to := moved(n); to != n {
			m[to] = as(m[n], to)
			delete(m, n)
		}
	}
}

// follow renames what tables refer to: the functions of their policies, and the parents of
// foreign keys.
func (tx *Tx) follow(moved func(Name) Name) {
	for n, t := range tx.tables {
		c := t.clone()
		changed := false
		turn := func(p *Policy) *Policy {
			if p == nil || moved(p.Function) == p.Function {
				return p
			}
			changed = true
			return &Policy{moved(p.Function), p.Columns}
		}
		c.RowFilter = turn(c.RowFilter)
		for i := range c.Columns {
			c.Columns[i].Mask = turn(c.Columns[i].Mask)
		}
		for i, k := range c.Constraints {
			if k.Kind == ForeignKey && moved(k.Parent) != k.Parent {
				c.Constraints[i].Parent, changed = moved(k.Parent), true
			}
		}
		if changed {
			tx.tables[n] = c
		}
	}
}
