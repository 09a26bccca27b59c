package workspace

import (
	"testing"
)

// TestQueries holds what Databricks answers: value, and where it matters type and name.
func TestQueries(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for _, q := range []struct{ sql, rows, types, columns string }{
		{sql: "SELECT 1", rows: "1", types: "INT", columns: "1"},
		{sql: "SELECT 1L, 2S, 3Y, 1.5, 1.5D, 2.5F, 1e3, 1BD", rows: "1|2|3|1.5|1.5|2.5|1000.0|1", types: "BIGINT|SMALLINT|TINYINT|DECIMAL(2,1)|DOUBLE|FLOAT|DOUBLE|DECIMAL(1,0)"},
		{sql: "SELECT 9223372036854775808", rows: "9223372036854775808", types: "DECIMAL(19,0)"},
		{sql: "SELECT 'a''b', \"c\", 'it\\'s', r'\\n', '\\u00e9', 'x' 'y'", rows: `a'b|c|it's|\n|é|xy`},
		{sql: "SELECT NULL AS n, '' AS e", rows: "NULL|", types: "VOID|STRING", columns: "n|e"},
		{sql: "SELECT 1 AS `a``b\"c.d/e`, 2 AS end, 3 AS `ünï`", rows: "1|2|3", columns: "a`b\"c.d/e|end|ünï"},
		{sql: "SELECT 1/2, 7 div 2, 7 % 3, -7 % 3, 5 div 2.5", rows: "0.5|3|1|-1|2", types: "DOUBLE|BIGINT|INT|INT|BIGINT"},
		{sql: "SELECT count(*), sum(id), avg(id), min(id) FROM range(4)", rows: "4|6|1.5|0", types: "BIGINT|BIGINT|DOUBLE|BIGINT", columns: "count(1)|sum(id)|avg(id)|min(id)"},
		{sql: "SELECT upper('a') || 'b', a.id + 1 FROM range(1) a", rows: "Ab|1", columns: "concat(upper(a), b)|(id + 1)"},
		{sql: "SELECT DATE'2024-02-28' + 2, DATE'2024-01-31' + INTERVAL 1 MONTH, DATE'2024-01-01' - INTERVAL 1 DAY", rows: "2024-03-01|2024-02-29|2023-12-31", types: "DATE|DATE|DATE"},
		{sql: "SELECT TIMESTAMP'2024-01-05 10:00:00', TIMESTAMP_NTZ'2024-01-05 10:00:00.5', CAST('2024-01-05' AS DATE)", rows: "2024-01-05T10:00:00.000Z|2024-01-05T10:00:00.500|2024-01-05", types: "TIMESTAMP|TIMESTAMP_NTZ|DATE"},
		{sql: "SELECT CAST(TIMESTAMP'2024-01-05 10:00:00' AS STRING), CAST(1.50 AS STRING), string(true), string(DATE'2024-01-05'), string(1.5D), string(3)", rows: "2024-01-05 10:00:00|1.50|true|2024-01-05|1.5|3"},
		{sql: "SELECT CAST(1.7 AS INT), CAST(-1.7D AS BIGINT), int('42'), try_cast('x' AS INT), CAST(true AS INT)", rows: "1|-1|42|NULL|1", types: "INT|BIGINT|INT|INT|INT"},
		{sql: "SELECT 1e10D, 0.0001D, CAST('NaN' AS DOUBLE), 123456.789D, -0.0D", rows: "1.0E10|1.0E-4|NaN|123456.789|-0.0"},
		{sql: "SELECT CAST(1.5 AS DECIMAL(10,3)), CAST(-0.5 AS DECIMAL(3,2)), CAST(12 AS DECIMAL(5,0))", rows: "1.500|-0.50|12", types: "DECIMAL(10,3)|DECIMAL(3,2)|DECIMAL(5,0)"},
		{sql: "SELECT array(1, 2), map('k', 1), named_struct('city', 'NY', 'zip', 1), array()", rows: `["1","2"]|{"k":"1"}|{"city":"NY","zip":"1"}|[]`, types: "ARRAY<INT>|MAP<STRING, INT>|STRUCT<city: STRING, zip: INT>|ARRAY<INT>"},
		{sql: "SELECT array(10, 20)[1], map('k', 5)['k'], size(array(1,2,3)), array_contains(array('a'), 'a')", rows: "20|5|3|true", types: "INT|INT|INT|BOOLEAN"},
		{sql: "SELECT transform(array(1, 2), x -> x + 1), filter(array(1, 2, 3), x -> x > 1), exists(array(1), x -> x = 1)", rows: `["2","3"]|["2","3"]|true`},
		{sql: "SELECT X'1F00', unhex('1F')", rows: "HwA=|Hw==", types: "BINARY|BINARY"},
		{sql: "SELECT nvl(NULL, 1), if(true, 'a', 'b'), nullif(1, 1), coalesce(NULL, 2), ifnull(NULL, 3)", rows: "1|a|NULL|2|3"},
		{sql: "SELECT concat('a', NULL), concat('a', 'b'), concat_ws('-', 'a', NULL, 'b')", rows: "NULL|ab|a-b"},
		{sql: "SELECT 'abc' LIKE 'a%', 'a%c' LIKE 'a\\%c', 'abc' LIKE 'a\\%c', 'ABC' ILIKE 'a_c', 'abc' RLIKE '^a', 'abc' NOT RLIKE 'z'", rows: "true|true|false|true|true|true"},
		{sql: "SELECT 1 <=> NULL, NULL <=> NULL, 1 == 1, ! true", rows: "false|true|true|false"},
		{sql: "SELECT substring('abc', 2), substr('abc', -2), substring('abc', 0, 2), substring('abc', 2, 1), left('abc', 2), right('abc', 2)", rows: "bc|bc|ab|b|ab|bc"},
		{sql: "SELECT locate('b', 'abc'), instr('abc', 'c'), position('b' IN 'abc'), length('añ'), split('a,b', ',')", rows: `2|3|2|2|["a","b"]`, types: "INT|INT|INT|INT|ARRAY<STRING>"},
		{sql: "SELECT regexp_replace('abc', '(b)', '[$1]'), regexp_extract('a12', '([0-9]+)'), lpad('a', 3, '*'), rpad('a', 2), trim('  a ')", rows: "a[b]c|12|**a|a |a"},
		{sql: "SELECT ceil(1.2), floor(-1.2D), round(2.5), pmod(-1, 3), sign(-2), greatest(1, 3, 2)", rows: "2|-2|3|2|-1.0|3"},
		{sql: "SELECT year(DATE'2024-05-06'), month('2024-05-06'), dayofweek(DATE'2024-01-07'), datediff(DATE'2024-01-10', DATE'2024-01-01'), date_add(DATE'2024-01-01', 1), extract(YEAR FROM DATE'2024-05-06')", rows: "2024|5|1|9|2024-01-02|2024", types: "INT|INT|INT|INT|DATE|INT"},
		{sql: "SELECT date_format(TIMESTAMP'2024-01-05 10:07:08', 'yyyy/MM/dd HH:mm'), to_date('05.01.2024', 'dd.MM.yyyy'), last_day(DATE'2024-02-01'), add_months(DATE'2024-01-31', 1), trunc(DATE'2024-05-06', 'MM')", rows: "2024/01/05 10:07|2024-01-05|2024-02-29|2024-02-29|2024-05-01"},
		{sql: "SELECT date_trunc('month', TIMESTAMP'2024-01-15 10:00:00'), timestampadd(HOUR, 2, TIMESTAMP'2024-01-15 10:00:00'), timestampdiff(DAY, DATE'2024-01-01', DATE'2024-01-03')", rows: "2024-01-01T00:00:00.000Z|2024-01-15T12:00:00.000Z|2"},
		{sql: "SELECT current_user(), session_user(), is_account_group_member('admins'), is_member('analysts'), current_catalog(), current_schema()", rows: "ana@example.com|ana@example.com|true|false|main|default"},
		{sql: "SELECT id FROM range(3) ORDER BY CASE WHEN id = 1 THEN NULL ELSE id END", rows: "1\n0\n2", columns: "id"},
		{sql: "SELECT * FROM VALUES (1, 'a'), (2, NULL) AS t(x, y) ORDER BY x DESC", rows: "2|NULL\n1|a", columns: "x|y"},
		{sql: "VALUES (1, 2)", rows: "1|2", columns: "col1|col2"},
		{sql: "SELECT * EXCEPT (a) FROM (SELECT 1 AS a, 2 AS b)", rows: "2", columns: "b"},
		{sql: "WITH t AS (SELECT 1 AS a), u AS (SELECT a + 1 AS a FROM t) SELECT t.a, u.a FROM t, u", rows: "1|2"},
		{sql: "SELECT x FROM (SELECT array(1, 2) AS a) LATERAL VIEW explode(a) AS x", rows: "1\n2"},
		{sql: "SELECT explode(array(5, 6))", rows: "5\n6"},
		{sql: "SELECT row_number() OVER (ORDER BY id DESC), lag(id) OVER (ORDER BY id), id FROM range(2) ORDER BY id", rows: "2|NULL|0\n1|0|1", types: "INT|BIGINT|BIGINT"},
		{sql: "SELECT id FROM range(5) QUALIFY row_number() OVER (ORDER BY id DESC) = 1", rows: "4"},
		{sql: "SELECT id % 2 AS k, collect_list(id), count(DISTINCT id) FROM range(3) GROUP BY ALL ORDER BY k", rows: "0|[\"0\",\"2\"]|2\n1|[\"1\"]|1"},
		{sql: "SELECT 1 MINUS SELECT 2", rows: "1"},
		{sql: "SELECT a.id FROM range(3) a LEFT ANTI JOIN range(2) b ON a.id = b.id", rows: "2"},
		{sql: "SELECT try_divide(1, 0), 1 IN (1, 2), 2 BETWEEN 1 AND 3, NOT true", rows: "NULL|true|true|false"},
		{sql: "SELECT /* a /* nested */ comment */ 1 -- end\n;", rows: "1"},
		{sql: "SELECT 10 LIMIT 0", rows: ""},
		{sql: "SELECT max_by(id, -id), min_by(id, -id), stddev(id), median(id) FROM range(3)", rows: "0|2|1.0|1.0"},
		{sql: "SELECT TIMESTAMP'2024-01-01' > DATE'2023-01-01', '5' + 1", rows: "true|6"},
		{sql: "SELECT CASE WHEN 1 = 1 THEN 'y' ELSE 'n' END AS c", rows: "y", columns: "c"},
		{sql: "SELECT base64('a'), md5('a'), sha2('a', 256), unbase64('YQ==')", rows: "YQ==|0cc175b9c0f1b6a831c399e269772661|ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb|YQ=="},
		{sql: "SELECT unix_timestamp(TIMESTAMP'1970-01-01 00:01:00'), from_unixtime(60), timestamp_seconds(60)", rows: "60|1970-01-01 00:01:00|1970-01-01T00:01:00.000Z"},
		{sql: "EXPLAIN SELECT 1 WHERE false", rows: "*"},
		{sql: "DESCRIBE QUERY SELECT 1 AS a, 'x' AS b", rows: "a|int|NULL\nb|string|NULL"},
		{sql: "SELECT * FROM range(2, 4)", rows: "2\n3"},
		{sql: "SELECT count(*) FROM samples.science.penguins WHERE species = 'Adelie'", rows: "*"},
		{sql: "SELECT e.PLACE FROM `samples`.`Science`.EARTHQUAKES e LIMIT 1", rows: "*"},
		{sql: "SELECT sum(CAST(1.5 AS DECIMAL(10,2))) FROM range(2)", rows: "3.00"},
		{sql: "SELECT struct(1 AS a, 'b').a, named_struct('x', array(1)).x[0]", rows: "1|1"},
	} {
		t.Run(q.sql, func(t *testing.T) {
			t.Parallel()
			a := sql(t, c, q.sql)
			if got := a.rows(); got != q.rows && q.rows != "*" {
				t.Errorf("rows\n%s\nwant\n%s", got, q.rows)
			}
			if got := a.types(); q.types != "" && got != q.types {
				t.Errorf("types %s, want %s", got, q.types)
			}
			if got := a.columns(); q.columns != "" && got != q.columns {
				t.Errorf("columns %s, want %s", got, q.columns)
			}
		})
	}
}

