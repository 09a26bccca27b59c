package workspace

import (
	"testing"
)

// step is a statement and what comes of it: rows, or an error class with its SQLSTATE.
type step struct{ as, sql, want, fails string }

func play(t *testing.T, s *served, steps []step) {
	t.Helper()
	for _, st := range steps {
		c := s.databricks(t, st.as)
		if st.fails != "" {
			if got, message := sqlError(t, c, st.sql); got != st.fails {
				t.Errorf("%s: %s\n%s, want %s\n%s", st.as, st.sql, got, st.fails, message)
			}
			continue
		}
		if got := sql(t, c, st.sql).rows(); got != st.want && st.want != "*" {
			t.Errorf("%s: %s\nrows\n%s\nwant\n%s", st.as, st.sql, got, st.want)
		}
	}
}

func TestTablesLiveAndDie(t *testing.T) {
	t.Parallel()
	play(t, serve(t, t.TempDir()), []step{
		{as: ana, sql: "CREATE SCHEMA IF NOT EXISTS main.work COMMENT 'mine'"},
		{as: ana, sql: "CREATE SCHEMA main.work", fails: "SCHEMA_ALREADY_EXISTS 42P06"},
		{as: ana, sql: "CREATE TABLE main.work.Orders (id BIGINT NOT NULL COMMENT 'key', `odd \"name``.x` STRING, price DECIMAL(10,2), at TIMESTAMP, tags ARRAY<STRING>) USING DELTA COMMENT 'orders' TBLPROPERTIES ('k' = 'v')"},
		{as: ana, sql: "CREATE TABLE main.work.orders (id INT)", fails: "TABLE_OR_VIEW_ALREADY_EXISTS 42P07"},
		{as: ana, sql: "CREATE TABLE IF NOT EXISTS main.work.orders (id INT)"},
		{as: ana, sql: "INSERT INTO main.work.orders VALUES (1, 'a', 1.5, TIMESTAMP'2024-01-01 00:00:00', array('x')), (2, NULL, NULL, NULL, NULL)", want: "2|2"},
		{as: ana, sql: "INSERT INTO main.work.orders (id) VALUES (NULL)", fails: "DELTA_NOT_NULL_CONSTRAINT_VIOLATED 23502"},
		{as: ana, sql: "INSERT INTO main.work.orders (price, id) SELECT 2.999, 3", want: "1|1"},
		{as: ana, sql: "SELECT * FROM MAIN.WORK.ORDERS ORDER BY ID", want: "1|a|1.50|2024-01-01T00:00:00.000Z|[\"x\"]\n2|NULL|NULL|NULL|NULL\n3|NULL|3.00|NULL|NULL"},
		{as: ana, sql: "UPDATE main.work.orders o SET price = o.price * 2, `odd \"name``.x` = (SELECT max(species) FROM samples.science.penguins) WHERE o.id = 1", want: "1"},
		{as: ana, sql: "SELECT price, `odd \"name``.x` IS NOT NULL FROM main.work.orders WHERE id = 1", want: "3.00|true"},
		{as: ana, sql: "UPDATE main.work.orders SET nope = 1", fails: "UNRESOLVED_COLUMN.WITH_SUGGESTION 42703"},
		{as: ana, sql: "UPDATE main.work.orders SET id = 'x'", fails: "CAST_INVALID_INPUT 22018"},
		{as: ana, sql: "DELETE FROM main.work.orders WHERE id IN (SELECT id FROM main.work.orders WHERE price IS NULL)", want: "1"},
		{as: ana, sql: "DESCRIBE main.work.orders", want: "id|bigint|key\nodd \"name`.x|string|NULL\nprice|decimal(10,2)|NULL\nat|timestamp|NULL\ntags|array<string>|NULL"},
		{as: ana, sql: "SHOW TBLPROPERTIES main.work.orders", want: "k|v"},
		{as: ana, sql: "SHOW COLUMNS IN main.work.orders", want: "id\nodd \"name`.x\nprice\nat\ntags"},
		{as: ana, sql: "COMMENT ON TABLE main.work.orders IS 'it''s'"},
		{as: ana, sql: "COMMENT ON COLUMN main.work.orders.price IS 'in euros'"},
		{as: ana, sql: "ALTER TABLE main.work.orders ADD COLUMNS (extra INT COMMENT 'late')"},
		{as: ana, sql: "ALTER TABLE main.work.orders RENAME COLUMN extra TO more"},
		{as: ana, sql: "ALTER TABLE main.work.orders DROP COLUMN tags"},
		{as: ana, sql: "SHOW CREATE TABLE main.work.orders", want: "CREATE TABLE main.work.orders (\n  id BIGINT NOT NULL COMMENT 'key',\n  `odd \"name``.x` STRING,\n  price DECIMAL(10,2) COMMENT 'in euros',\n  at TIMESTAMP,\n  more INT COMMENT 'late')\nUSING delta\nCOMMENT 'it\\'s'\nTBLPROPERTIES (\n  'k' = 'v')\n"},
		{as: ana, sql: "SELECT more FROM main.work.orders WHERE id = 1", want: "NULL"},
		{as: ana, sql: "CREATE TABLE main.work.copy AS SELECT id, price, sum(id) OVER () AS total, 1.7D AS f FROM main.work.orders", want: "2|2"},
		{as: ana, sql: "DESCRIBE main.work.copy", want: "id|bigint|NULL\nprice|decimal(10,2)|NULL\ntotal|bigint|NULL\nf|double|NULL"},
		{as: ana, sql: "INSERT OVERWRITE main.work.copy SELECT id, price, total, f FROM main.work.copy WHERE id = 1", want: "1|1"},
		{as: ana, sql: "CREATE OR REPLACE TABLE main.work.copy AS SELECT id + 10 AS id FROM main.work.copy", want: "1|1"},
		{as: ana, sql: "SELECT * FROM main.work.copy", want: "11"},
		{as: ana, sql: "INSERT INTO main.work.copy SELECT 1.7D", want: "1|1"},
		{as: ana, sql: "SELECT * FROM main.work.copy ORDER BY id", want: "1\n11"},
		{as: ana, sql: "MERGE INTO main.work.copy t USING (SELECT 1 AS id UNION ALL SELECT 5) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET id = s.id + 100 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)", want: "2|1|0|1"},
		{as: ana, sql: "SELECT * FROM main.work.copy ORDER BY id", want: "5\n11\n101"},
		{as: ana, sql: "MERGE INTO main.work.copy t USING (SELECT 5L AS id) s ON t.id = s.id WHEN MATCHED AND s.id = 5 THEN DELETE WHEN NOT MATCHED THEN INSERT *", want: "1|0|1|0"},
		{as: ana, sql: "MERGE INTO main.work.copy t USING (SELECT 7L AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *", want: "1|0|0|1"},
		{as: ana, sql: "MERGE INTO main.work.copy t USING (SELECT 7 AS id UNION ALL SELECT 7) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET id = 0", fails: "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE 21506"},
		{as: ana, sql: "TRUNCATE TABLE main.work.copy"},
		{as: ana, sql: "SELECT count(*) FROM main.work.copy", want: "0"},
		{as: ana, sql: "CREATE VIEW main.work.v (k COMMENT 'key') COMMENT 'view' AS SELECT id FROM main.work.orders WHERE id > 1"},
		{as: ana, sql: "SELECT k FROM main.work.v", want: "3"},
		{as: ana, sql: "CREATE OR REPLACE VIEW main.work.v AS SELECT * FROM main.work.v", fails: "UNSUPPORTED_FEATURE 0A000"},
		{as: ana, sql: "INSERT INTO main.work.v VALUES (1)", fails: "UNSUPPORTED_FEATURE 0A000"},
		{as: ana, sql: "SHOW TABLES IN main.work", want: "work|copy|false\nwork|orders|false\nwork|v|false"},
		{as: ana, sql: "SHOW VIEWS IN main.work LIKE 'v*'", want: "work|v|false|false"},
		{as: ana, sql: "DROP TABLE main.work.v", fails: "WRONG_COMMAND_FOR_OBJECT_TYPE 42809"},
		{as: ana, sql: "DROP VIEW main.work.v"},
		{as: ana, sql: "DROP SCHEMA main.work", fails: "SCHEMA_NOT_EMPTY 2BP01"},
		{as: ana, sql: "DROP SCHEMA main.work CASCADE"},
		{as: ana, sql: "SHOW SCHEMAS IN main", want: "default\ninformation_schema\nsamples"},
		{as: ana, sql: "DROP SCHEMA IF EXISTS main.work"},
		{as: ana, sql: "CREATE CATALOG lab"},
		{as: ana, sql: "CREATE TABLE lab.default.`we\"ird'ü` (a INT)"},
		{as: ana, sql: "INSERT INTO lab.default.`we\"ird'ü` VALUES (1)", want: "1|1"},
		{as: ana, sql: "SELECT a FROM lab.default.`WE\"IRD'ü`", want: "1"},
		{as: ana, sql: "SHOW CATALOGS", want: "lab\nmain\nsamples\nsystem"},
		{as: ana, sql: "DROP CATALOG lab CASCADE"},
		{as: ana, sql: "SHOW CATALOGS LIKE 'm*|x'", want: "main"},
	})
}

