package statement

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Result is a statement's result, or the part of it that came with the statement. Further parts are chunks.
type Result struct {
	ID    string `json:"statement_id"`
	State State  `json:"state"`
	// Columns are absent while the statement is running.
	Columns []Column `json:"columns,omitempty"`
	Rows    Rows     `json:"rows,omitzero"`
	// RowCount is the number of rows in all chunks.
	RowCount   int64 `json:"row_count"`
	ChunkCount int   `json:"chunk_count"`
	// NextChunk is the chunk that follows Rows, nil after the last.
	NextChunk *int `json:"next_chunk,omitempty"`
	// Truncated says that the statement would have given more rows than the limit.
	Truncated bool `json:"truncated"`
}

// Chunk is a part of a result.
type Chunk struct {
	ID        string   `json:"statement_id"`
	Index     int      `json:"chunk"`
	RowOffset int64    `json:"row_offset"`
	Columns   []Column `json:"columns"`
	Rows      Rows     `json:"rows"`
	NextChunk *int     `json:"next_chunk,omitempty"`
}

// Column is a column of a result.
type Column struct {
	Name     string `json:"name"`
	Position int    `json:"position"`
	// TypeText is the type as SQL writes it: DECIMAL(10,2).
	TypeText string `json:"type_text"`
	// TypeName is Databricks' name of the type without parameters: LONG for BIGINT.
	TypeName string `json:"type_name"`
}

// form is how a column's values are written in JSON.
type form uint8

const (
	text form = iota
	boolean
	integer
	float
	nested
)

func (c Column) form() form {
	switch c.TypeName {
	case "BOOLEAN":
		return boolean
	case "BYTE", "SHORT", "INT", "TINYINT", "SMALLINT", "INTEGER":
		return integer
	case "FLOAT", "DOUBLE":
		return float
	case "ARRAY", "MAP", "STRUCT":
		return nested
	default:
		return text
	}
}

// Numeric says whether the column holds numbers, however JSON writes them.
func (c Column) Numeric() bool {
	switch c.TypeName {
	case "LONG", "BIGINT", "DECIMAL":
		return true
	}
	f := c.form()
	return f == integer || f == float
}

// Temporal says whether the column holds dates or times.
func (c Column) Temporal() bool {
	return c.TypeName == "DATE" || c.TypeName == "TIMESTAMP" || c.TypeName == "TIMESTAMP_NTZ"
}

// Rows are cells with their columns. In JSON a row is an array with a value for each column:
//
//   - NULL is null; BOOLEAN is true or false;
//   - TINYINT, SMALLINT, INT, FLOAT and DOUBLE are numbers, except for the strings "NaN", "Infinity" and "-Infinity";
//   - BIGINT and DECIMAL are strings, because a JavaScript number loses their digits;
//   - ARRAY, MAP and STRUCT are JSON arrays and objects as Databricks writes them;
//   - everything else (STRING, DATE, TIMESTAMP, BINARY, ...) is a string as Databricks writes it.
//
// The form depends on the type alone and never on the value, NaN and the infinities apart.
type Rows struct {
	columns []Column
	cells   [][]*string
}

// newRows refuses rows that do not fit their columns.
func newRows(columns []Column, cells [][]*string) (Rows, error) {
	if columns == nil {
		columns = []Column{}
	}
	for i, row := range cells {
		if len(row) != len(columns) {
			return Rows{}, nonsense(fmt.Errorf("row %d has %d cells for %d columns", i, len(row), len(columns)))
		}
	}
	return Rows{columns: columns, cells: cells}, nil
}

// Len is the number of rows.
func (r Rows) Len() int { return len(r.cells) }

// Cells returns the values as text, nil for NULL, row by row. The caller must not change them.
func (r Rows) Cells() [][]*string { return r.cells }

// Append adds the rows of a later chunk of the same result.
func (r Rows) Append(more Rows) Rows {
	return Rows{columns: r.columns, cells: append(r.cells, more.cells...)}
}

// First returns the first n rows.
func (r Rows) First(n int) Rows {
	return Rows{columns: r.columns, cells: r.cells[:min(n, len(r.cells))]}
}

// MarshalJSON writes an array of rows.
func (r Rows) MarshalJSON() ([]byte, error) {
	forms := make([]form, len(r.columns))
	for i, c := range r.columns {
		forms[i] = c.form()
	}
	b := []byte{'['}
	for i, row := range r.cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j, cell := range row {
			if j > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendValue(b, forms[j], cell); err != nil {
				return nil, err
			}
		}
		b = append(b, ']')
	}
	return append(b, ']'), nil
}

func appendValue(b []byte, f form, cell *string) ([]byte, error) {
	if cell == nil {
		return append(b, "null"...), nil
	}
	if isLiteral(f, *cell) {
		return append(b, *cell...), nil
	}
	quoted, err := json.Marshal(*cell)
	return append(b, quoted...), err
}

// isLiteral says whether the text is JSON of the form as it stands.
func isLiteral(f form, s string) bool {
	switch f {
	case boolean:
		return s == "true" || s == "false"
	case integer:
		_, err := strconv.ParseInt(s, 10, 64)
		return err == nil && json.Valid([]byte(s))
	case float:
		return s != "" && strings.IndexByte("-0123456789", s[0]) >= 0 && json.Valid([]byte(s))
	case nested:
		return s != "" && strings.IndexByte("[{", s[0]) >= 0 && json.Valid([]byte(s))
	case text:
	}
	return false
}
