package dataset

// Version is that of the data. A table says by a property which one it holds.
const Version = "1"

// The properties by which a table is known as ours. The first is there from its beginning, the second once it is filled.
const (
	TableProperty   = "corbel.sample_data.table"
	VersionProperty = "corbel.sample_data.version"
)

// Table is a table of the sample. Its first column is its key.
type Table struct {
	Name    string
	Comment string
	Columns []Column
	// Rows have a value for each column as SQL would write it in quotes, nil for NULL.
	Rows [][]*string
}

// Column is a column of a table.
type Column struct{ Name, Type, Comment string }

// row makes a row: null stands for NULL.
func row(values ...string) []*string {
	cells := make([]*string, len(values))
	for i := range values {
		if values[i] != null {
			cells[i] = &values[i]
		}
	}
	return cells
}

const null = "\x00"