func TestParameters(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	hostile := "'; DROP TABLE samples.science.penguins; -- \" ` \\' :p \u202e"
	for _, v := range []string{hostile, "", "NULL", "it's", `\`, "\n", "🙂"} {
		a := sql(t, c, "SELECT :p, length(:p) AS n", value(v))
		if got := a.Result.DataArray[0][0]; got == nil || *got != v {
			t.Errorf("value %q came back as %v", v, got)
		}
	}
	typed := func(kind string, v any) object {
		p := object{"name": "p", "type": kind}
		if v != nil {
			p["value"] = v
		}
		return p
	}
	for _, p := range []struct {
		parameter object
		rows      string
		types     string
	}{
		{typed("INT", "5"), "5", "INT"},
		{typed("BIGINT", "9007199254740993"), "9007199254740993", "BIGINT"},
		{typed("DECIMAL(10,2)", "1.5"), "1.50", "DECIMAL(3,2)"},
		{typed("DOUBLE", "1e10"), "1.0E10", "DOUBLE"},
		{typed("BOOLEAN", "true"), "true", "BOOLEAN"},
		{typed("DATE", "2024-01-05"), "2024-01-05", "DATE"},
		{typed("TIMESTAMP", "2024-01-05 10:00:00"), "2024-01-05T10:00:00.000Z", "TIMESTAMP"},
		{typed("STRING", nil), "NULL", "STRING"},
		{typed("INT", nil), "NULL", "INT"},
		{object{"name": "p"}, "NULL", "STRING"},
	} {
		a := sql(t, c, "SELECT :p", p.parameter)
		if a.rows() != p.rows || a.types() != p.types {
			t.Errorf("%v: %s of type %s, want %s of %s", p.parameter, a.rows(), a.types(), p.rows, p.types)
		}
	}
	if got, _ := sqlError(t, c, "SELECT :p", typed("INT", "x")); got != "INVALID_PARAMETER_MARKER_VALUE.INVALID_VALUE_FOR_DATA_TYPE 22023" {
		t.Errorf("bad value: %s", got)
	}
	if got, _ := sqlError(t, c, "SELECT :p", typed("NONSENSE", "x")); got != "INVALID_PARAMETER_MARKER_VALUE.INVALID_DATA_TYPE 22023" {
		t.Errorf("bad type: %s", got)
	}
	if got := sql(t, c, "SELECT id FROM range(5) WHERE id >= :p LIMIT :n", typed("INT", "1"), object{"name": "n", "type": "INT", "value": "2"}).rows(); got != "1\n2" {
		t.Errorf("parameters in WHERE and LIMIT: %s", got)
	}
	if got := sql(t, c, "SELECT count(*) > 0 FROM IDENTIFIER(:p)", value("samples.science.penguins")).rows(); got != "true" {
		t.Errorf("IDENTIFIER: %s", got)
	}
	if got, _ := sqlError(t, c, "SELECT * FROM IDENTIFIER(:p)", value("samples.science.penguins WHERE 1=1")); got != "PARSE_SYNTAX_ERROR 42601" {
		t.Errorf("IDENTIFIER with more than a name: %s", got)
	}
	if got := sql(t, c, "SELECT count(*) > 300 FROM samples.science.penguins").rows(); got != "true" {
		t.Error("the hostile value was executed")
	}
}
