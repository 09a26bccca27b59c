package sample_test

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"corbel.example/emulator/internal/sample"
)

// Bounds of what the repository carries, in bytes.
const (
	maxFile    = 500_000
	maxCatalog = 1_500_000
)

func read(t *testing.T, table sample.Table) [][]string {
	t.Helper()
	file, err := table.Open()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(file).ReadAll()
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatalf("read %s.%s: %v", table.Schema, table.Name, err)
	}
	return lines
}

func fullName(table sample.Table) string { return table.Schema + "." + table.Name }

func find(t *testing.T, name string) sample.Table {
	t.Helper()
	tables := sample.Tables()
	i := slices.IndexFunc(tables, func(table sample.Table) bool { return fullName(table) == name })
	if i < 0 {
		t.Fatalf("no table %s", name)
	}
	return tables[i]
}

func TestTablesAreSortedAndDescribed(t *testing.T) {
	t.Parallel()
	tables := sample.Tables()
	if !slices.IsSortedFunc(tables, func(a, b sample.Table) int { return strings.Compare(fullName(a), fullName(b)) }) {
		t.Error("tables are not sorted by schema and name")
	}
	for _, table := range tables {
		if table.Comment == "" || table.License == "" || !strings.Contains(table.Source, "https://") {
			t.Errorf("%s: comment, license or source with address is missing", fullName(table))
		}
		for _, column := range table.Columns {
			if column.Comment == "" {
				t.Errorf("%s.%s has no comment", fullName(table), column.Name)
			}
		}
	}
}

func TestSchemasAreThoseOfTheTables(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, table := range sample.Tables() {
		want = append(want, table.Schema)
	}
	for _, schema := range sample.Schemas() {
		got = append(got, schema.Name)
		if schema.Comment == "" {
			t.Errorf("schema %s has no comment", schema.Name)
		}
	}
	if want = slices.Compact(want); !slices.Equal(want, got) {
		t.Errorf("schemas %v, want %v", got, want)
	}
}

func TestRowsFitTheirColumns(t *testing.T) {
	t.Parallel()
	rows := map[string]int{
		"climate.co2_concentration":   741,
		"climate.daily_weather":       2922,
		"economy.country_indicators":  682,
		"economy.unemployment":        1708,
		"economy.wages":               534,
		"geography.us_postal_codes":   30160,
		"politics.state_of_the_union": 2867,
		"science.earthquakes":         1707,
		"science.penguins":            344,
		"transport.airports":          3376,
		"transport.routes":            5366,
		"transport.wildlife_strikes":  10000,
	}
	if got := len(sample.Tables()); got != len(rows) {
		t.Errorf("%d tables, want %d", got, len(rows))
	}
	for _, table := range sample.Tables() {
		t.Run(fullName(table), func(t *testing.T) {
			t.Parallel()
			lines := read(t, table)
			for i, column := range table.Columns {
				if lines[0][i] != column.Name {
					t.Fatalf("header is %v", lines[0])
				}
			}
			if got := len(lines) - 1; len(lines[0]) != len(table.Columns) || got != rows[fullName(table)] {
				t.Errorf("%d rows of %d columns, want %d of %d", got, len(lines[0]), rows[fullName(table)], len(table.Columns))
			}
			for i, column := range table.Columns {
				checkColumn(t, column, i, lines[1:])
			}
		})
	}
}

// checkColumn expects that each value is of the column's type, and that NULLs are where they may be, and nowhere else.
func checkColumn(t *testing.T, column sample.Column, at int, rows [][]string) {
	t.Helper()
	nulls := 0
	for i, row := range rows {
		value := row[at]
		if value == "" {
			nulls++
			continue
		}
		if !utf8.ValidString(value) || strings.ContainsAny(value, "\r\n\x00\uFFFD") || value != strings.TrimSpace(value) {
			t.Errorf("row %d, %s: %q is not clean text", i+1, column.Name, value)
		}
		if err := checkValue(column.Type, value); err != nil {
			t.Errorf("row %d, %s: %v", i+1, column.Name, err)
		}
	}
	if column.Nullable != (nulls > 0) {
		t.Errorf("%s: nullable is %t, and %d values are NULL", column.Name, column.Nullable, nulls)
	}
}

func TestEveryKindOfColumnOccurs(t *testing.T) {
	t.Parallel()
	kinds := map[string]bool{}
	for _, table := range sample.Tables() {
		for _, column := range table.Columns {
			kind, _, _ := strings.Cut(column.Type, "(")
			kinds[kind] = true
		}
	}
	for _, kind := range []string{"BIGINT", "INT", "DOUBLE", "DECIMAL", "STRING", "BOOLEAN", "DATE", "TIMESTAMP"} {
		if !kinds[kind] {
			t.Errorf("no column is of type %s", kind)
		}
	}
}

func TestRoutesJoinAirports(t *testing.T) {
	t.Parallel()
	airports := map[string]bool{}
	for _, row := range read(t, find(t, "transport.airports"))[1:] {
		if airports[row[0]] {
			t.Errorf("airport %s occurs twice", row[0])
		}
		airports[row[0]] = true
	}
	for _, row := range read(t, find(t, "transport.routes"))[1:] {
		if !airports[row[0]] || !airports[row[1]] {
			t.Errorf("route %s to %s: an end is not in transport.airports", row[0], row[1])
		}
	}
}

func TestOpenUnknownTableNamesIt(t *testing.T) {
	t.Parallel()
	_, err := sample.Table{Schema: "science", Name: "dragons"}.Open()
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "science.dragons") {
		t.Errorf("error is %v", err)
	}
}

func TestOpenTwiceGivesIndependentReaders(t *testing.T) {
	t.Parallel()
	table := find(t, "science.penguins")
	first, err := table.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, first, 100); err != nil {
		t.Fatal(err)
	}
	if got := len(read(t, table)); got != 345 {
		t.Errorf("%d lines beside an open reader, want 345", got)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
}

func TestCatalogStaysSmall(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("data/*/*.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(files), len(sample.Tables()); got != want {
		t.Errorf("%d data files for %d tables", got, want)
	}
	var total int64
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > maxFile {
			t.Errorf("%s has %d bytes, more than %d", file, info.Size(), maxFile)
		}
		total += info.Size()
	}
	if total > maxCatalog {
		t.Errorf("the catalog has %d bytes, more than %d", total, maxCatalog)
	}
}

func TestLicensesCoverEveryTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("data/LICENSES.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		sections[title] = body
	}
	if got, want := len(sections), len(sample.Tables()); got != want {
		t.Errorf("%d sections for %d tables", got, want)
	}
	for _, table := range sample.Tables() {
		for _, entry := range []string{"Source", "Author", "Publisher", "Licence", "Changed"} {
			if !strings.Contains(sections[fullName(table)], "- "+entry+": ") {
				t.Errorf("LICENSES.md: %s has no %q", fullName(table), entry)
			}
		}
	}
}
