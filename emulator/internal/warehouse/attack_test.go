package warehouse

import (
	"fmt"
	"strings"
	"testing"

	"corbel.example/emulator/internal/dialect"
)

// engineExpressions reach for the engine, its settings, the environment, other sessions.
var engineExpressions = []string{
	"getenv('HOME')", "GETENV('HOME')", "`getenv`('HOME')", "main.getenv('HOME')", "system.main.getenv('HOME')", "'HOME'.getenv()", "getvariable('x')", "current_setting('threads')", "`current_setting`('temp_directory')",
	"current_query()", "txid_current()", "nextval('x')", "currval('x')", "json_execute_serialized_sql('x')", "json_serialize_sql('SELECT 1')", "json_deserialize_sql('{}')", "pg_typeof(1)", "in_search_path('x', 'y')",
	"get_block_size('x')", "write_log('x')", "parse_duckdb_log_message('x', 'y')", "columns('x')", "columns(*)", "corbel_cast_integer('1')", "corbel_plus(1, 2)", "create_sort_key('x', 'ASC')", "vector_type(1)", "stats(1)", "sleep_ms(1)",
	"error('x')", "getenv /* x */ ('HOME')", "ｇｅｔｅｎｖ('HOME')", "gеtenv('HOME')", "list_apply([1], x -> getenv('HOME'))", "transform(array('HOME'), x -> getenv(x))", "$x", "?", "#1", "current_role", "pg_catalog.current_setting('threads')",
}

// engineRelations do the same where a table can stand.
var engineRelations = []string{
	"read_csv('/etc/passwd')", "read_csv_auto('/etc/passwd')", "read_text('/etc/passwd')", "read_blob('/etc/passwd')", "read_json('/etc/passwd')", "read_ndjson('x')", "read_json_objects('x')", "read_parquet('x')", "parquet_scan('x')", "parquet_metadata('x')", "sniff_csv('/etc/passwd')",
	"glob('/etc/*')", "'/etc/passwd'", "`/etc/passwd`", "`file.csv`", "\"/etc/passwd\"", "duckdb_settings()", "duckdb_tables()", "duckdb_columns()", "duckdb_secrets()", "duckdb_functions()", "duckdb_logs()", "duckdb_temporary_files()", "duckdb_extensions()", "duckdb_variables()", "duckdb_views()",
	"duckdb_tables", "duckdb_settings", "pragma_database_list", "pragma_table_info('sealed')", "pragma_database_size()", "pragma_storage_info('sealed')", "pragma_version()", "pragma_platform()", "sqlite_master", "sqlite_schema", "pg_catalog.pg_tables", "pg_catalog.pg_class", "pg_tables",
	"system.main.duckdb_settings", "temp.information_schema.tables", "memory.main.x", "temp.x", "temp.main.x", "uc_c.s.sealed", "uc_c.information_schema.tables", "c.information_schema.sealed", "query('SELECT 1')", "query_table('sealed')", "query_table('uc_c.s.sealed')", "seq_scan('sealed')",
	"checkpoint()", "force_checkpoint()", "(DESCRIBE sealed)", "(SHOW TABLES)", "(SHOW ALL TABLES)", "(SUMMARIZE sealed)", "(PIVOT sealed ON a)", "(FROM duckdb_tables())", "repeat_row(1, num_rows := 3)", "test_all_types()", "sql_auto_complete('SEL')", "which_secret('x', 's3')", "arrow_scan(1, 2, 3)",
	"dsdgen(sf := 1)", "summary(sealed)", "json_each('{}')", "range(3) POSITIONAL JOIN range(3)", "sealed AT (VERSION => 1)", "read_csv /**/ ('x')", "read＿csv('x')", "main.read_csv('x')", "system.main.read_csv('x')", "IDENTIFIER('read_csv')('x')", "IDENTIFIER('duckdb_tables()')", "IDENTIFIER('uc_c.s.sealed')",
}

