package main

import (
	"fmt"

	"corbel.example/emulator/internal/sample"
)

// A record is one entry of a source file: its fields by name. A field that is absent or empty is unknown.
type record map[string]string

// A recipe says how a table is made.
type recipe struct {
	from npmPackage
	// read finds the records in the package.
	read func(archive) ([]record, error)
	// keep chooses among the records; nil keeps all.
	keep func(record) bool
	// columns has an entry for each column of the table.
	columns map[string]field
}

// field says where the value of a column comes from.
type field struct {
	name string
	// convert rewrites a known value; nil keeps it. It may answer "", which is NULL.
	convert func(string) (string, error)
}

// rows makes the rows of the table, their values in the order of columns.
func (r recipe) rows(files archive, columns []sample.Column) ([][]string, error) {
	records, err := r.read(files)
	if err != nil {
		return nil, err
	}
	rows := make([][]string, 0, len(records))
	for i, rec := range records {
		if r.keep != nil && !r.keep(rec) {
			continue
		}
		row := make([]string, len(columns))
		for j, column := range columns {
			if row[j], err = r.value(rec, column); err != nil {
				return nil, fmt.Errorf("record %d, column %s: %w", i+1, column.Name, err)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (r recipe) value(rec record, column sample.Column) (string, error) {
	from, ok := r.columns[column.Name]
	if !ok {
		return "", fmt.Errorf("the recipe does not fill it")
	}
	value, err := rec[from.name], error(nil)
	if value != "" && from.convert != nil {
		value, err = from.convert(value)
	}
	if err != nil {
		return "", fmt.Errorf("field %q: %w", from.name, err)
	}
	if value == "" && !column.Nullable {
		return "", fmt.Errorf("field %q: it has no value, and the column is not nullable", from.name)
	}
	return value, nil
}
