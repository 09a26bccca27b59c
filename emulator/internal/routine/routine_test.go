package routine

import (
	"database/sql"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
)

// TestFunctions holds what Databricks answers for the same arguments.
func TestFunctions(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := Register(conn); err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct{ sql, want string }{
		{"initcap('hELLO big-wORLD')", "Hello Big-world"},
		{"soundex('Miller')", "M460"},
		{"soundex('Tymczak')", "T522"},
		{"soundex('1a')", "1a"},
		{"crc32('Spark'::BLOB)", "1557323817"},
		{"conv('100', 2, 10)", "4"},
		{"conv('-10', 16, -10)", "-16"},
		{"conv('zz', 10, 2)", "0"},
		{"conv('1', 1, 10)", "NULL"},
		{"format_number('12332.125', 2)", "12,332.12"},
		{"format_number('-1234567.5', 0)", "-1,234,568"},
		{"format_number('5', -1)", "NULL"},
		{`format_string('%s|%5d|%-4s|%.2f|%%|%x', '["a","42","b","1.005",  "255"]')`, "a|   42|b   |1.00|%|ff"},
		{`format_string('%s', '[null]')`, "null"},
		{"url_encode('a b&c')", "a+b%26c"},
		{"url_decode('a+b%26c')", "a b&c"},
		{"parse_url('https://u@x.org:8/p?q=1&r=2#f', 'QUERY', 'r')", "2"},
		{"parse_url('https://u@x.org:8/p?q=1#f', 'AUTHORITY', '')", "u@x.org:8"},
		{"parse_url('https://x.org/p', 'REF', '')", "NULL"},
		{"split('a1b2c', '[0-9]', 2)", `["a","b2c"]`},
		{`json_tidy('{"a":null,"b":[null,{"c":null}],"d":"<x>"}')`, `{"b":[null,{}],"d":"<x>"}`},
		{`schema_of_json('{"a":1,"b c":[true],"d":1.5}')`, "STRUCT<a: BIGINT, `b c`: ARRAY<BOOLEAN>, d: DOUBLE>"},
		{"type_name('STRUCT(x INTEGER)[]')", "array<struct<x:int>>"},
		{"double_text('1e+20')", "1.0E20"},
		{"initcap(NULL)", "NULL"},
		{"exact('/', '1.0', '3', 6)", "0.333333"},
		{"exact('/', '-2', '3', 2)", "-0.67"},
		{"exact('*', '99999999999999999999.5', '2.5', 0)", "249999999999999999999"},
		{"exact('div', '-7.5', '2', 0)", "-3"},
		{"exact('bround', '2.5', '0', 0)", "2"},
		{"exact('floor', '-1.25', '1', 1)", "-1.3"},
		{"exact('ceil', '1234', '-2', 0)", "1300"},
		{"hash('hash', 'STRING', 'Spark', 42)", "228093765"},
		{"hash_all('hash', 'INT', '[\"123\", null]', 42)", "85273170"},
		{"hash('hash', 'INT', '1', 42)", "-559580957"},
		{"mask('AbC-1', 'X', 'x', 'n', '')", "XxX-n"},
		{"sentences('Hi there! Bye.')", `[["Hi","there"],["Bye"]]`},
		{"sha2('Spark'::BLOB, 1)", "NULL"},
		{"luhn('79927398713')", "1"},
		{"fit('abc', 3)", "abc"},
		{"interval_text('DAY TO SECOND', -90061500000)", "INTERVAL '-1 01:01:01.5' DAY TO SECOND"},
		{"interval_text('YEAR TO MONTH', 14)", "INTERVAL '1-2' YEAR TO MONTH"},
	} {
		var got sql.NullString
		if err := conn.QueryRowContext(t.Context(), "SELECT CAST("+Prefix+q.sql+" AS VARCHAR)").Scan(&got); err != nil {
			t.Errorf("%s: %v", q.sql, err)
			continue
		}
		if !got.Valid {
			got.String = "NULL"
		}
		if got.String != q.want {
			t.Errorf("%s: %s, want %s", q.sql, got.String, q.want)
		}
	}
	for _, bad := range []string{"exact('/', '1', '0', 6)", "fit('abcd', 3)", "format_string('%d', '[\"x\"]')", "format_string('%s %s', '[\"x\"]')", "url_decode('%zz')", "schema_of_json('{')", "schema_of_json('[1,\"a\"]')"} {
		if _, err := conn.ExecContext(t.Context(), "SELECT "+Prefix+bad); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