// engineStatements are whole statements that Databricks does not have, or that the
// workspace must not run.
var engineStatements = []string{
	"SET memory_limit = '1TB'", "SET VARIABLE x = 1", "RESET threads", "ATTACH ':memory:' AS x", "ATTACH '/tmp/x.db'", "DETACH uc_c", "COPY sealed TO '/tmp/x'", "COPY (SELECT 1) TO '/tmp/x'", "COPY sealed FROM '/etc/passwd'", "EXPORT DATABASE '/tmp/x'", "IMPORT DATABASE '/tmp/x'",
	"PRAGMA database_list", "PRAGMA enable_external_access", "INSTALL httpfs", "LOAD httpfs", "FORCE INSTALL x", "UPDATE EXTENSIONS", "CALL pragma_version()", "CHECKPOINT", "FORCE CHECKPOINT", "VACUUM", "PREPARE x AS SELECT 1", "EXECUTE x", "DEALLOCATE x", "BEGIN", "BEGIN TRANSACTION", "COMMIT", "ROLLBACK", "ABORT",
	"CREATE MACRO f() AS 1", "CREATE TEMP TABLE x (a INT)", "CREATE TEMP MACRO f() AS 1", "CREATE SEQUENCE x", "CREATE SECRET x (TYPE s3)", "CREATE TYPE x AS ENUM ('a')", "CREATE INDEX i ON sealed (a)", "DROP MACRO corbel_plus", "DROP INDEX i", "DROP SEQUENCE x", "ALTER DATABASE x SET y = 1", "SUMMARIZE sealed", "PIVOT sealed ON a", "UNPIVOT sealed ON a INTO NAME n VALUE v",
	"SELECT 1; SELECT 2", "SELECT 1; DROP TABLE sealed", "SELECT 1 INTO x", "SELECT 1 -- ' \n; ATTACH 'x'", "FROM sealed SELECT COLUMNS(*)", "SELECT * FROM sealed USING SAMPLE 1 ROWS", "DESCRIBE", "SHOW", "SHOW ALL TABLES", "SHOW DATABASES x y", "USE uc_c.s.t.u", "COMMENT ON MACRO f IS 'x'",
	"UPDATE sealed SET a = 1 RETURNING *", "DELETE FROM sealed USING open", "DELETE FROM sealed WHERE true RETURNING a", "UPDATE sealed SET a = b FROM open", "DELETE FROM sealed WHERE true UNION SELECT 1", "UPDATE sealed SET a = 1 WHERE true ORDER BY 1", "INSERT INTO sealed VALUES (1, 'x') ON CONFLICT DO NOTHING", "INSERT INTO sealed VALUES (1, 'x') RETURNING a",
	"INSERT OR REPLACE INTO sealed VALUES (1, 'x')", "INSERT INTO sealed BY NAME SELECT 1 AS a", "UPDATE sealed SET a = (1), b = (SELECT 'x') FROM open", "DELETE FROM sealed WHERE a IN (1) LIMIT 1", "MERGE INTO sealed USING open ON true WHEN MATCHED THEN DELETE RETURNING *", "CREATE TABLE c.scratch.z (a INT CHECK (getenv('HOME') > a))", "CREATE TABLE c.scratch.z (a STRING GENERATED ALWAYS AS (getenv('HOME')))", "ALTER TABLE open ADD CONSTRAINT k CHECK (nextval('x') > 0)", "CREATE TABLE c.scratch.z (a INT DEFAULT getenv('HOME'))",
	"CREATE TABLE c.scratch.z (a INT) USING csv LOCATION '/etc/passwd'", "CREATE VIEW c.scratch.z AS SELECT 1; SELECT 2", "EXPLAIN ANALYZE DELETE FROM sealed", "EXPLAIN ATTACH 'x'", "DESCRIBE QUERY ATTACH 'x'", "CREATE TABLE `../../x` (a INT)", "CREATE SCHEMA `a/b`", "CREATE CATALOG `../x`",
	"INSERT OVERWRITE DIRECTORY '/tmp/x' SELECT 1", "INSERT OVERWRITE LOCAL DIRECTORY '/tmp/x' SELECT 1", "ADD JAR '/tmp/x'", "LIST FILE", "SELECT * FROM csv.`/etc/passwd`", "SELECT * FROM text.`/etc/passwd`", "SELECT * FROM parquet.`s3://x/y`", "SELECT * FROM read_files('/etc/passwd')", "SELECT * FROM delta.`/tmp/x`", "WITH x AS (DELETE FROM sealed RETURNING *) SELECT * FROM x",
	"WITH x AS MATERIALIZED (ATTACH 'x') SELECT 1", "SELECT 'a' COLLATE x", "SELECT {'a': getenv('HOME')}", "SELECT [getenv(x) for x in ['HOME']]", "SELECT a:b.getenv('HOME') FROM VALUES ('x') t(a)", "SELECT DATE(getenv('HOME'))", "SELECT * FROM VALUES (getenv('HOME'))",
}

