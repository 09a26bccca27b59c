package main

import (
	"slices"
	"strings"
	"testing"

	"corbel.example/emulator/internal/sample"
)

func TestRecipesFillExactlyTheColumnsOfTheTables(t *testing.T) {
	t.Parallel()
	recipes := recipes()
	for _, table := range sample.Tables() {
		name := table.Schema + "." + table.Name
		recipe, ok := recipes[name]
		if !ok {
			t.Errorf("table %s has no recipe", name)
			continue
		}
		delete(recipes, name)
		for _, column := range table.Columns {
			if _, ok := recipe.columns[column.Name]; !ok {
				t.Errorf("recipe %s does not fill %s", name, column.Name)
			}
		}
		if len(recipe.columns) != len(table.Columns) {
			t.Errorf("recipe %s fills %d columns, the table has %d", name, len(recipe.columns), len(table.Columns))
		}
	}
	for name := range recipes {
		t.Errorf("recipe %s has no table", name)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	files := archive{
		"data/a.csv":     []byte("code,city,price\nA,NA,1.005\nB,\"Troy, NY\",2\nZ,,3\n"),
		"data/a.json":    []byte(`[{"code": "A", "price": 1.005}, {"code": "B", "city": "Troy, NY", "price": 2, "more": true}, {"code": "Z", "city": null, "price": 3}]`),
		"data/a.geojson": []byte(`{"features": [{"id": "A", "properties": {"price": 7, "city": null}, "geometry": {"coordinates": [-1.50, 2, 3]}}]}`),
	}
	columns := []sample.Column{{Name: "id"}, {Name: "town", Nullable: true}, {Name: "cost"}}
	fields := map[string]field{
		"id":   {name: "code"},
		"town": {name: "city", convert: missing("NA")},
		"cost": {name: "price", convert: decimal(2)},
	}
	first := func(r record) bool { return r["code"] < "C" }
	want := [][]string{{"A", "", "1.01"}, {"B", "Troy, NY", "2.00"}}
	for name, recipe := range map[string]recipe{
		"from CSV":  {read: csvFile("data/a.csv"), keep: first, columns: fields},
		"from JSON": {read: jsonFile("data/a.json"), keep: first, columns: fields},
	} {
		rows, err := recipe.rows(files, columns)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !slices.EqualFunc(rows, want, slices.Equal) {
			t.Errorf("%s: %q, want %q", name, rows, want)
		}
	}

	points := recipe{read: geoJSONFile("data/a.geojson"), columns: map[string]field{
		"id": {name: "id"}, "town": {name: "city"}, "cost": {name: "longitude"},
	}}
	rows, err := points.rows(files, columns)
	if want := [][]string{{"A", "", "-1.50"}}; err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("from GeoJSON: %q, %v, want %q", rows, err, want)
	}
}

func TestRowsRefuse(t *testing.T) {
	t.Parallel()
	files := archive{"data/a.csv": []byte("code,price\nA,1\n,x\n")}
	for name, test := range map[string]struct {
		read   func(archive) ([]record, error)
		column sample.Column
		fields map[string]field
		want   string
	}{
		"a missing CSV file":        {read: csvFile("data/b.csv"), want: "data/b.csv"},
		"a missing JSON file":       {read: jsonFile("data/b.json"), want: "data/b.json"},
		"a missing GeoJSON file":    {read: geoJSONFile("data/b.json"), want: "data/b.json"},
		"a column without a field":  {read: csvFile("data/a.csv"), column: sample.Column{Name: "id"}, want: "column id"},
		"NULL where it may not be":  {read: csvFile("data/a.csv"), column: sample.Column{Name: "id"}, fields: map[string]field{"id": {name: "code"}}, want: "record 2"},
		"a value of the wrong kind": {read: csvFile("data/a.csv"), column: sample.Column{Name: "id"}, fields: map[string]field{"id": {name: "price", convert: decimal(1)}}, want: `"x"`},
	} {
		_, err := recipe{read: test.read, columns: test.fields}.rows(files, []sample.Column{test.column})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want one that names %s", name, err, test.want)
		}
	}
}
