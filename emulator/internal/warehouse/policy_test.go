package warehouse

import (
	"strings"
	"testing"
)

const denied = "INSUFFICIENT_PERMISSIONS"

// guarded makes c.s.staff, of which ann sees everything and bob the rows of the north
// without pay; both may change it.
func guarded(t testing.TB) *lab {
	t.Helper()
	l := newLab(t)
	l.must(t, admin,
		"CREATE CATALOG c", "CREATE SCHEMA c.s",
		"CREATE FUNCTION c.s.in_reach(place STRING) RETURNS BOOLEAN RETURN is_account_group_member('insiders') OR place = 'north'",
		"CREATE FUNCTION c.s.insiders_only(x INT) RETURNS INT COMMENT 'pay' RETURN CASE WHEN is_account_group_member('insiders') THEN x END",
		"CREATE TABLE c.s.staff (name STRING, place STRING, pay INT)",
		"INSERT INTO c.s.staff VALUES ('amy', 'north', 10), ('ben', 'south', 20), ('cat', 'north', 30)",
		"ALTER TABLE c.s.staff SET ROW FILTER c.s.in_reach ON (place)",
		"ALTER TABLE c.s.staff ALTER COLUMN pay SET MASK c.s.insiders_only",
	)
	for _, user := range []string{admin, ann, bob} {
		l.must(t, admin, "GRANT USE CATALOG ON CATALOG c TO "+user, "GRANT USE SCHEMA, SELECT, MODIFY, CREATE TABLE ON SCHEMA c.s TO "+user)
	}
	return l
}

func TestRowFiltersAndMasksHoldWhereverATableIsRead(t *testing.T) {
	t.Parallel()
	l := guarded(t)
	l.must(t, ann, "CREATE VIEW c.s.paid AS SELECT name, pay, current_user() AS who FROM c.s.staff")
	for _, q := range []struct{ sql, ann, bob string }{
		{"SELECT * FROM c.s.staff ORDER BY name", "amy|north|10\nben|south|20\ncat|north|30", "amy|north|NULL\ncat|north|NULL"},
		{"SELECT count(*), sum(pay) FROM c.s.staff", "3|60", "2|NULL"},
		{"SELECT count(*) FROM c.s.staff WHERE pay > 15", "2", "0"},
		{"SELECT a.name FROM c.s.staff a JOIN c.s.staff b ON a.pay = b.pay AND a.name = 'ben'", "ben", ""},
		{"WITH x AS (SELECT * FROM c.s.staff) SELECT max(name), max(pay) FROM x", "cat|30", "cat|NULL"},
		{"SELECT (SELECT max(pay) FROM c.s.staff), EXISTS (SELECT 1 FROM c.s.staff WHERE place = 'south')", "30|true", "NULL|false"},
		{"SELECT s.n, s.p FROM c.s.staff AS s(n, l, p) WHERE l = 'south'", "ben|20", ""},
		{"SELECT count(*) FROM (SELECT name FROM c.s.staff UNION ALL SELECT name FROM c.s.staff)", "6", "4"},
		{"SELECT * FROM c.s.paid ORDER BY name", "amy|10|ann\nben|20|ann\ncat|30|ann", "amy|NULL|bob\ncat|NULL|bob"},
		{"SELECT name FROM c.s.staff WHERE name = 'ben' OR pay = 20", "ben", ""},
		{"EXPLAIN SELECT * FROM c.s.staff", "UNSUPPORTED_FEATURE", "UNSUPPORTED_FEATURE"},
		// A condition must not see the hidden row: it would fail on it.
		{"SELECT count(*) FROM c.s.staff WHERE CASE WHEN name = 'ben' THEN CAST(place AS INT) ELSE 1 END = 1 OR name = 'ben'", "CAST_INVALID_INPUT", "2"},
		{"SELECT count(*) FROM c.s.paid WHERE 1 / CASE WHEN name = 'ben' THEN 0 ELSE 1 END = 1", "DIVIDE_BY_ZERO", "2"},
	} {
		for user, want := range map[string]string{ann: q.ann, bob: q.bob} {
			got, err := l.try(t.Context(), user, q.sql)
			if c := class(t, err); c != "" {
				got = c
			}
			if got != want {
				t.Errorf("%s: %s\n%s\nwant\n%s (error %v)", user, q.sql, got, want, err)
			}
		}
	}
}

