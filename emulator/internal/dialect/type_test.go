package dialect

import (
	"math"
	"math/big"
	"testing"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

func TestTypesInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ databricks, canonical, catalog, duckDB string }{
		{"long", "BIGINT", "bigint", "BIGINT"},
		{"decimal", "DECIMAL(10,0)", "decimal(10,0)", "DECIMAL(10,0)"},
		{"TIMESTAMP", "TIMESTAMP", "timestamp", "TIMESTAMP WITH TIME ZONE"},
		{"array<array<int>>", "ARRAY<ARRAY<INT>>", "array<array<int>>", "INTEGER[][]"},
		{"MAP<STRING,DECIMAL(5,2)>", "MAP<STRING, DECIMAL(5,2)>", "map<string,decimal(5,2)>", "MAP(VARCHAR, DECIMAL(5,2))"},
		{"STRUCT<`a b`: INT COMMENT 'x', c:STRING>", "STRUCT<`a b`: INT, c: STRING>", "struct<`a b`:int,c:string>", `STRUCT("a b" INTEGER, "c" VARCHAR)`},
	} {
		parsed, err := ParseType(c.databricks)
		if err != nil {
			t.Errorf("%s: %v", c.databricks, err)
			continue
		}
		if parsed.String() != c.canonical || parsed.Catalog() != c.catalog || parsed.DuckDB() != c.duckDB {
			t.Errorf("%s: %s, %s, %s", c.databricks, parsed, parsed.Catalog(), parsed.DuckDB())
		}
		back, err := FromDuckDB(parsed.DuckDB())
		if err != nil || back.String() != c.canonical {
			t.Errorf("%s came back as %v, error %v", c.duckDB, back, err)
		}
	}
	for _, bad := range []string{"", "nope", "ARRAY<INT", "ARRAY<INT>>", "DECIMAL(2,3)", "STRUCT<>", "MAP<INT>", "INT x", "VARCHAR", "VARCHAR(0)", "CHAR(x)"} {
		if parsed, err := ParseType(bad); err == nil {
			t.Errorf("%q was read as %s", bad, parsed)
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 5, 10, 0, 0, 123456000, time.UTC)
	for _, c := range []struct {
		kind  TypeName
		value any
		want  string
	}{
		{Double, 1.0, "1.0"},
		{Double, 1e7, "1.0E7"},
		{Double, 1.25e-5, "1.25E-5"},
		{Double, math.Inf(-1), "-Infinity"},
		{Float, float32(0.1), "0.1"},
		{Timestamp, at, "2024-01-05T10:00:00.123456Z"},
		{TimestampNTZ, at.Truncate(time.Millisecond), "2024-01-05T10:00:00.123"},
		{Date, at, "2024-01-05"},
		{Binary, []byte{0, 255}, "AP8="},
		{Decimal, duckdb.Decimal{Width: 5, Scale: 3, Value: big.NewInt(-5)}, "-0.005"},
		{BigInt, big.NewInt(math.MaxInt64), "9223372036854775807"},
	} {
		got, ok, err := Render(&Type{Name: c.kind}, c.value)
		if err != nil || !ok || got != c.want {
			t.Errorf("%v: %q, %v, want %q", c.value, got, err, c.want)
		}
	}
	if _, ok, err := Render(&Type{Name: Int}, nil); ok || err != nil {
		t.Errorf("NULL: %v, %v", ok, err)
	}
	if _, _, err := Render(&Type{Name: BigInt}, new(big.Int).Lsh(big.NewInt(1), 63)); err == nil {
		t.Error("a sum beyond BIGINT was rendered")
	}
}
