package metastore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Errors of changes.
var (
	ErrNotFound = errors.New("does not exist")
	ErrExists   = errors.New("already exists")
	ErrNotEmpty = errors.New("is not empty")
)

// Tx is a change to the metastore that is being made. It reads what it has written.
type Tx struct{ *Snapshot }

func fail(n Name, err error) error {
	return fmt.Errorf("%s '%s' %w", n.Kind().Title(), n, err)
}

// admit checks that a securable of this name can be made: the name is valid and free
// and its parent exists.
func (tx *Tx) admit(n Name, part string) error {
	if err := checkPart(part); err != nil {
		return err
	}
	if !tx.Exists(n.Parent()) {
		return fail(n.Parent(), ErrNotFound)
	}
	if tx.Exists(n) {
		return fail(n, ErrExists)
	}
	return nil
}

// CreateCatalog adds a catalog owned by owner. It has no schemas yet.
func (tx *Tx) CreateCatalog(n Name, owner, comment string, properties map[string]string) error {
	if err := tx.admit(n, n.Catalog); err != nil {
		return err
	}
	tx.catalogs[n] = &Catalog{Name: n.Catalog, Details: newDetails(owner, comment, properties, time.Now().UTC())}
	return nil
}

// CreateSchema adds a schema owned by owner.
func (tx *Tx) CreateSchema(n Name, owner, comment string, properties map[string]string) error {
	if err := tx.admit(n, n.Schema); err != nil {
		return err
	}
	tx.schemas[n] = &Schema{Catalog: n.Catalog, Name: n.Schema, Details: newDetails(owner, comment, properties, time.Now().UTC())}
	return nil
}

// CreateTable adds the table; its Owner, Comment and Properties are taken over.
func (tx *Tx) CreateTable(t Table) error {
	n := t.FullName()
	if err := tx.admit(n, t.Name); err != nil {
		return err
	}
	c := t.clone()
	c.Details = newDetails(t.Owner, t.Comment, t.Properties, time.Now().UTC())
	tx.tables[n] = c
	return nil
}

// PutFunction adds the function, or with replace puts it in the place of the one of that
// name, whose owner and grants it keeps. Its Owner and Comment are taken over.
func (tx *Tx) PutFunction(f Function, replace bool) error {
	n := f.FullName()
	if old, ok := tx.functions[n]; ok && replace {
		c := f.clone()
		c.Details = old.Details.clone()
		c.Comment = f.Comment
		c.Audit.UpdatedAt, c.Audit.UpdatedBy = time.Now().UTC(), f.Owner
		tx.functions[n] = c
		return nil
	}
	if err := tx.admit(n, f.Name); err != nil {
		return err
	}
	c := f.clone()
	c.Details = newDetails(f.Owner, f.Comment, nil, time.Now().UTC())
	tx.functions[n] = c
	return nil
}

// Drop removes the securable with its grants; with everything in it when cascade is
// set, else it must be empty.
func (tx *Tx) Drop(n Name, cascade bool) error {
	if n.Kind() == KindMetastore || !tx.Exists(n) {
		return fail(n, ErrNotFound)
	}
	children := tx.children(n)
	if len(children) > 0 && !cascade {
		return fail(n, ErrNotEmpty)
	}
	for _, child := range children {
		if err := tx.Drop(child, cascade); err != nil {
			return err
		}
	}
	delete(tx.catalogs, n)
	delete(tx.schemas, n)
	delete(tx.tables, n)
	delete(tx.functions, n)
	delete(tx.volumes, n)
	delete(tx.grants, n)
	return nil
}

func (tx *Tx) children(n Name) []Name {
	var names []Name
	switch n.Kind() {
	case KindCatalog:
		for _, c := range tx.Schemas(n) {
			names = append(names, c.FullName())
		}
	case KindSchema:
		for _, t := range tx.Tables(n) {
			names = append(names, t.FullName())
		}
		for _, f := range tx.Functions(n) {
			names = append(names, f.FullName())
		}
		for _, v := range tx.Volumes(n) {
			names = append(names, v.FullName())
		}
	}
	return names
}

// Change replaces what a securable says of itself: change gets a copy to work on.
func (tx *Tx) Change(n Name, by string, change func(*Details) error) error {
	touch := func(d *Details) error {
		d.Audit.UpdatedAt, d.Audit.UpdatedBy = time.Now().UTC(), by
		return change(d)
	}
	switch n.Kind() {
	case KindCatalog:
		if c, ok := tx.catalogs[n]; ok {
			tx.catalogs[n] = c.clone()
			return touch(&tx.catalogs[n].Details)
		}
	case KindSchema:
		if c, ok := tx.schemas[n]; ok {
			tx.schemas[n] = c.clone()
			return touch(&tx.schemas[n].Details)
		}
	case KindFunction:
		if f, ok := tx.functions[n]; ok {
			tx.functions[n] = f.clone()
			return touch(&tx.functions[n].Details)
		}
	case KindVolume:
		if v, ok := tx.volumes[n]; ok {
			tx.volumes[n] = v.clone()
			return touch(&tx.volumes[n].Details)
		}
	case KindTable:
		return tx.ChangeTable(n, by, func(t *Table) error { return change(&t.Details) })
	}
	return fail(n, ErrNotFound)
}

// ChangeTable replaces a table: change gets a copy to work on.
func (tx *Tx) ChangeTable(n Name, by string, change func(*Table) error) error {
	t, ok := tx.tables[n]
	if !ok {
		return fail(n, ErrNotFound)
	}
	c := t.clone()
	c.Audit.UpdatedAt, c.Audit.UpdatedBy = time.Now().UTC(), by
	if err := change(c); err != nil {
		return err
	}
	tx.tables[n] = c
	return nil
}

// Grant gives the privilege. To grant what was granted is no error.
func (tx *Tx) Grant(g Grant) error {
	if !tx.Exists(g.On) {
		return fail(g.On, ErrNotFound)
	}
	if slices.Contains(tx.grants[g.On], g) {
		return nil
	}
	tx.grants[g.On] = append(slices.Clone(tx.grants[g.On]), g)
	return nil
}

// Revoke takes the privilege back. To revoke what was not granted is no error.
func (tx *Tx) Revoke(g Grant) error {
	if !tx.Exists(g.On) {
		return fail(g.On, ErrNotFound)
	}
	left := slices.DeleteFunc(slices.Clone(tx.grants[g.On]), func(have Grant) bool { return have == g })
	tx.grants[g.On] = left
	return nil
}

func sortedKeys[T any](m map[Name]T) []Name {
	return slices.SortedFunc(maps.Keys(m), compareNames)
}

// Change is a change of one principal's privileges on a securable.
type Change struct {
	Principal   string
	Add, Remove []Privilege
}

// ChangeGrants makes the changes to the grants on n.
func (tx *Tx) ChangeGrants(n Name, changes ...Change) error {
	for _, c := range changes {
		for _, p := range c.Remove {
			if err := tx.Revoke(Grant{n, c.Principal, p}); err != nil {
				return err
			}
		}
		for _, p := range c.Add {
			if err := tx.Grant(Grant{n, c.Principal, p}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Forget revokes everything that was granted to a principal who is gone.
func (tx *Tx) Forget(principal string) {
	for on, grants := range tx.grants {
		left := slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return g.Principal == principal })
		if len(left) != len(grants) {
			tx.grants[on] = left
		}
	}
}
