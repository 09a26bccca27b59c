package catalog

// Catalog is the first level of the namespace.
type Catalog struct {
	Name    string `json:"name"`
	Comment string `json:"comment,omitempty"`
	Owner   string `json:"owner,omitempty"`
	// Type is MANAGED_CATALOG, SYSTEM_CATALOG, DELTASHARING_CATALOG, ...
	Type      string `json:"catalog_type,omitempty"`
	UpdatedAt int64  `json:"updated_at,omitempty"` // milliseconds since 1970
}

// Schema is the second level.
type Schema struct {
	Catalog string `json:"catalog_name"`
	Name    string `json:"name"`
	Comment string `json:"comment,omitempty"`
	Owner   string `json:"owner,omitempty"`

	UpdatedAt int64 `json:"updated_at,omitempty"` // milliseconds since 1970
}

// Table is a table or view. In lists it has neither columns nor properties.
type Table struct {
	Catalog string `json:"catalog_name"`
	Schema  string `json:"schema_name"`
	Name    string `json:"name"`
	// Type is MANAGED, EXTERNAL, VIEW, MATERIALIZED_VIEW, ...
	Type string `json:"table_type,omitempty"`
	// Format is DELTA, CSV, ...
	Format    string `json:"data_source_format,omitempty"`
	Comment   string `json:"comment,omitempty"`
	Owner     string `json:"owner,omitempty"`
	CreatedAt int64  `json:"created_at,omitempty"` // milliseconds since 1970
	UpdatedAt int64  `json:"updated_at,omitempty"` // milliseconds since 1970
	CreatedBy string `json:"created_by,omitempty"`
	UpdatedBy string `json:"updated_by,omitempty"`
	// Definition is a view's query.
	Definition string `json:"view_definition,omitempty"`
	// RowFilter decides which rows anybody sees; nil for none.
	RowFilter  *RowFilter        `json:"row_filter,omitempty"`
	Columns    []Column          `json:"columns,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
}

// Column is a column of a table.
type Column struct {
	Name     string `json:"name"`
	Position int    `json:"position"`
	// TypeText is the type as SQL writes it: DECIMAL(10,2), ARRAY<STRING>.
	TypeText string `json:"type_text"`
	// TypeName is the type without its parameters: DECIMAL, ARRAY.
	TypeName string `json:"type_name"`
	Nullable bool   `json:"nullable"`
	Comment  string `json:"comment,omitempty"`
	// Mask decides what anybody sees in place of the value; nil for none.
	Mask *Mask `json:"mask,omitempty"`
}

// RowFilter is a function that gets columns and tells whether a row is shown.
type RowFilter struct {
	Function string   `json:"function_name"`
	Columns  []string `json:"input_column_names,omitempty"`
}

// Mask is a function that gets a column's value, and those of other columns, and tells what is shown.
type Mask struct {
	Function string   `json:"function_name"`
	Columns  []string `json:"using_column_names,omitempty"`
}

// List is what a user may see of one level.
type List[T any] struct {
	Items []T
	// Truncated says that there are more than MaxListed.
	Truncated bool
}

// MaxListed is the length of the longest list.
const MaxListed = 10_000

func (l List[T]) weight() uint32 {
	return uint32(len(l.Items)) + 1 //nolint:gosec // at most MaxListed
}
