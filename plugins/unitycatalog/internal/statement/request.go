package statement

// Request is a statement with what it needs.
type Request struct {
	SQL string
	// Catalog and Schema are where unqualified names are looked up.
	Catalog, Schema string
	Parameters      []Parameter
	// RowLimit bounds the result, which is then marked as truncated. 0: the warehouse's own limit of 25 MiB alone.
	RowLimit int64
	// External leaves the result with the warehouse, of any size, to be read by Scan. Otherwise it is inline: 25 MiB at most.
	External bool
}

// Parameter is a value for a :name in the statement.
type Parameter struct {
	Name string `json:"name"`
	// Value is nil for NULL.
	Value *string `json:"value,omitempty"`
	// Type is a SQL type: INT, DECIMAL(10,2), TIMESTAMP.
	Type string `json:"type,omitempty"`
}

// submission is the body of POST /api/2.0/sql/statements.
type submission struct {
	Statement     string      `json:"statement"`
	WarehouseID   string      `json:"warehouse_id"`
	Catalog       string      `json:"catalog,omitempty"`
	Schema        string      `json:"schema,omitempty"`
	Parameters    []Parameter `json:"parameters,omitempty"`
	RowLimit      int64       `json:"row_limit,omitempty"`
	WaitTimeout   string      `json:"wait_timeout"`
	OnWaitTimeout string      `json:"on_wait_timeout"`
	Disposition   string      `json:"disposition"`
	Format        string      `json:"format"`
}

// QuoteName writes a name of any characters as one SQL identifier.
func QuoteName(name string) string {
	quoted := make([]byte, 0, len(name)+2)
	quoted = append(quoted, '`')
	for i := range len(name) {
		if name[i] == '`' {
			quoted = append(quoted, '`')
		}
		quoted = append(quoted, name[i])
	}
	return string(append(quoted, '`'))
}
