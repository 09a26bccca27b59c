package metastore

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SecurableKind is a level of the securable hierarchy.
type SecurableKind string

// The securables that privileges can be granted on.
const (
	KindMetastore SecurableKind = "METASTORE"
	KindCatalog   SecurableKind = "CATALOG"
	KindSchema    SecurableKind = "SCHEMA"
	KindTable     SecurableKind = "TABLE"
	KindFunction  SecurableKind = "FUNCTION"
	KindVolume    SecurableKind = "VOLUME"
)

// Title is the kind as messages write it: "Catalog".
func (k SecurableKind) Title() string {
	return string(k[0]) + strings.ToLower(string(k[1:]))
}

// Name names a securable: a catalog, a schema of a catalog, or a table, a function or a volume
// of a schema, of which one of each may have the same name. The parts that don't apply are
// empty; the zero Name is the metastore itself. Unity Catalog compares names without case and
// keeps them in lower case.
type Name struct {
	Catalog, Schema, Table string
	Function               string `json:",omitempty"`
	Volume                 string `json:",omitempty"`
}

// ParseName reads a full name as REST paths write it: parts with dots between them.
func ParseName(full string) (Name, error) {
	parts := strings.Split(strings.ToLower(full), ".")
	if len(parts) > 3 {
		return Name{}, fmt.Errorf("name %q has %d parts, want 1 to 3", full, len(parts))
	}
	var n Name
	for i, field := range []*string{&n.Catalog, &n.Schema, &n.Table}[:len(parts)] {
		if parts[i] == "" {
			return Name{}, fmt.Errorf("name %q has an empty part", full)
		}
		*field = parts[i]
	}
	return n, nil
}

// Kind tells which level the name stands on.
func (n Name) Kind() SecurableKind {
	switch {
	case n.Table != "":
		return KindTable
	case n.Function != "":
		return KindFunction
	case n.Volume != "":
		return KindVolume
	case n.Schema != "":
		return KindSchema
	case n.Catalog != "":
		return KindCatalog
	}
	return KindMetastore
}

// Parent is the securable that n inherits privileges from.
func (n Name) Parent() Name {
	switch n.Kind() {
	case KindTable:
		n.Table = ""
	case KindFunction:
		n.Function = ""
	case KindVolume:
		n.Volume = ""
	case KindSchema:
		n.Schema = ""
	default:
		n.Catalog = ""
	}
	return n
}

// Renamed is a name of the same kind and parent.
func (n Name) Renamed(name string) Name {
	for _, part := range []*string{&n.Table, &n.Function, &n.Volume, &n.Schema, &n.Catalog} {
		if *part != "" {
			*part = name
			break
		}
	}
	return n
}

// String is the full name with dots between its parts.
func (n Name) String() string { return strings.Join(n.parts(), ".") }

// Quoted is the full name with every part in backticks.
func (n Name) Quoted() string {
	parts := n.parts()
	for i, p := range parts {
		parts[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(parts, ".")
}

func (n Name) parts() []string {
	switch n.Kind() {
	case KindTable:
		return []string{n.Catalog, n.Schema, n.Table}
	case KindFunction:
		return []string{n.Catalog, n.Schema, n.Function}
	case KindVolume:
		return []string{n.Catalog, n.Schema, n.Volume}
	case KindSchema:
		return []string{n.Catalog, n.Schema}
	case KindCatalog:
		return []string{n.Catalog}
	}
	return nil
}

const maxNameLength = 255

// checkPart refuses what Unity Catalog refuses in the name of an object: periods,
// spaces, slashes and control characters. (Names of columns are free.)
func checkPart(part string) error {
	bad := func(r rune) bool { return r == '.' || r == '/' || r <= ' ' || r == 0x7f || r == utf8.RuneError }
	if part == "" || len(part) > maxNameLength || strings.ContainsFunc(part, bad) {
		return &InvalidNameError{Part: part}
	}
	return nil
}

// InvalidNameError is returned for a name that no object can have.
type InvalidNameError struct{ Part string }

func (e *InvalidNameError) Error() string {
	return fmt.Sprintf("%q is not a valid name: use 1 to %d characters, without periods, spaces, slashes and control characters", e.Part, maxNameLength)
}
