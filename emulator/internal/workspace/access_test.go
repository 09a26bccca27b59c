package workspace

import (
	"errors"
	"fmt"
	"testing"

	"github.com/databricks/databricks-sdk-go/apierr"
)

const denied = "INSUFFICIENT_PERMISSIONS 42501"

func TestPrivilegesHoldForEveryStatement(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	play(t, s, []step{
		{as: ben, sql: "SELECT count(*) > 0 FROM samples.science.penguins", want: "true"},
		{as: ben, sql: "SELECT count(*) > 0 FROM samples.economy.country_indicators", want: "true"},
		{as: cleo, sql: "SELECT 1", want: "1"},
	})
	// What ben may not read stays unreadable from wherever a table can stand.
	const secret = "samples.economy.wages"
	for _, form := range []string{
		"SELECT * FROM %s", "SELECT 1 WHERE EXISTS (SELECT 1 FROM %s)", "SELECT (SELECT count(*) FROM %s)",
		"WITH x AS (SELECT * FROM %s) SELECT * FROM x", "WITH wages AS (SELECT * FROM %s) SELECT 1", "SELECT 1 UNION ALL SELECT count(*) FROM %s",
		"SELECT * FROM samples.science.penguins JOIN %s ON true", "SELECT * FROM (SELECT * FROM (SELECT * FROM %s))",
		"SELECT id FROM range((SELECT count(*) FROM %s))", "SELECT CASE WHEN (SELECT count(*) FROM %s) > 0 THEN 1 END",
		"SELECT id FROM range(3) ORDER BY (SELECT count(*) FROM %s)", "SELECT 1 LIMIT (SELECT count(*) FROM %s)",
		"SELECT count(*) FILTER (WHERE (SELECT true FROM %s LIMIT 1)) FROM range(1)", "SELECT * FROM range(1) x, LATERAL (SELECT * FROM %s) y",
		"SELECT sum(id) OVER (ORDER BY (SELECT count(*) FROM %s)) FROM range(2)", "FROM %s", "TABLE %s", "VALUES ((SELECT count(*) FROM %s))",
		"INSERT INTO main.samples.bens SELECT count(*) FROM %s", "INSERT INTO main.samples.bens VALUES ((SELECT count(*) FROM %s))",
		"UPDATE main.samples.bens SET a = (SELECT count(*) FROM %s)", "UPDATE main.samples.bens SET a = 1 WHERE a IN (SELECT 1 FROM %s)",
		"DELETE FROM main.samples.bens WHERE EXISTS (SELECT 1 FROM %s)", "CREATE TABLE main.samples.x AS SELECT * FROM %s",
		"CREATE VIEW main.samples.x AS SELECT * FROM %s", "EXPLAIN SELECT * FROM %s", "DESCRIBE QUERY SELECT * FROM %s", "DESCRIBE %s", "SHOW CREATE TABLE %s",
		"SHOW COLUMNS IN %s", "MERGE INTO main.samples.bens t USING %s s ON true WHEN MATCHED THEN DELETE",
		"MERGE INTO main.samples.bens t USING (SELECT 1 AS a) s ON t.a = (SELECT count(*) FROM %s) WHEN MATCHED THEN DELETE",
		"MERGE INTO main.samples.bens t USING (SELECT 1 AS a) s ON true WHEN NOT MATCHED THEN INSERT (a) VALUES ((SELECT count(*) FROM %s))",
		"SELECT * FROM IDENTIFIER('%s')", "SELECT filter(array(1), x -> x IN (SELECT 1 FROM %s))",
	} {
		play(t, s, []step{{as: ana, sql: "SELECT 1", want: "1"}})
		if form[:1] == "I" || form[:1] == "U" || form[:1] == "D" || form[:1] == "M" {
			sql(t, s.databricks(t, ben), "CREATE TABLE IF NOT EXISTS main.samples.bens (a INT)")
		}
		statement := fmt.Sprintf(form, secret)
		if got, message := sqlError(t, s.databricks(t, ben), statement); got != denied {
			t.Errorf("%s: %s, want %s\n%s", statement, got, denied, message)
		}
	}
	play(t, s, []step{
		{as: ben, sql: "INSERT INTO samples.science.penguins SELECT * FROM samples.science.penguins", fails: denied},
		{as: ben, sql: "UPDATE samples.science.penguins SET species = 'x'", fails: denied},
		{as: ben, sql: "DELETE FROM samples.science.penguins", fails: denied},
		{as: ben, sql: "TRUNCATE TABLE samples.science.penguins", fails: denied},
		{as: ben, sql: "DROP TABLE samples.science.penguins", fails: denied},
		{as: ben, sql: "ALTER TABLE samples.science.penguins ADD COLUMN x INT", fails: denied},
		{as: ben, sql: "COMMENT ON TABLE samples.science.penguins IS 'x'", fails: denied},
		{as: ben, sql: "GRANT SELECT ON TABLE samples.science.penguins TO `cleo@example.com`", fails: denied},
		{as: ben, sql: "CREATE SCHEMA main.bens", fails: denied},
		{as: ben, sql: "CREATE CATALOG bens", fails: denied},
		{as: ben, sql: "CREATE TABLE samples.science.x (a INT)", fails: denied},
		{as: ben, sql: "SHOW CATALOGS", want: "main\nsamples\nsystem"},
		{as: ben, sql: "SHOW SCHEMAS IN samples", want: "economy\ninformation_schema\nscience\ntransport"},
		{as: ben, sql: "SHOW TABLES IN samples.economy", want: "economy|country_indicators|false"},
		{as: cleo, sql: "SHOW CATALOGS", want: "system"},
		{as: cleo, sql: "SHOW SCHEMAS IN samples", fails: denied},
		{as: cleo, sql: "SELECT * FROM samples.science.penguins", fails: denied},
		{as: cleo, sql: "SELECT * FROM samples.science.nope", fails: denied},
		{as: cleo, sql: "USE CATALOG samples", fails: denied},
		{as: cleo, sql: "SHOW GRANTS ON SCHEMA samples.science", fails: denied},
	})
}