// expressionPositions are the places where an expression can stand.
var expressionPositions = []string{
	"SELECT %s", "SELECT 1 WHERE %s = '1'", "SELECT id FROM range(2) ORDER BY %s", "SELECT count(*) FROM range(2) GROUP BY %s", "SELECT count(*) FROM range(2) HAVING %s = '1'", "SELECT 1 LIMIT %s", "SELECT id FROM range(2) QUALIFY %s = '1'",
	"SELECT max(%s)", "SELECT count(*) FILTER (WHERE %s = '1') FROM range(1)", "SELECT sum(id) OVER (PARTITION BY %s) FROM range(2)", "SELECT CASE WHEN true THEN %s END", "SELECT CAST(%s AS STRING)", "SELECT array(%s)[0]", "SELECT named_struct('a', %s)", "SELECT transform(array(1), x -> %s)",
	"SELECT 1 IN (SELECT %s)", "WITH x AS (SELECT %s) SELECT * FROM x", "VALUES (%s)", "SELECT * FROM VALUES (%s) AS t(a)", "SELECT * FROM range(1) a JOIN range(1) b ON %s = '1'", "SELECT * FROM explode(array(%s))", "SELECT x FROM range(1) LATERAL VIEW explode(array(%s)) t AS x", "SELECT c.s.of(%s)",
	"INSERT INTO c.s.open VALUES (1, %s)", "UPDATE c.s.open SET b = %s", "UPDATE c.s.open SET a = 1 WHERE %s = '1'", "DELETE FROM c.s.open WHERE %s = '1'", "CREATE TABLE c.scratch.z AS SELECT %s AS v", "CREATE VIEW c.scratch.z AS SELECT %s AS v", "CREATE FUNCTION c.scratch.g(x INT) RETURN %s", "DESCRIBE QUERY SELECT %s", "EXPLAIN SELECT %s",
	"MERGE INTO c.s.open t USING (SELECT 1 AS a) s ON %s = '1' WHEN MATCHED THEN DELETE", "MERGE INTO c.s.open t USING (SELECT 1 AS a) s ON true WHEN MATCHED THEN UPDATE SET b = %s", "SELECT * FROM range(%s)", "SELECT timestampadd(DAY, %s, now())", "SELECT struct(%s AS a)",
}

// relationPositions are the places where a table can stand.
var relationPositions = []string{
	"SELECT * FROM %s", "FROM %s", "SELECT * FROM range(1), %s", "SELECT * FROM range(1) x JOIN %s ON true", "SELECT (SELECT 1 FROM %s)", "SELECT 1 WHERE EXISTS (SELECT 1 FROM %s)", "WITH x AS (SELECT * FROM %s) SELECT * FROM x", "SELECT 1 UNION ALL SELECT 1 FROM %s", "SELECT * FROM (SELECT * FROM %s)",
	"SELECT * FROM range(1) x, LATERAL (SELECT * FROM %s) y", "SELECT 1 IN (SELECT 1 FROM %s)", "INSERT INTO c.s.open SELECT 1, 'x' FROM %s", "CREATE TABLE c.scratch.z AS SELECT 1 AS a FROM %s", "CREATE VIEW c.scratch.z AS SELECT 1 AS a FROM %s", "CREATE FUNCTION c.scratch.g() RETURN (SELECT max(1) FROM %s)",
	"DELETE FROM c.s.open WHERE a IN (SELECT 1 FROM %s)", "UPDATE c.s.open SET a = (SELECT 1 FROM %s)", "MERGE INTO c.s.open t USING %s s ON true WHEN MATCHED THEN DELETE", "DESCRIBE QUERY SELECT * FROM %s", "EXPLAIN SELECT * FROM %s",
}

