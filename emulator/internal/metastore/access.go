package metastore

import (
	"fmt"
	"slices"
	"strings"

	"corbel.example/emulator/internal/principal"
)

// DeniedError says which privilege somebody lacks on what.
type DeniedError struct {
	Privilege Privilege
	On        Name
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("User does not have %s on %s '%s'.", e.Privilege.SQL(), e.On.Kind().Title(), e.On)
}

// NotOwnerError says that something takes being the owner.
type NotOwnerError struct{ On Name }

func (e *NotOwnerError) Error() string {
	return fmt.Sprintf("User is not an owner of %s '%s'.", e.On.Kind().Title(), e.On)
}

// IsAdmin reports whether p administers the metastore: it belongs to the group that
// owns it. An administrator sees every securable and may manage it, but reads data
// only by a grant.
func (s *Snapshot) IsAdmin(p principal.Principal) bool { return isOrBelongsTo(p, s.owner) }

func isOrBelongsTo(p principal.Principal, name string) bool {
	return name != "" && (p.UserName == name || p.MemberOf(name))
}

// Has reports whether p holds the privilege on n: as its owner, or by a grant on n or on
// a parent of it. Ownership, unlike a grant, is not inherited.
func (s *Snapshot) Has(p principal.Principal, want Privilege, n Name) bool {
	if isOrBelongsTo(p, s.Owner(n)) {
		return true
	}
	for at := n; ; at = at.Parent() {
		for _, g := range s.grants[at] {
			if g.Privilege.covers(want) && isOrBelongsTo(p, g.Principal) {
				return true
			}
		}
		if at.Kind() == KindMetastore {
			return false
		}
	}
}

// CanManage reports whether p may grant on n, change its owner or drop it: it owns n or
// a parent of n, holds MANAGE, or administers the metastore.
func (s *Snapshot) CanManage(p principal.Principal, n Name) bool {
	if s.Has(p, Manage, n) {
		return true
	}
	for at := n; ; at = at.Parent() {
		if isOrBelongsTo(p, s.Owner(at)) {
			return true
		}
		if at.Kind() == KindMetastore {
			return false
		}
	}
}

// Owns reports whether p owns n, or belongs to the group that does.
func (s *Snapshot) Owns(p principal.Principal, n Name) bool { return isOrBelongsTo(p, s.Owner(n)) }

// CheckManage returns a [DeniedError] unless p can manage n and use what n is in, which
// administrators and the owner of the catalog need no privilege for.
func (s *Snapshot) CheckManage(p principal.Principal, n Name) error {
	exempt := s.IsAdmin(p) || n.Catalog != "" && s.Owns(p, Name{Catalog: n.Catalog})
	if parent := n.Parent(); !exempt && parent.Catalog != "" {
		if err := s.CheckUse(p, parent); err != nil {
			return err
		}
	}
	if !s.CanManage(p, n) {
		return &DeniedError{Manage, n}
	}
	return nil
}

// CheckUse returns a [DeniedError] unless p may use the catalog and the schema that n
// is in (n itself, when it is a catalog or a schema).
func (s *Snapshot) CheckUse(p principal.Principal, n Name) error {
	catalog := Name{Catalog: n.Catalog}
	if !s.Has(p, UseCatalog, catalog) {
		return &DeniedError{UseCatalog, catalog}
	}
	if schema := (Name{Catalog: n.Catalog, Schema: n.Schema}); n.Schema != "" && !s.Has(p, UseSchema, schema) {
		return &DeniedError{UseSchema, schema}
	}
	return nil
}

// Check returns a [DeniedError] unless p holds the privilege on n and may use what n is in.
func (s *Snapshot) Check(p principal.Principal, want Privilege, n Name) error {
	if n.Catalog != "" {
		if err := s.CheckUse(p, n); err != nil {
			return err
		}
	}
	if !s.Has(p, want, n) {
		return &DeniedError{want, n}
	}
	return nil
}

// Visible reports whether p may know that n exists: by BROWSE on its catalog, by managing
// it, by using it (catalogs, schemas), or by any privilege on it (tables), and then only
// where p may use what it is in.
func (s *Snapshot) Visible(p principal.Principal, n Name) bool {
	if s.CheckManage(p, n) == nil || n.Catalog != "" && s.Has(p, Browse, Name{Catalog: n.Catalog}) {
		return true
	}
	switch n.Kind() {
	case KindTable:
		return s.CheckUse(p, n) == nil && (s.Has(p, Select, n) || s.Has(p, Modify, n))
	case KindFunction:
		return s.CheckUse(p, n) == nil && s.Has(p, Execute, n)
	case KindVolume:
		return s.CheckUse(p, n) == nil && (s.Has(p, ReadVolume, n) || s.Has(p, WriteVolume, n))
	case KindMetastore:
		return true
	}
	return s.CheckUse(p, n) == nil
}

// EffectivePrivilege is a privilege that a principal holds on a securable, and the
// parent that it is inherited from, if it is.
type EffectivePrivilege struct {
	Privilege     Privilege
	InheritedFrom Name // zero when granted on the securable itself
}

// Effective lists what was granted on n and on its parents, by principal.
func (s *Snapshot) Effective(n Name) map[string][]EffectivePrivilege {
	all := map[string][]EffectivePrivilege{}
	for at := n; at.Kind() != KindMetastore || at == n; at = at.Parent() {
		for _, g := range s.grants[at] {
			e := EffectivePrivilege{Privilege: g.Privilege}
			if at != n {
				e.InheritedFrom = at
			}
			all[g.Principal] = append(all[g.Principal], e)
		}
		if at.Kind() == KindMetastore {
			break
		}
	}
	return all
}

// Grants lists what was granted on n itself, by principal and privilege.
func (s *Snapshot) Grants(n Name) []Grant {
	grants := slices.Clone(s.grants[n])
	slices.SortFunc(grants, func(a, b Grant) int {
		if c := strings.Compare(a.Principal, b.Principal); c != 0 {
			return c
		}
		return strings.Compare(string(a.Privilege), string(b.Privilege))
	})
	return grants
}

func compareNames(a, b Name) int {
	if c := strings.Compare(a.Catalog, b.Catalog); c != 0 {
		return c
	}
	if c := strings.Compare(a.Schema, b.Schema); c != 0 {
		return c
	}
	if c := strings.Compare(a.Table, b.Table); c != 0 {
		return c
	}
	if c := strings.Compare(a.Function, b.Function); c != 0 {
		return c
	}
	return strings.Compare(a.Volume, b.Volume)
}