// TestErrors holds the class and SQLSTATE that Databricks answers with.
func TestErrors(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for _, q := range []struct{ sql, want string }{
		{"SELEC 1", "PARSE_SYNTAX_ERROR 42601"},
		{"SELECT 1 FROM", "PARSE_SYNTAX_ERROR 42601"},
		{"SELECT (1", "PARSE_SYNTAX_ERROR 42601"},
		{"SELECT 'x", "PARSE_SYNTAX_ERROR 42601"},
		{"SELECT 1; SELECT 2", "PARSE_SYNTAX_ERROR 42601"},
		{"/* open", "UNCLOSED_BRACKETED_COMMENT 42601"},
		{"-- nothing", "PARSE_EMPTY_STATEMENT 42617"},
		{"SELECT 1/0", "DIVIDE_BY_ZERO 22012"},
		{"SELECT id / (id - id) FROM range(2)", "DIVIDE_BY_ZERO 22012"},
		{"SELECT 1 div 0", "DIVIDE_BY_ZERO 22012"},
		{"SELECT 1 % 0", "REMAINDER_BY_ZERO 22012"},
		{"SELECT 2147483647 + 1", "ARITHMETIC_OVERFLOW 22003"},
		{"SELECT sum(id + 9223372036854775000) FROM range(3)", "ARITHMETIC_OVERFLOW 22003"},
		{"SELECT CAST('abc' AS INT)", "CAST_INVALID_INPUT 22018"},
		{"SELECT CAST('1.5' AS INT)", "CAST_INVALID_INPUT 22018"},
		{"SELECT CAST('x' AS DATE)", "CAST_INVALID_INPUT 22018"},
		{"SELECT CAST('x' AS DOUBLE)", "CAST_INVALID_INPUT 22018"},
		{"SELECT CAST(300 AS TINYINT)", "CAST_OVERFLOW 22003"},
		{"SELECT id FROM range(2) WHERE id", "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN 42K09"},
		{"SELECT id = array(1) FROM range(2)", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES 42K09"},
		{"SELECT CASE WHEN id = 1 THEN 1 ELSE array(1) END FROM range(2)", "DATATYPE_MISMATCH.DATA_DIFF_TYPES 42K09"},
		{"SELECT 1 AND true", "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE 42K09"},
		{"SELECT 1 UNION SELECT DATE'2024-01-01'", "INCOMPATIBLE_COLUMN_TYPE 42825"},
		{"SELECT 1 UNION SELECT 1, 2", "NUM_COLUMNS_MISMATCH 42826"},
		{"SELECT id FROM range(2) ORDER BY 2", "ORDER_BY_POS_OUT_OF_RANGE 42805"},
		{"SELECT id FROM range(2) GROUP BY 2", "GROUP_BY_POS_OUT_OF_RANGE 42805"},
		{"SELECT sum(max(id)) FROM range(2)", "NESTED_AGGREGATE_FUNCTION 42607"},
		{"SELECT row_number() FROM range(2)", "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE 42601"},
		{"SELECT x.id FROM range(2) t", "UNRESOLVED_COLUMN.WITH_SUGGESTION 42703"},
		{"SELECT to_timestamp('x', 'yyyy')", "CANNOT_PARSE_TIMESTAMP 22007"},
		{"SELECT id FROM range(2) LIMIT -1", "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE 42K0E"},
		{"SELECT 1 | 2 & 3", "UNSUPPORTED_FEATURE 0A000"},
		{"SELECT nope", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION 42703"},
		{"SELECT nope(1)", "UNRESOLVED_ROUTINE 42883"},
		{"SELECT * FROM nope", "TABLE_OR_VIEW_NOT_FOUND 42P01"},
		{"SELECT * FROM nope.nope.nope", "TABLE_OR_VIEW_NOT_FOUND 42P01"},
		{"SELECT array(1)[5]", "INVALID_ARRAY_INDEX 22003"},
		{"SELECT id, count(*) FROM range(2)", "MISSING_GROUP_BY 42803"},
		{"SELECT id, id + 1, count(*) FROM range(2) GROUP BY id + 1", "MISSING_AGGREGATION 42803"},
		{"SELECT (SELECT id FROM range(2))", "SCALAR_SUBQUERY_TOO_MANY_ROWS 21000"},
		{"SELECT :x", "UNBOUND_SQL_PARAMETER 42P02"},
		{"SELECT CAST(DATE'2024-01-02' AS INT)", "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION 42K09"},
		{"SELECT aes_encrypt('a', 'b')", "UNSUPPORTED_FEATURE 0A000"},
		{"SELECT * FROM samples.science.penguins VERSION AS OF 1", "UNSUPPORTED_FEATURE 0A000"},
		{"CACHE TABLE x", "UNSUPPORTED_FEATURE 0A000"},
		{"CREATE SCHEMA nope.x", "NO_SUCH_CATALOG_EXCEPTION 42704"},
		{"CREATE TABLE main.nope.t (a INT)", "SCHEMA_NOT_FOUND 42704"},
		{"CREATE TABLE main.default.`a.b` (a INT)", "INVALID_SCHEMA_OR_RELATION_NAME 42602"},
		{"CREATE TABLE main.default.t (a INT, A INT)", "COLUMN_ALREADY_EXISTS 42711"},
		{"CREATE TABLE main.default.t (a NONSENSE)", "UNSUPPORTED_DATATYPE 0A000"},
		{"DROP TABLE main.default.nope", "TABLE_OR_VIEW_NOT_FOUND 42P01"},
		{"DROP SCHEMA main.nope", "SCHEMA_NOT_FOUND 42704"},
		{"INSERT INTO samples.science.penguins VALUES (1)", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS 21S01"},
		{"GRANT SELECT ON SCHEMA main.default TO nobody", "PRINCIPAL_DOES_NOT_EXIST 42704"},
		{"GRANT USE CATALOG ON SCHEMA main.default TO `ben@example.com`", "INVALID_PARAMETER_VALUE 22023"},
		{"SHOW SHARES", "UNSUPPORTED_FEATURE 0A000"},
	} {
		t.Run(q.sql, func(t *testing.T) {
			t.Parallel()
			if got, message := sqlError(t, c, q.sql); got != q.want {
				t.Errorf("%s, want %s\n%s", got, q.want, message)
			}
		})
	}
}
