package sample

import (
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

//go:embed data/*/*.csv.gz
var data embed.FS

// Schema is a schema of the catalog.
type Schema struct {
	Name    string
	Comment string
}

// Column is a column of a table.
type Column struct {
	Name string
	// Type is a Databricks SQL type: BIGINT, INT, DOUBLE, DECIMAL(p,s), STRING, BOOLEAN, DATE or TIMESTAMP.
	Type    string
	Comment string
	// Nullable says whether the column holds NULLs; a column that is not nullable holds none.
	Nullable bool
}

// Table describes a table. Its rows come from Open.
type Table struct {
	Schema  string
	Name    string
	Comment string
	// Source names the publisher, with the address of the original.
	Source string
	// License is the licence's SPDX identifier, or words where the licence has none.
	License string
	Columns []Column
}

// Schemas returns the schemas of the catalog, sorted by name. The caller owns the result.
func Schemas() []Schema {
	return []Schema{
		{Name: "climate", Comment: "Weather and atmosphere over time"},
		{Name: "economy", Comment: "Countries, labour markets and wages"},
		{Name: "geography", Comment: "Places and their coordinates"},
		{Name: "politics", Comment: "Political speech, as text"},
		{Name: "science", Comment: "Measurements from the field"},
		{Name: "transport", Comment: "Aviation in the United States"},
	}
}

// Tables returns the tables of the catalog, sorted by schema and name. The caller owns the result.
func Tables() []Table {
	return slices.Concat(climate(), economy(), geography(), politics(), science(), transport())
}

// Open returns the rows of the table as CSV (RFC 4180, UTF-8) under a header row with the names of the columns. An empty field is NULL:
// no table holds an empty string. Booleans are true and false, dates 2006-01-02, timestamps 2006-01-02 15:04:05 in UTC. Rows are
// always in the same order. The caller closes the reader.
func (t Table) Open() (io.ReadCloser, error) {
	file, err := data.Open("data/" + t.Schema + "/" + t.Name + ".csv.gz")
	if err != nil {
		return nil, fmt.Errorf("open sample table %s.%s: %w", t.Schema, t.Name, err)
	}
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open sample table %s.%s: %w", t.Schema, t.Name, err), file.Close())
	}
	return &rows{Reader: unzipped, file: file}, nil
}

// rows is an open table.
type rows struct {
	*gzip.Reader
	file fs.File
}

func (r *rows) Close() error {
	return errors.Join(r.Reader.Close(), r.file.Close())
}
