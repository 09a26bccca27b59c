package metastore

import (
	"maps"
	"slices"
	"time"
)

// Audit says who made and last changed a securable, and when.
type Audit struct {
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy string    `json:"updated_by"`
}

// Details are what every securable has.
type Details struct {
	ID         string            `json:"id"`
	Owner      string            `json:"owner"`
	Comment    string            `json:"comment,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Audit      Audit             `json:"audit"`
}

// Catalog is the first level of the hierarchy.
type Catalog struct {
	Name string `json:"name"`
	Details
}

// Schema is the second level.
type Schema struct {
	Catalog string `json:"catalog"`
	Name    string `json:"name"`
	Details
}

// TableKind tells tables from views.
type TableKind string

// The kinds of table.
const (
	Managed TableKind = "MANAGED"
	View    TableKind = "VIEW"
)

// Table is a table or a view: the third level.
type Table struct {
	Catalog string    `json:"catalog"`
	Schema  string    `json:"schema"`
	Name    string    `json:"name"`
	Kind    TableKind `json:"kind"`
	Columns []Column  `json:"columns"`
	// Definition is a view's query, in which Default resolves unqualified names.
	Definition string `json:"definition,omitempty"`
	Default    Name   `json:"default,omitzero"`
	// RowFilter, unless nil, decides which rows anybody sees.
	RowFilter   *Policy      `json:"row_filter,omitempty"`
	Constraints []Constraint `json:"constraints,omitempty"`
	// PartitionedBy and ClusteredBy name columns. They tell how rows lie on Databricks' disks,
	// and are shown.
	PartitionedBy []string `json:"partitioned_by,omitempty"`
	ClusteredBy   []string `json:"clustered_by,omitempty"`
	// Storage is the schema and the name under which the engine keeps the rows, where they
	// aren't the table's own: the table was renamed, or its name was another table's.
	Storage Name `json:"storage,omitzero"`
	Details
}

// Stored names the table as the engine does.
func (t *Table) Stored() Name {
	n := t.FullName()
	if t.Storage.Table != "" {
		n.Schema, n.Table = t.Storage.Schema, t.Storage.Table
	}
	return n
}

// Policy is a function that a table applies to what is read from it: a row filter, which
// gets columns and tells whether the row is there, or a column mask, which gets the value
// and then the columns and tells what stands in its place.
type Policy struct {
	Function Name     `json:"function"`
	Columns  []string `json:"columns,omitempty"`
}

// Protected reports whether a row filter or a column mask stands before the table.
func (t *Table) Protected() bool {
	return t.RowFilter != nil || slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Mask != nil })
}

// Function is a SQL function of one expression, or of one query.
type Function struct {
	Catalog    string      `json:"catalog"`
	Schema     string      `json:"schema"`
	Name       string      `json:"name"`
	Parameters []Parameter `json:"parameters"`
	// Returns is a Databricks type; empty means that of the expression.
	Returns string `json:"returns,omitempty"`
	// Table are the columns of a function that returns a table.
	Table []Column `json:"table,omitempty"`
	// Definition is the expression, or the query of a function that returns a table, in which
	// Default resolves unqualified names.
	Definition string `json:"definition"`
	Default    Name   `json:"default,omitzero"`
	Details
}

// ReturnsTable reports whether the function stands in FROM.
func (f *Function) ReturnsTable() bool { return len(f.Table) > 0 }

// Parameter is a parameter of a function.
type Parameter struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Default is the expression that a call gets which gives no argument; empty: it must.
	Default string `json:"default,omitempty"`
}

// FullName names the function.
func (f *Function) FullName() Name {
	return Name{Catalog: f.Catalog, Schema: f.Schema, Function: f.Name}
}

func (f *Function) clone() *Function {
	c := *f
	c.Parameters = slices.Clone(f.Parameters)
	c.Details = f.Details.clone()
	return &c
}

// Column is a column of a table. Its name keeps its case and may hold any character.
type Column struct {
	Name string `json:"name"`
	// Type is a Databricks type: "BIGINT", "DECIMAL(10,2)", "ARRAY<STRING>".
	Type     string `json:"type"`
	Nullable bool   `json:"nullable"`
	Comment  string `json:"comment,omitempty"`
	// Mask, unless nil, decides what anybody sees in the place of the value.
	Mask *Policy `json:"mask,omitempty"`
	// Default is the expression that a row gets which names no value, Generated the one that
	// every row gets. Empty: none.
	Default   string            `json:"default,omitempty"`
	Generated string            `json:"generated,omitempty"`
	Identity  *Identity         `json:"identity,omitempty"`
	Tags      map[string]string `json:"tags,omitempty"`
}

// Identity makes a column number its rows.
type Identity struct {
	// Always refuses numbers that a statement gives.
	Always bool  `json:"always"`
	Start  int64 `json:"start"`
	Step   int64 `json:"step"`
	// Sequence names what counts.
	Sequence string `json:"sequence"`
}

// ConstraintKind is a kind of constraint.
type ConstraintKind string

// The kinds of constraint. Only CHECK is enforced, as in Databricks.
const (
	Check      ConstraintKind = "CHECK"
	PrimaryKey ConstraintKind = "PRIMARY KEY"
	ForeignKey ConstraintKind = "FOREIGN KEY"
)

// Constraint is a rule about the rows of a table.
type Constraint struct {
	Name string         `json:"name"`
	Kind ConstraintKind `json:"kind"`
	// Expression is a CHECK's condition.
	Expression string `json:"expression,omitempty"`
	// Columns are a key's columns, Parent and ParentColumns what a foreign key refers to.
	Columns       []string `json:"columns,omitempty"`
	Parent        Name     `json:"parent,omitzero"`
	ParentColumns []string `json:"parent_columns,omitempty"`
}

// FullName names the table.
func (t *Table) FullName() Name { return Name{Catalog: t.Catalog, Schema: t.Schema, Table: t.Name} }

// FullName names the schema.
func (s *Schema) FullName() Name { return Name{Catalog: s.Catalog, Schema: s.Name} }

// FullName names the catalog.
func (c *Catalog) FullName() Name { return Name{Catalog: c.Name} }

func (d Details) clone() Details {
	d.Properties, d.Tags = maps.Clone(d.Properties), maps.Clone(d.Tags)
	return d
}

func (t *Table) clone() *Table {
	c := *t
	c.Columns = slices.Clone(t.Columns)
	c.Constraints = slices.Clone(t.Constraints)
	c.Details = t.Details.clone()
	return &c
}

func (s *Schema) clone() *Schema {
	c := *s
	c.Details = s.Details.clone()
	return &c
}

func (c *Catalog) clone() *Catalog {
	d := *c
	d.Details = c.Details.clone()
	return &d
}
