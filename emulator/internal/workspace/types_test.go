package workspace

import "testing"

// TestTypesOfExpressions holds the types, values and names that Databricks gives expressions
// where DuckDB's are others.
func TestTypesOfExpressions(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for _, statement := range []string{
		"CREATE TABLE t (id BIGINT, i INT, ti TINYINT, p DECIMAL(10,2), q DECIMAL(18,4), f FLOAT, s STRING, d DATE, at TIMESTAMP, m MAP<STRING, INT>, v VARCHAR(3))",
		"INSERT INTO t VALUES (1, 10, 1, 1.50, 2.25, 1.5, '7', DATE'2024-01-10', TIMESTAMP'2024-01-10 12:00:00', map('k', 1), 'abc')",
	} {
		sql(t, c, statement)
	}
	for _, q := range []struct{ sql, rows, types, columns string }{
		{
			sql: "SELECT p / i, p / 3, p * q, p * 2, p % 2, p - 1, 1.0 / 3 FROM t", rows: "0.1500000000000|0.500000|3.375000|3.00|1.50|0.50|0.333333",
			types: "DECIMAL(21,13)|DECIMAL(14,6)|DECIMAL(29,6)|DECIMAL(12,2)|DECIMAL(3,2)|DECIMAL(11,2)|DECIMAL(7,6)",
		},
		{
			sql: "SELECT sum(p), avg(p), sum(p) / count(*), avg(p) OVER () FROM t GROUP BY p", rows: "1.50|1.500000|1.50000000000000000000|1.500000",
			types: "DECIMAL(20,2)|DECIMAL(14,6)|DECIMAL(38,20)|DECIMAL(14,6)",
		},
		{sql: "SELECT i / 4 AS q, count(*) FROM t GROUP BY i / 4 ORDER BY i / 4", rows: "2.5|1", types: "DOUBLE|BIGINT"},
		{sql: "SELECT ti + 1, f + i, f / 2, p DIV 1, s + 1, s * 2.0 FROM t", rows: "2|11.5|0.75|1|8|14.0", types: "INT|DOUBLE|DOUBLE|BIGINT|BIGINT|DOUBLE"},
		{sql: "SELECT coalesce(p, 0), CASE WHEN id = 1 THEN p ELSE q END, if(true, p, i) FROM t", rows: "1.50|1.5000|1.50", types: "DECIMAL(12,2)|DECIMAL(18,4)|DECIMAL(12,2)"},
		{
			sql: "SELECT ceil(p), floor(-p), round(p, 1), round(p), bround(2.5), floor(p, 1), ceil(2.5D, 0) FROM t", rows: "2|-2|1.5|2|2|1.5|3",
			types: "DECIMAL(9,0)|DECIMAL(9,0)|DECIMAL(10,1)|DECIMAL(9,0)|DECIMAL(2,0)|DECIMAL(10,1)|DECIMAL(16,0)",
		},
		{sql: "SELECT x.r / 2 FROM (SELECT p / 4 AS r FROM t) x", rows: "0.18750000", types: "DECIMAL(16,8)"},
		{sql: "WITH c AS (SELECT sum(p) AS total FROM t) SELECT total / 3 FROM c", rows: "0.500000", types: "DECIMAL(24,6)"},
		{sql: "SELECT try_divide(p, 0), try_add(2147483647, 1), try_sum(p), try_avg(i) FROM t GROUP BY p", rows: "NULL|NULL|1.50|10.0", types: "DECIMAL(14,6)|INT|DECIMAL(20,2)|DOUBLE"},
		{
			sql:  "SELECT d - DATE'2024-01-01', at - TIMESTAMP'2024-01-09 11:30:00', CAST(d - DATE'2024-01-01' AS STRING), INTERVAL '1-2' YEAR TO MONTH FROM t",
			rows: "9 00:00:00.000000000|1 00:30:00.000000000|INTERVAL '9' DAY|1-2", types: "INTERVAL DAY|INTERVAL DAY TO SECOND|STRING|INTERVAL YEAR TO MONTH",
		},
		{sql: "SELECT d + INTERVAL 1 DAY, d + INTERVAL 2 HOURS, d + i FROM t", rows: "2024-01-11|2024-01-10T02:00:00.000Z|2024-01-20", types: "DATE|TIMESTAMP|DATE"},
		{sql: "SELECT CAST(m AS STRING), CAST(array(1.5, NULL) AS STRING), CAST(named_struct('a', 1, 'b', array('x')) AS STRING) FROM t", rows: "{k -> 1}|[1.5, null]|{1, [x]}"},
		{sql: "SELECT id FROM t WHERE s = 7 AND s IN (7, 8) AND d > '2024-01-01' AND p BETWEEN '1' AND 2", rows: "1"},
		{sql: "SELECT lpad(id, 3, '0'), upper(i), length(p), substring(d, 1, 4), concat_ws('-', id, s) FROM t", rows: "001|10|4|2024|1-7"},
		{sql: "SELECT (SELECT CAST(a.id AS STRING)) FROM range(2) a ORDER BY 1", rows: "0\n1"},
		{sql: "SELECT typeof(p / i), typeof(NULL), typeof(avg(p)), typeof(v) FROM t GROUP BY ALL", rows: "decimal(21,13)|void|decimal(14,6)|varchar(3)"},
		{sql: "SELECT exists(array(1, NULL), x -> x > 1), forall(array(1, NULL), x -> x > 0), forall(array(0, NULL), x -> x > 0)", rows: "NULL|NULL|false"},
		{
			sql:  "SELECT CASE WHEN id > 1 THEN 'a' END, if(true, 1, 2), 'a' || s, id <> 2, id IN (1, 2), INTERVAL 1 DAY, (SELECT 1), sum(id) OVER (ORDER BY i) FROM t",
			rows: "NULL|1|a7|true|true|1 00:00:00.000000000|1|1",
			columns: "CASE WHEN (id > 1) THEN a END|(IF(true, 1, 2))|concat(a, s)|(NOT (id = 2))|(id IN (1, 2))|INTERVAL '1' DAY|scalarsubquery()|" +
				"sum(id) OVER (ORDER BY i ASC NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
		},
	} {
		a := sql(t, c, q.sql)
		if got := a.rows(); got != q.rows {
			t.Errorf("%s: rows\n%s\nwant\n%s", q.sql, got, q.rows)
		}
		if got := a.types(); q.types != "" && got != q.types {
			t.Errorf("%s: types\n%s\nwant\n%s", q.sql, got, q.types)
		}
		if got := a.columns(); q.columns != "" && got != q.columns {
			t.Errorf("%s: columns\n%s\nwant\n%s", q.sql, got, q.columns)
		}
	}
}