func TestChangesReachOnlyWhatTheCallerSees(t *testing.T) {
	t.Parallel()
	const all = "SELECT * FROM c.s.staff ORDER BY name, place"
	for _, change := range []struct{ sql, result, left string }{
		{"DELETE FROM c.s.staff", "2", "ben|south|20"},
		{"DELETE FROM c.s.staff AS x WHERE x.place = 'south' OR x.pay = 30", "0", "amy|north|10\nben|south|20\ncat|north|30"},
		{"UPDATE c.s.staff SET name = upper(name), place = 'west'", "2", "AMY|west|10\nCAT|west|30\nben|south|20"},
		{"UPDATE c.s.staff SET pay = coalesce(pay, 0) + 1 WHERE name = 'cat'", "1", "amy|north|10\nben|south|20\ncat|north|1"},
		{"UPDATE c.s.staff s SET pay = 0 WHERE s.name = (SELECT max(name) FROM c.s.staff WHERE name < 'c')", "1", "amy|north|0\nben|south|20\ncat|north|30"},
		{"MERGE INTO c.s.staff t USING (SELECT 'ben' AS name, 1 AS pay UNION ALL SELECT 'cat', 2) s ON t.name = s.name WHEN MATCHED THEN UPDATE SET t.pay = s.pay WHEN NOT MATCHED THEN INSERT (name, place, pay) VALUES (s.name, 'east', s.pay)", "2|1|0|1", "amy|north|10\nben|east|1\nben|south|20\ncat|north|2"},
		{"MERGE INTO c.s.staff t USING c.s.staff s ON t.name = s.name AND s.name > 'b' WHEN MATCHED AND t.pay IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET *", "1|0|1|0", "amy|north|10\nben|south|20"},
		{"INSERT INTO c.s.staff SELECT name || '2', place, pay FROM c.s.staff WHERE name <> 'amy'", "1|1", "amy|north|10\nben|south|20\ncat|north|30\ncat2|north|NULL"},
		{"CREATE TABLE c.s.taken AS SELECT * FROM c.s.staff", "2|2", "amy|north|10\nben|south|20\ncat|north|30"},
	} {
		t.Run(change.sql, func(t *testing.T) {
			t.Parallel()
			l := guarded(t)
			if got := l.must(t, bob, change.sql); got != change.result {
				t.Errorf("result %s, want %s", got, change.result)
			}
			if got := l.must(t, ann, all); got != change.left {
				t.Errorf("left\n%s\nwant\n%s", got, change.left)
			}
		})
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	l := guarded(t)
	l.must(t, admin,
		"CREATE TABLE c.s.secret (k STRING, v INT)", "INSERT INTO c.s.secret VALUES ('a', 1), ('b', 2)",
		"CREATE FUNCTION c.s.plus(x INT, y INT) RETURNS INT RETURN x + plus.y",
		"CREATE FUNCTION c.s.of(k STRING) RETURNS INT RETURN (SELECT max(v) FROM c.s.secret s WHERE s.k = of.k)",
		"CREATE FUNCTION c.s.twice(x INT) RETURN c.s.plus(x, x)", "CREATE FUNCTION c.s.me() RETURNS STRING RETURN current_user()",
		"CREATE OR REPLACE FUNCTION c.s.me() RETURNS STRING RETURN upper(current_user())",
		"GRANT EXECUTE ON FUNCTION c.s.of TO bob", "GRANT EXECUTE ON FUNCTION c.s.twice TO bob", "GRANT EXECUTE ON FUNCTION c.s.me TO bob", "REVOKE SELECT ON SCHEMA c.s FROM bob",
	)
	for _, q := range []struct{ as, sql, want string }{
		{admin, "SELECT c.s.plus(1, 2), c.s.twice(id) FROM range(2)", "3|0\n3|2"},
		{bob, "SELECT c.s.twice(4), c.s.of('b'), c.s.of('z'), c.s.me()", "8|2|NULL|BOB"},
		{bob, "SELECT k, c.s.of(k) FROM VALUES ('a'), ('b') AS t(k) WHERE c.s.of(k) > 1 ORDER BY k", "b|2"},
		{bob, "SELECT c.s.plus(1, 2)", denied},
		{bob, "SELECT * FROM c.s.secret", denied},
		{ann, "SELECT c.s.of('b')", denied},
		{bob, "SELECT c.s.nope(1)", "UNRESOLVED_ROUTINE"},
		{bob, "SELECT c.s.of(1, 2)", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"},
		{bob, "SELECT c.s.twice(sum(id)) FROM range(2)", "UNSUPPORTED_FEATURE"},
		{bob, "CREATE FUNCTION c.s.mine() RETURNS INT RETURN 1", denied},
		{bob, "DROP FUNCTION c.s.of", denied},
		{admin, "CREATE FUNCTION c.s.bad() RETURN nowhere", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"},
		{admin, "CREATE FUNCTION c.s.bad() RETURNS INT RETURN 1) FROM c.s.secret --", "PARSE_SYNTAX_ERROR"},
		{admin, "CREATE FUNCTION c.s.bad() RETURNS INT RETURN c.s.bad()", "UNRESOLVED_ROUTINE"},
		{admin, "CREATE FUNCTION c.s.bad() RETURNS STRING RETURN getenv('HOME')", "UNRESOLVED_ROUTINE"},
		{admin, "CREATE FUNCTION c.s.plus() RETURNS INT RETURN 1", "ROUTINE_ALREADY_EXISTS"},
		{admin, "CREATE FUNCTION c.s.py() RETURNS INT LANGUAGE PYTHON RETURN 1", "UNSUPPORTED_FEATURE"},
		{admin, "DROP FUNCTION c.s.me", ""},
		{admin, "DROP FUNCTION IF EXISTS c.s.me", ""},
		{admin, "DROP FUNCTION c.s.me", "ROUTINE_NOT_FOUND"},
		{bob, "SELECT c.s.me()", "UNRESOLVED_ROUTINE"},
	} {
		got, err := l.try(t.Context(), q.as, q.sql)
		if c := class(t, err); c != "" {
			got = c
		}
		if got != q.want {
			t.Errorf("%s: %s\n%s\nwant\n%s (error %v)", q.as, q.sql, got, q.want, err)
		}
	}
}

func TestPoliciesAreTheOwnersBusiness(t *testing.T) {
	t.Parallel()
	l := guarded(t)
	for _, q := range []struct{ as, sql, want string }{
		{bob, "ALTER TABLE c.s.staff DROP ROW FILTER", denied},
		{bob, "ALTER TABLE c.s.staff ALTER COLUMN pay DROP MASK", denied},
		{bob, "CREATE OR REPLACE TABLE c.s.staff (name STRING)", denied},
		{admin, "ALTER TABLE c.s.staff SET ROW FILTER c.s.insiders_only ON (pay)", "INVALID_PARAMETER_VALUE"},
		{admin, "ALTER TABLE c.s.staff SET ROW FILTER c.s.in_reach ON (place, name)", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION"},
		{admin, "ALTER TABLE c.s.staff SET ROW FILTER c.s.nope ON (place)", "ROUTINE_NOT_FOUND"},
		{admin, "ALTER TABLE c.s.staff ALTER COLUMN nope DROP MASK", "UNRESOLVED_COLUMN.WITH_SUGGESTION"},
		{admin, "ALTER TABLE c.s.staff DROP COLUMN place", "UNSUPPORTED_FEATURE"},
		{admin, "ALTER TABLE c.s.staff RENAME COLUMN pay TO wage", ""},
		{bob, "SELECT max(wage) FROM c.s.staff", "NULL"},
		{admin, "ALTER TABLE c.s.staff ALTER COLUMN wage DROP MASK", ""},
		{bob, "SELECT max(wage) FROM c.s.staff", "30"},
		{admin, "ALTER TABLE c.s.staff DROP ROW FILTER", ""},
		{bob, "SELECT count(*) FROM c.s.staff", "3"},
		{admin, "CREATE TABLE c.s.made (k STRING, v INT MASK c.s.insiders_only) WITH ROW FILTER c.s.in_reach ON (k)", ""},
		{admin, "INSERT INTO c.s.made VALUES ('north', 1), ('south', 2)", "2|2"},
		{bob, "SELECT * FROM c.s.made", "north|NULL"},
		{ann, "SELECT sum(v) FROM c.s.made", "3"},
		{admin, "DROP FUNCTION c.s.in_reach", ""},
		{ann, "SELECT * FROM c.s.made", "ROUTINE_NOT_FOUND"},
	} {
		got, err := l.try(t.Context(), q.as, q.sql)
		if c := class(t, err); c != "" {
			got = c
		}
		if got != q.want {
			t.Errorf("%s: %s\n%s\nwant\n%s (error %v)", q.as, q.sql, got, q.want, err)
		}
	}
	described := l.must(t, bob, "DESCRIBE TABLE EXTENDED c.s.made")
	created := l.must(t, bob, "SHOW CREATE TABLE c.s.made")
	for _, part := range []string{"c.s.in_reach", "c.s.insiders_only"} {
		if !strings.Contains(described, part) || !strings.Contains(created, part) {
			t.Errorf("%s is not in\n%s\nor\n%s", part, described, created)
		}
	}
}
