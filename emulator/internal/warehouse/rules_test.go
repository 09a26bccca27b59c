package warehouse

import (
	"path/filepath"
	"testing"
)

// step is a statement of somebody and what it answers: rows, or the class of its error.
type step struct{ user, sql, want string }

func (l *lab) play(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		rows, err := l.try(t.Context(), s.user, s.sql)
		if c := class(t, err); c != "" {
			rows = c
		}
		if rows != s.want {
			t.Errorf("%s: %s:\n%s\nwant %s (error %v)", s.user, s.sql, rows, s.want, err)
		}
	}
}

const (
	violated = "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES"
	ticketed = "CREATE TABLE c.s.t (id BIGINT GENERATED ALWAYS AS IDENTITY, a INT DEFAULT 5, b INT GENERATED ALWAYS AS (a * 2), who STRING DEFAULT current_user())"
)

func TestRulesHoldInEveryWrite(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", ticketed, "ALTER TABLE c.s.t ADD CONSTRAINT small CHECK (b < 100)",
		"GRANT ALL PRIVILEGES ON CATALOG c TO ann")
	l.play(t, []step{
		{ann, "INSERT INTO c.s.t (a) VALUES (1), (DEFAULT)", "2|2"},
		{ann, "INSERT INTO c.s.t (a) VALUES (50)", violated},
		{ann, "INSERT INTO c.s.t (a) VALUES (NULL)", violated}, // a condition that is NULL isn't true
		{ann, "UPDATE c.s.t SET a = 2 WHERE a = 1", "1"},
		{ann, "UPDATE c.s.t SET a = 60", violated},
		{ann, "UPDATE c.s.t SET b = 1 WHERE a = 2", violated},
		{ann, "MERGE INTO c.s.t USING (SELECT 7 AS x) s ON t.a = s.x WHEN NOT MATCHED THEN INSERT (a) VALUES (s.x)", "1|0|0|1"},
		{ann, "MERGE INTO c.s.t USING (SELECT 70 AS x) s ON true WHEN MATCHED THEN UPDATE SET a = s.x", violated},
		{ann, "INSERT INTO c.s.t REPLACE WHERE a = 7 SELECT 7, 14, 'x'", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"},
		{ann, "SELECT a, b, who FROM c.s.t ORDER BY a", "2|4|ann\n5|10|ann\n7|14|ann"},
		{ann, "SELECT count(DISTINCT id) FROM c.s.t", "3"},
	})
}

func TestRulesTellNothingOfHiddenRows(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE TABLE c.s.t (a INT, b STRING)", "INSERT INTO c.s.t VALUES (1, 'seen'), (-1, 'secret')",
		"CREATE FUNCTION c.s.f(x INT) RETURNS BOOLEAN RETURN x > 0", "ALTER TABLE c.s.t SET ROW FILTER c.s.f ON (a)",
		"ALTER TABLE c.s.t ADD CONSTRAINT k CHECK (b <> 'x')", "GRANT USE CATALOG, USE SCHEMA, SELECT, MODIFY ON CATALOG c TO ann")
	_, err := l.try(t.Context(), ann, "UPDATE c.s.t SET b = 'x'")
	if got, want := class(t, err), violated; got != want {
		t.Fatalf("class %s, want %s", got, want)
	}
	if got, want := err.Error(), "[DELTA_VIOLATE_CONSTRAINT_WITH_VALUES] CHECK constraint k (b <> 'x') violated by row with values:\n SQLSTATE: 23001"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
	l.play(t, []step{
		{ann, "INSERT INTO c.s.t REPLACE WHERE a < 5 VALUES (2, 'new')", "1|1"},
		{admin, "ALTER TABLE c.s.t DROP ROW FILTER", ""},
		{admin, "SELECT * FROM c.s.t ORDER BY a", "-1|secret\n2|new"},
	})
}

func TestMergeBySourceSeesOnlyWhatTheCallerSees(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE TABLE c.s.t (a INT, b STRING)", "INSERT INTO c.s.t VALUES (1, 'one'), (2, 'two'), (-1, 'hidden')",
		"CREATE FUNCTION c.s.f(x INT) RETURNS BOOLEAN RETURN x > 0", "ALTER TABLE c.s.t SET ROW FILTER c.s.f ON (a)")
	l.play(t, []step{
		{admin, "MERGE INTO c.s.t USING (SELECT 1 AS a) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 'kept' WHEN NOT MATCHED BY SOURCE THEN DELETE", "2|1|1|0"},
		{admin, "MERGE INTO c.s.t USING (SELECT 3 AS a) s ON t.a = s.a WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, 'new') WHEN NOT MATCHED BY SOURCE THEN UPDATE SET b = 'left'", "2|1|0|1"},
		{admin, "ALTER TABLE c.s.t DROP ROW FILTER", ""},
		{admin, "SELECT * FROM c.s.t ORDER BY a", "-1|hidden\n1|left\n3|new"},
	})
}

func TestRenamedTableKeepsEverythingOverARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	l := openLab(t, dir)
	l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE SCHEMA c.s2", ticketed, "INSERT INTO c.s.t (a) VALUES (1)",
		"CREATE FUNCTION c.s.f(x INT) RETURNS BOOLEAN RETURN x > 0", "ALTER TABLE c.s.t ADD CONSTRAINT small CHECK (b < 100)",
		"ALTER TABLE c.s.t ADD COLUMN name VARCHAR(5) FIRST", "GRANT USE CATALOG, USE SCHEMA ON CATALOG c TO ann", "GRANT SELECT ON TABLE c.s.t TO ann",
		"ALTER TABLE c.s.t SET ROW FILTER c.s.f ON (a)",
		"ALTER TABLE c.s.t RENAME TO c.s2.moved", "CREATE TABLE c.s.t AS SELECT 'other' AS o")
	for range 2 { // before and after a restart
		l.play(t, []step{
			{ann, "SELECT name, a, b FROM c.s2.moved ORDER BY id LIMIT 1", "NULL|1|2"},
			{admin, "INSERT INTO c.s2.moved (a) VALUES (-5)", "1|1"},
			{admin, "INSERT INTO c.s2.moved (name, a) VALUES ('too long', 5)", "DELTA_EXCEED_CHAR_VARCHAR_LIMIT"},
			{admin, "INSERT INTO c.s2.moved (a) VALUES (99)", violated},
			{ann, "SELECT count(*) FROM c.s2.moved", "1"},
			{admin, "SELECT * FROM c.s.t", "other"},
			{admin, "SHOW TABLES IN c.s", "s|t|false"},
		})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = openLab(t, dir)
	}
	l.must(t, admin, "DROP TABLE c.s.t", "DROP SCHEMA c.s2 CASCADE", "DROP SCHEMA c.s CASCADE", "CREATE SCHEMA c.s", "CREATE TABLE c.s.t (a INT)")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