func fill(positions, payloads []string) (statements []string) {
	for _, position := range positions {
		for _, payload := range payloads {
			statements = append(statements, strings.ReplaceAll(position, "%s", payload))
		}
	}
	return statements
}

// attacks are a slice of all attempts that is small enough to seed a fuzzer.
func attacks() (statements []string) {
	statements = append(statements, engineStatements...)
	for i, payload := range engineExpressions {
		statements = append(statements, fmt.Sprintf(expressionPositions[i%len(expressionPositions)], payload))
	}
	for i, payload := range engineRelations {
		statements = append(statements, fmt.Sprintf(relationPositions[i%len(relationPositions)], payload))
	}
	return append(statements, fill(relationPositions, []string{"sealed", "c.hidden.sealed"})...)
}

func TestNobodyReachesTheEngine(t *testing.T) {
	t.Parallel()
	w := newTwins(t, t.TempDir())
	t.Cleanup(func() { w.close(t) })
	l := w.labs[0]
	statements := append(fill(expressionPositions, engineExpressions), fill(relationPositions, engineRelations)...)
	statements = append(statements, engineStatements...)
	for _, s := range statements {
		rows, err := l.try(t.Context(), admin, s)
		if err == nil {
			t.Errorf("%s: succeeded:\n%s", s, rows)
			continue
		}
		if c := class(t, err); c == "INTERNAL_ERROR" || c == denied {
			t.Errorf("%s: %v", s, err)
		}
	}
	t.Logf("%d attempts", len(statements))
}

func TestParametersAndNamesAreNoWayIn(t *testing.T) {
	t.Parallel()
	w := newTwins(t, t.TempDir())
	t.Cleanup(func() { w.close(t) })
	statements := []string{"SELECT * FROM IDENTIFIER(:p)", "SELECT IDENTIFIER(:p)('x')", "INSERT INTO IDENTIFIER(:p) VALUES (1, 'x')", "SELECT a FROM open WHERE b = IDENTIFIER(:p)", "DESCRIBE TABLE IDENTIFIER(:p)", "CREATE VIEW c.scratch.v AS SELECT * FROM IDENTIFIER(:p)"}
	values := []string{"sealed", "c.s.sealed", "c.hidden.sealed", "`c`.`s`.`sealed`", "uc_c.s.sealed", "sealed; DROP TABLE open", "sealed -- ", "sealed) UNION SELECT * FROM sealed", "read_csv('/etc/passwd')", "/etc/passwd", "duckdb_tables()", "pragma_database_list", "getenv", "'HOME'", "", ".", "c..sealed", "\x00", "c.s.`sealed", "s\u0435aled"}
	for _, statement := range statements {
		for _, value := range values {
			for i, l := range w.labs {
				var p page
				err := l.Execute(t.Context(), Request{
					Statement: statement, Principal: l.people[bob], Catalog: "c", Schema: "s",
					Arguments: []dialect.Argument{{Name: "p", Value: &value}},
				}, &p)
				if err == nil {
					t.Errorf("%s with %q: succeeded:\n%s", statement, value, strings.Join(p.rows, "\n"))
				} else if strings.Contains(err.Error(), canaries[i]) || class(t, err) == "INTERNAL_ERROR" {
					t.Errorf("%s with %q: %v", statement, value, err)
				}
			}
		}
	}
}
