package serving

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"

	"corbel.example/emulator/internal/model"
	"corbel.example/emulator/internal/sample"
)

// readTable gives each the rows of a sample table: the texts of the columns, in their order; an
// empty one is NULL. The slice is each's only until it returns.
func readTable(schema, name string, columns []string, each func([]string) error) error {
	for _, t := range sample.Tables() {
		if t.Schema != schema || t.Name != name {
			continue
		}
		file, err := t.Open()
		if err != nil {
			return err
		}
		return errors.Join(readRows(csv.NewReader(file), t, columns, each), file.Close())
	}
	return fmt.Errorf("sample table %s.%s: there is none", schema, name)
}

func readRows(r *csv.Reader, t sample.Table, columns []string, each func([]string) error) error {
	places := make([]int, len(columns))
	for i, column := range columns {
		places[i] = -1
		for j, c := range t.Columns {
			if c.Name == column {
				places[i] = j
			}
		}
		if places[i] < 0 {
			return fmt.Errorf("sample table %s.%s: no column %s", t.Schema, t.Name, column)
		}
	}
	r.ReuseRecord = true
	if _, err := r.Read(); err != nil { // the header
		return fmt.Errorf("sample table %s.%s: %w", t.Schema, t.Name, err)
	}
	values := make([]string, len(columns))
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sample table %s.%s: %w", t.Schema, t.Name, err)
		}
		for i, place := range places {
			values[i] = row[place]
		}
		if err := each(values); err != nil {
			return err
		}
	}
}

// penguins reads the examples for features: the penguins of which they are all known but for the optional
// ones, and the target, too.
func penguins(features []model.Feature, target string) ([]model.Example, error) {
	columns := make([]string, 0, len(features)+1)
	for _, f := range features {
		columns = append(columns, f.Name)
	}
	var examples []model.Example
	err := readTable("science", "penguins", append(columns, target), func(row []string) error {
		e := model.Example{Inputs: make([]model.Value, len(features)), Class: row[len(features)]}
		e.Target, _ = strconv.ParseFloat(e.Class, 64) // of a class it is nothing, and nobody asks
		complete := e.Class != ""
		for i, f := range features {
			switch {
			case row[i] == "":
				e.Inputs[i].Missing = true
				complete = complete && f.Optional
			case len(f.Categories) > 0:
				e.Inputs[i].Text = row[i]
			default:
				number, err := strconv.ParseFloat(row[i], 64)
				if err != nil {
					return fmt.Errorf("sample table science.penguins: %s: %w", f.Name, err)
				}
				e.Inputs[i].Number = number
			}
		}
		if complete {
			examples = append(examples, e)
		}
		return nil
	})
	return examples, err
}

// passages reads the passages of the addresses.
func passages() ([]string, error) {
	var texts []string
	err := readTable("politics", "state_of_the_union", []string{"passage"}, func(row []string) error {
		texts = append(texts, row[0])
		return nil
	})
	return texts, err
}
