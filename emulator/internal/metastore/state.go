package metastore

import (
	"maps"
	"slices"
	"time"
)

// Grant gives a principal one privilege on one securable.
type Grant struct {
	On        Name      `json:"on"`
	Principal string    `json:"principal"`
	Privilege Privilege `json:"privilege"`
}

// Snapshot is one state of the metastore. Nobody changes it or what it points to.
type Snapshot struct {
	catalogs  map[Name]*Catalog
	schemas   map[Name]*Schema
	tables    map[Name]*Table
	functions map[Name]*Function
	volumes   map[Name]*Volume
	grants    map[Name][]Grant
	id        string
	owner     string
}

func newSnapshot(id, owner string) *Snapshot {
	return &Snapshot{
		catalogs:  map[Name]*Catalog{},
		schemas:   map[Name]*Schema{},
		tables:    map[Name]*Table{},
		functions: map[Name]*Function{},
		volumes:   map[Name]*Volume{},
		grants:    map[Name][]Grant{},
		id:        id,
		owner:     owner,
	}
}

// clone copies the maps; the values are shared until a change replaces them.
func (s *Snapshot) clone() *Snapshot {
	return &Snapshot{
		catalogs:  maps.Clone(s.catalogs),
		schemas:   maps.Clone(s.schemas),
		tables:    maps.Clone(s.tables),
		functions: maps.Clone(s.functions),
		volumes:   maps.Clone(s.volumes),
		grants:    maps.Clone(s.grants),
		id:        s.id,
		owner:     s.owner,
	}
}

// ID identifies the metastore.
func (s *Snapshot) ID() string { return s.id }

// Catalog finds a catalog. The result must not be changed.
func (s *Snapshot) Catalog(n Name) (*Catalog, bool) { c, ok := s.catalogs[n]; return c, ok }

// Schema finds a schema. The result must not be changed.
func (s *Snapshot) Schema(n Name) (*Schema, bool) { c, ok := s.schemas[n]; return c, ok }

// Table finds a table or view. The result must not be changed.
func (s *Snapshot) Table(n Name) (*Table, bool) { t, ok := s.tables[n]; return t, ok }

// Function finds a function. The result must not be changed.
func (s *Snapshot) Function(n Name) (*Function, bool) { f, ok := s.functions[n]; return f, ok }

// Same reports whether n, what it is in, and the grants on them are the same in both states.
func (s *Snapshot) Same(other *Snapshot, n Name) bool {
	for at := n; ; at = at.Parent() {
		if s.details(at) != other.details(at) || !slices.Equal(s.grants[at], other.grants[at]) {
			return false
		}
		if at.Kind() == KindMetastore {
			return s.owner == other.owner
		}
	}
}

// Catalogs lists the catalogs by name.
func (s *Snapshot) Catalogs() []*Catalog {
	return sorted(s.catalogs, func(Name) bool { return true })
}

// Schemas lists the schemas of a catalog by name.
func (s *Snapshot) Schemas(of Name) []*Schema {
	return sorted(s.schemas, func(n Name) bool { return n.Parent() == of })
}

// Tables lists the tables and views of a schema by name.
func (s *Snapshot) Tables(of Name) []*Table {
	return sorted(s.tables, func(n Name) bool { return n.Parent() == of })
}

func sorted[T any](m map[Name]*T, keep func(Name) bool) []*T {
	var names []Name
	for n := range m {
		if keep(n) {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, compareNames)
	values := make([]*T, len(names))
	for i, n := range names {
		values[i] = m[n]
	}
	return values
}

// Functions lists the functions of a schema by name.
func (s *Snapshot) Functions(of Name) []*Function {
	return sorted(s.functions, func(n Name) bool { return n.Parent() == of })
}

// Owner returns who owns the securable, or "" when there is no such securable.
func (s *Snapshot) Owner(n Name) string {
	if d := s.details(n); d != nil {
		return d.Owner
	}
	if n.Kind() == KindMetastore {
		return s.owner
	}
	return ""
}

// Exists reports whether there is such a securable.
func (s *Snapshot) Exists(n Name) bool { return n.Kind() == KindMetastore || s.details(n) != nil }

func (s *Snapshot) details(n Name) *Details {
	switch n.Kind() {
	case KindCatalog:
		if c, ok := s.catalogs[n]; ok {
			return &c.Details
		}
	case KindSchema:
		if c, ok := s.schemas[n]; ok {
			return &c.Details
		}
	case KindTable:
		if t, ok := s.tables[n]; ok {
			return &t.Details
		}
	case KindFunction:
		if f, ok := s.functions[n]; ok {
			return &f.Details
		}
	case KindVolume:
		if v, ok := s.volumes[n]; ok {
			return &v.Details
		}
	}
	return nil
}

func newDetails(owner, comment string, properties map[string]string, now time.Time) Details {
	return Details{
		ID: newID(), Owner: owner, Comment: comment, Properties: maps.Clone(properties),
		Audit: Audit{CreatedAt: now, CreatedBy: owner, UpdatedAt: now, UpdatedBy: owner},
	}
}