func TestGrantsOpenAndClose(t *testing.T) {
	t.Parallel()
	play(t, serve(t, t.TempDir()), []step{
		{as: ana, sql: "GRANT USE CATALOG ON CATALOG samples TO `cleo@example.com`"},
		{as: cleo, sql: "SELECT count(*) > 0 FROM samples.science.penguins", fails: denied},
		{as: ana, sql: "GRANT USE SCHEMA, SELECT ON SCHEMA samples.science TO `cleo@example.com`"},
		{as: cleo, sql: "SELECT count(*) > 0 FROM samples.science.penguins", want: "true"},
		{as: ana, sql: "SHOW GRANTS `cleo@example.com` ON TABLE samples.science.penguins", want: "cleo@example.com|USE SCHEMA|SCHEMA|samples.science\ncleo@example.com|SELECT|SCHEMA|samples.science\ncleo@example.com|USE CATALOG|CATALOG|samples"},
		{as: ana, sql: "REVOKE SELECT ON SCHEMA samples.science FROM `cleo@example.com`"},
		{as: cleo, sql: "SELECT count(*) FROM samples.science.penguins", fails: denied},
		{as: ana, sql: "GRANT USE CATALOG, USE SCHEMA, SELECT ON CATALOG samples TO analysts"},
		{as: ben, sql: "SELECT count(*) > 0 FROM samples.economy.wages", want: "true"},
		{as: ana, sql: "GRANT SELECT ON CATALOG samples TO `account users`"},
		{as: cleo, sql: "SELECT count(*) > 0 FROM samples.science.penguins", want: "true"},
		// A view opens what its owner may read, and no more.
		{as: ana, sql: "CREATE VIEW main.samples.open AS SELECT count(*) AS n, current_user() AS who FROM samples.climate.daily_weather"},
		{as: ana, sql: "GRANT SELECT ON TABLE main.samples.open TO `ben@example.com`"},
		{as: ana, sql: "REVOKE SELECT ON CATALOG samples FROM `account users`"},
		{as: ana, sql: "REVOKE SELECT ON CATALOG samples FROM analysts"},
		{as: ben, sql: "SELECT n > 0, who FROM main.samples.open", want: "true|ben@example.com"},
		{as: ben, sql: "SELECT * FROM samples.climate.daily_weather", fails: denied},
		{as: ben, sql: "CREATE TABLE main.samples.bens AS SELECT 1 AS a", want: "1|1"},
		{as: ana, sql: "SELECT * FROM main.samples.bens", want: "1"},
		{as: ben, sql: "ALTER TABLE main.samples.bens OWNER TO `cleo@example.com`"},
		{as: ben, sql: "SELECT * FROM main.samples.bens", fails: denied},
	})
}

