package dialect

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seeds are statements of every family, for the fuzz targets.
var seeds = []string{
	"SELECT 1", "SELECT a.b['k'][0] FROM `x y`.t LATERAL VIEW OUTER explode(a) e AS c", "VALUES (1, 2), (3, 4)", "SELECT * FROM VALUES 1, 2 AS t(a)",
	"INSERT INTO a.b.c (x) VALUES (:p)", "INSERT OVERWRITE t SELECT 1", "UPDATE t AS x SET x.a = CASE WHEN b THEN c END WHERE d", "DELETE FROM t WHERE a IN (1)",
	"MERGE INTO t USING (SELECT 1) s ON t.a = s.a WHEN MATCHED AND x THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT (a) VALUES (1)",
	"CREATE OR REPLACE TABLE t (a ARRAY<MAP<STRING, STRUCT<x: INT>>> NOT NULL COMMENT 'c') USING DELTA TBLPROPERTIES ('a' = 1)", "CREATE VIEW v (a COMMENT 'x') AS SELECT 1",
	"GRANT SELECT, MODIFY ON TABLE a.b TO `u@x`", "REVOKE ALL PRIVILEGES ON SCHEMA a FROM b", "SHOW GRANTS `u` ON CATALOG c", "DESCRIBE TABLE EXTENDED t", "COMMENT ON COLUMN a.b IS NULL",
	"ALTER TABLE t ADD COLUMNS (a INT, b DECIMAL(10,2))", "SELECT CAST(a AS STRUCT<a:INT>) :: STRING, x RLIKE 'y', timestampadd(DAY, 1, t), struct(a AS b, c)", "USE CATALOG x", "EXPLAIN SELECT 1",
	"SELECT 'a' 'b' \"c\" r'\\d' X'1F' 1e5 :p -- x\n /* y /* z */ */ ;", "SELECT IDENTIFIER('a.b')", "SELECT * EXCEPT (a) FROM t MINUS SELECT 1",
}

func rewritten(src string) (string, error) {
	tokens, err := Lex(src)
	if err != nil {
		return "", err
	}
	return Rewrite(src, tokens, Session{User: "o'brien", Groups: []string{"g'1"}, Catalog: "c", Schema: "s"})
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	for _, r := range []struct{ src, want string }{
		{"a RLIKE 'x' AND b NOT REGEXP 'y'", "a SIMILAR TO 'x' AND b NOT SIMILAR TO 'y'"},
		{"a DIV b", "a // b"},
		{"a <=> b == ! c", "a IS NOT DISTINCT FROM b = NOT c"},
		{"CAST(a AS ARRAY<STRING>)", "CAST ( a AS VARCHAR[] )"},
		{"a::TIMESTAMP", "a :: TIMESTAMP WITH TIME ZONE"},
		{"int(a + 1)", "CAST ( a + 1 AS INTEGER )"},
		{"DATE '2024-01-01'", "CAST('2024-01-01' AS DATE)"},
		{"current_user()", "session_value('o''brien', 'current_user()')"},
		{"is_member('x')", "array_contains(CAST(list_value('g''1') AS VARCHAR[]), 'x' )"},
		{"SELECT * EXCEPT (a) FROM t EXCEPT (SELECT 1)", "SELECT * EXCLUDE ( a ) FROM t EXCEPT ( SELECT 1 )"},
		{"SELECT a AS end, t.order", `SELECT a AS "end" , t . "order"`},
		{"FROM t LATERAL VIEW explode(split(a, ',')) x AS `c d`", `FROM t CROSS JOIN LATERAL (SELECT unnest(split ( a , ',' )) AS "c d") AS "x"`},
		{"FROM VALUES (1, 'a'), (2, 'b') AS t", `FROM (VALUES ( 1 , 'a' ), ( 2 , 'b' )) AS "t" (col1, col2)`},
		{"VALUES 1, 2", `SELECT * FROM (VALUES ( 1 ), ( 2 )) AS "values"(col1)`},
		{"timestampdiff(MONTH, a, b)", "timestampdiff('month', a , b )"},
		{"struct(a AS x, b)", "make_struct( struct_field('x', a) , b )"},
		{"'a' 'b'", "'ab'"},
		{"t.a:b.c[0]['d e']::INT + 1", `json_path(t . "a", '$."b"."c"[0]."d e"') :: INTEGER + 1`},
		{"f(x):a", `json_path(f ( x ), '$."a"')`},
		{"x NOT LIKE ANY ('a', 'b')", `(NOT like_all(x, list_value('a', 'b')))`},
		{"GROUP BY a, b WITH ROLLUP", `GROUP BY ROLLUP (a , b)`},
		{"GROUP BY a GROUPING SETS ((a), ())", `GROUP BY GROUPING SETS ( ( a ) , ( ) )`},
		{"FROM t TABLESAMPLE (5 PERCENT) AS x", `FROM t AS "x" TABLESAMPLE bernoulli(5 PERCENT)`},
		{"FROM t LATERAL VIEW OUTER posexplode(a) x AS p, c", `FROM t LEFT JOIN LATERAL (SELECT unnest(positions(a)) AS "p", unnest(a) AS "c") AS "x" ON TRUE`},
		{"INTERVAL '1 02:03:04' DAY TO SECOND", `INTERVAL '1 day 02 hour 03 minute 04 second'`},
		{"substring(a FROM 2 FOR 3)", `"substring"(a, 2, 3)`},
		{"listagg(a, ',') WITHIN GROUP (ORDER BY b)", `listagg(a, ',' ORDER BY b)`},
		{"x LEFT ANTI JOIN y", "x ANTI JOIN y"},
	} {
		t.Run(r.src, func(t *testing.T) {
			t.Parallel()
			got, err := rewritten(r.src)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(r.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRewriteRefuses(t *testing.T) {
	t.Parallel()
	for src, class := range map[string]string{
		"{'a': 1}": "PARSE_SYNTAX_ERROR", "(a": "PARSE_SYNTAX_ERROR", "a)": "PARSE_SYNTAX_ERROR", "a[1": "PARSE_SYNTAX_ERROR",
		"a + b LIKE ANY ('x')": "UNSUPPORTED_FEATURE", "like_any(a, b)": "UNRESOLVED_ROUTINE", "columns(a)": "UNRESOLVED_ROUTINE", "t VERSION AS OF 1": "UNSUPPORTED_FEATURE", "CAST(a)": "PARSE_SYNTAX_ERROR", "CAST(a AS VARCHAR)": "DATATYPE_MISSING_SIZE",
		"CAST(a AS DECIMAL(99))": "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", strings.Repeat("(", 600): "UNSUPPORTED_FEATURE",
	} {
		_, err := rewritten(src)
		var e *Error
		if !errors.As(err, &e) || e.Class != class {
			t.Errorf("%.40q: error %v, want %s", src, err, class)
		}
	}
}

// FuzzRewrite checks that nothing makes the pipeline up to DuckDB panic, and that every
// failure has a class.
func FuzzRewrite(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tokens, err := Lex(src)
		if err != nil {
			return
		}
		value := "v'; DROP"
		bound, err := Bind(tokens, []Argument{{Name: "p", Value: &value}})
		if err == nil {
			_, err = Parse(src, bound)
		}
		var known *Error
		if err != nil && !errors.As(err, &known) {
			t.Fatalf("%q: error without a class: %v", src, err)
		}
		if _, err := Rewrite(src, tokens, Session{}); err != nil && !errors.As(err, &known) {
			t.Fatalf("%q: error without a class: %v", src, err)
		}
	})
}
