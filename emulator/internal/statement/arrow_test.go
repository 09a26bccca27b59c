package statement

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/warehouse"
)

// encode seals the rows as one chunk of an Arrow stream.
func encode(t *testing.T, columns []warehouse.Column, rows ...[]any) []byte {
	t.Helper()
	e, err := newEncoder(ArrowStream, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if _, ok, err := e.row(row, 0); err != nil || !ok {
			t.Fatalf("%v: ok %v, error %v", row, ok, err)
		}
	}
	data, err := e.seal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestArrowHoldsEveryType(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 12, 34, 56, 789_000, time.UTC)
	tags := duckdb.OrderedMap{}
	tags.Set("k", int32(1))
	for _, v := range []struct {
		sql   string
		value any
		want  string // of the column as JSON: the value, then NULL
		kind  string
	}{
		{"BIGINT", int64(-1), `[-1,null]`, "int64"},
		{"BIGINT", big.NewInt(7), `[7,null]`, "int64"},
		{"INT", int32(2), `[2,null]`, "int32"},
		{"SMALLINT", int16(3), `[3,null]`, "int16"},
		{"TINYINT", int8(4), `[4,null]`, "int8"},
		{"DOUBLE", 1.5, `[1.5,null]`, "float64"},
		{"FLOAT", float32(0.25), `[0.25,null]`, "float32"},
		{"BOOLEAN", true, `[true,null]`, "bool"},
		{"STRING", "ü", `["ü",null]`, "utf8"},
		{"BINARY", []byte{1, 2}, `["AQI=",null]`, "binary"},
		{"DATE", at, `["2024-02-29",null]`, "date32"},
		{"TIMESTAMP", at, `["2024-02-29T12:34:56.000789Z",null]`, "timestamp[us, tz=Etc/UTC]"},
		{"TIMESTAMP_NTZ", at, `["2024-02-29T12:34:56.000789Z",null]`, "timestamp[us]"},
		{"DECIMAL(10,2)", duckdb.Decimal{Width: 10, Scale: 2, Value: big.NewInt(-1234)}, `["-12.34",null]`, "decimal(10, 2)"},
		{"ARRAY<INT>", []any{int32(1), nil}, `[[1,null],null]`, "list<item: int32, nullable>"},
		{"MAP<STRING, INT>", tags, `[[{"key":"k","value":1}],null]`, "map<utf8, int32, items_nullable>"},
		{"STRUCT<a: INT, b: STRING>", map[string]any{"a": int32(1), "b": nil}, `[{"a":1,"b":null},null]`, "struct<a: int32, b: utf8>"},
		{"VOID", nil, `[null,null]`, "null"},
	} {
		t.Run(v.sql, func(t *testing.T) {
			t.Parallel()
			kind, err := dialect.ParseType(v.sql)
			if err != nil {
				t.Fatal(err)
			}
			r, err := ipc.NewReader(bytes.NewReader(encode(t, []warehouse.Column{{Name: "c", Type: kind}}, []any{v.value}, []any{nil})))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Release()
			if !r.Next() {
				t.Fatalf("no record: %v", r.Err())
			}
			column := r.RecordBatch().Column(0)
			got, err := column.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{v.want, v.kind}, []string{strings.ReplaceAll(string(got), "\n", ""), column.DataType().String()}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.Next() || r.Err() != nil {
				t.Errorf("more than one record, or an error: %v", r.Err())
			}
		})
	}
}

func TestArrowFailsOnOverflow(t *testing.T) {
	t.Parallel()
	e, err := newEncoder(ArrowStream, []warehouse.Column{{Name: "sum", Type: &dialect.Type{Name: dialect.BigInt}}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.row([]any{new(big.Int).Lsh(big.NewInt(1), 64)}, 0)
	var known *dialect.Error
	if !errors.As(err, &known) || known.Class != "ARITHMETIC_OVERFLOW" {
		t.Errorf("error %v, want ARITHMETIC_OVERFLOW", err)
	}
}

func TestByteLimitHoldsInEveryFormat(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{JSONArray, ArrowStream, CSV} {
		r := newResult(t.TempDir(), Request{Format: f, ByteLimit: 1000})
		if err := r.Columns([]warehouse.Column{{Name: "c", Type: &dialect.Type{Name: dialect.StringType}}}); err != nil {
			t.Fatal(err)
		}
		var err error
		for rows := 0; err == nil; rows++ {
			if rows > 1000 {
				t.Fatalf("%s: no end", f)
			}
			err = r.Row([]any{"0123456789"})
		}
		if !errors.Is(err, warehouse.ErrEnough) || !r.truncated || r.bytes > 1000 || r.bytes < 900 {
			t.Errorf("%s: %d bytes, truncated %v, error %v", f, r.bytes, r.truncated, err)
		}
	}
}