func TestNobodyReachesTheEngine(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	for _, statement := range []string{
		"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('*')",
		"SELECT * FROM `/etc/passwd`", "SELECT getenv('HOME')", "SELECT getvariable('x')", "SELECT current_setting('threads')", "SELECT `getvariable`('x')",
		"SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_tables", "SELECT * FROM pragma_database_list", "SELECT * FROM sqlite_master",
		"SELECT * FROM pg_catalog.pg_tables", "SELECT * FROM system.main.duckdb_settings",
		"SELECT * FROM query('SELECT 1')", "SELECT * FROM query_table('samples.science.penguins')", "SELECT * FROM (DESCRIBE samples.science.penguins)", "SELECT * FROM (SHOW TABLES)", "SELECT * FROM (SUMMARIZE samples.science.penguins)",
		"SELECT columns('x')", "SELECT main.getvariable('x')", "SELECT system.main.getvariable('x')", "SELECT 'x'.getvariable()", "SELECT json_execute_serialized_sql('x')",
		"SET memory_limit = '1TB'", "SET VARIABLE x = 1", "RESET threads", "ATTACH ':memory:' AS x", "DETACH uc_main", "COPY samples.science.penguins TO '/tmp/x'", "EXPORT DATABASE '/tmp/x'",
		"PRAGMA database_list", "INSTALL httpfs", "LOAD httpfs", "CALL pragma_version()", "CHECKPOINT", "VACUUM", "PREPARE x AS SELECT 1", "EXECUTE x", "BEGIN", "IMPORT DATABASE 'x'",
		"CREATE MACRO f() AS 1", "CREATE TEMP TABLE x (a INT)", "CREATE SEQUENCE x", "CREATE SECRET x (TYPE s3)",
		"UPDATE main.samples.t SET a = 1 RETURNING *", "DELETE FROM main.samples.t USING samples.economy.wages", "DELETE FROM main.samples.t WHERE true RETURNING a",
		"UPDATE main.samples.t SET a = b FROM samples.economy.wages", "DELETE FROM main.samples.t WHERE true UNION SELECT 1", "UPDATE main.samples.t SET a = 1, b = 2 WHERE true ORDER BY 1",
		"INSERT INTO main.samples.t VALUES (1) ON CONFLICT DO NOTHING", "INSERT INTO main.samples.t VALUES (1) RETURNING a",
		"SELECT nextval('x')", "SELECT write_log('x')", "SELECT #1", "SELECT $1", "SELECT $x", "SELECT ?", "FROM samples.science.penguins SELECT COLUMNS(*)",
		"SELECT * FROM uc_main.samples.t", "SELECT * FROM temp.t", "SELECT * FROM memory.main.t", "SELECT corbel_cast_integer('1')",
		"SELECT 1 INTO x", "SELECT * FROM range(1) POSITIONAL JOIN range(2)", "SELECT * FROM read_blob('x'), range(1)",
	} {
		for _, user := range []string{ana, cleo} {
			a, err := execute(t.Context(), s.databricks(t, user), statement, nil)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status.State != "FAILED" {
				t.Errorf("%s: %s: %s\n%s", user, statement, a.Status.State, a.rows())
			}
			if a.Status.Error.ErrorCode != "BAD_REQUEST" {
				t.Errorf("%s: %s: %s", user, statement, a.Status.Error.Message)
			}
		}
	}
}

func apiError(t *testing.T, err error) *apierr.APIError {
	t.Helper()
	var e *apierr.APIError
	if !errors.As(err, &e) {
		t.Fatalf("error %v is not an API error", err)
	}
	return e
}
