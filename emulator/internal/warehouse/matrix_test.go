package warehouse

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
)

// The permission matrix asks for every statement, user and privilege whether the statement
// may run, and compares the engine's answer with the oracle below. The oracle knows what
// the Databricks documentation says about privileges, and nothing of the engine.

// held is a privilege on an object of the matrix: "SELECT" on "c.s.t".
type held struct{ privilege, on string }

// The objects of the matrix. Names are paths: an object inherits from its prefixes.
var (
	useC, useS = held{"USE_CATALOG", "c"}, held{"USE_SCHEMA", "c.s"}
	selectT    = held{"SELECT", "c.s.t"}
	modifyT    = held{"MODIFY", "c.s.t"}
	manageT    = held{"MANAGE", "c.s.t"}
	tagT       = held{"APPLY_TAG", "c.s.t"}
	useH       = held{"USE_SCHEMA", "c.hidden"}
	selectU    = held{"SELECT", "c.s.u"}
	selectV    = held{"SELECT", "c.s.v"}
	manageV    = held{"MANAGE", "c.s.v"}
	executeF   = held{"EXECUTE", "c.s.f()"}
	manageF    = held{"MANAGE", "c.s.f()"}
	manageS    = held{"MANAGE", "c.s"}
	manageC    = held{"MANAGE", "c"}
	newTable   = held{"CREATE_TABLE", "c.s"}
	newRoutine = held{"CREATE_FUNCTION", "c.s"}
	newSchema  = held{"CREATE_SCHEMA", "c"}
	newCatalog = held{"CREATE_CATALOG", ""}
)

func in(more ...held) []held { return append([]held{useC, useS}, more...) }

// statementFact is what a statement needs, by the documentation of its SQL reference page
// and of Unity Catalog privileges. With several needs any one of them will do. undo brings
// back what the statement changed.
type statementFact struct {
	sql   string
	needs [][]held
	undo  string
}

const (
	makeT = "CREATE OR REPLACE TABLE c.s.t (a INT, b STRING)"
	makeV = "CREATE OR REPLACE VIEW c.s.v AS SELECT a FROM c.s.u"
	makeF = "CREATE OR REPLACE FUNCTION c.s.f(x INT) RETURNS BOOLEAN RETURN x > 0"
)

func fact(sql, undo string, needs ...held) statementFact {
	return statementFact{sql, [][]held{needs}, undo}
}

// metadata is a statement that shows what an object is: any privilege on it will do.
func metadata(sql string) statementFact {
	return statementFact{sql, [][]held{in(selectT), in(modifyT), in(manageT), {{"BROWSE", "c"}}}, ""}
}

var statementFacts = []statementFact{
	fact("SELECT 1", ""),
	fact("SELECT * FROM range(3)", ""),
	fact("SELECT * FROM c.s.t", "", in(selectT)...),
	fact("SELECT * FROM c.s.t JOIN c.s.u ON t.a = u.a", "", in(selectT, selectU)...),
	fact("WITH x AS (SELECT * FROM c.s.t) SELECT * FROM x", "", in(selectT)...),
	fact("SELECT (SELECT count(*) FROM c.s.t)", "", in(selectT)...),
	fact("SELECT id FROM range(2) WHERE id IN (SELECT a FROM c.s.t)", "", in(selectT)...),
	fact("SELECT id FROM range(2) ORDER BY (SELECT count(*) FROM c.s.t)", "", in(selectT)...),
	fact("SELECT a FROM c.s.t UNION SELECT a FROM c.s.u", "", in(selectT, selectU)...),
	fact("SELECT a FROM c.s.u EXCEPT SELECT a FROM c.s.t", "", in(selectT, selectU)...),
	fact("SELECT * FROM c.s.v", "", in(selectV)...),
	fact("SELECT * FROM c.s.w", "", in(held{"SELECT", "c.s.w"})...),
	fact("SELECT * FROM c.s.guarded", "", in(held{"SELECT", "c.s.guarded"})...),
	fact("SELECT x.a FROM c.s.t x, LATERAL (SELECT count(*) FROM c.s.u WHERE u.a = x.a) y", "", in(selectT, selectU)...),
	fact("SELECT c.s.f(1)", "", in(executeF)...),
	fact("SELECT * FROM c.s.t WHERE c.s.f(a)", "", in(selectT, executeF)...),
	fact("EXPLAIN SELECT * FROM c.s.t", "", in(selectT)...),
	fact("DESCRIBE QUERY SELECT * FROM c.s.t", "", in(selectT)...),
	fact("INSERT INTO c.s.t VALUES (1, 'x')", "", in(modifyT)...),
	fact("INSERT INTO c.s.t SELECT a, 'x' FROM c.s.u", "", in(modifyT, selectU)...),
	fact("INSERT OVERWRITE c.s.t SELECT a, 'x' FROM c.s.u", "", in(modifyT, selectU)...),
	fact("UPDATE c.s.t SET b = 'y'", "", in(modifyT, selectT)...),
	fact("UPDATE c.s.t SET b = (SELECT max('y') FROM c.s.u)", "", in(modifyT, selectT, selectU)...),
	fact("DELETE FROM c.s.t WHERE a > 100", "", in(modifyT, selectT)...),
	fact("DELETE FROM c.s.guarded WHERE a > 100", "", in(held{"MODIFY", "c.s.guarded"}, held{"SELECT", "c.s.guarded"})...),
	fact("MERGE INTO c.s.t USING c.s.u ON t.a = u.a WHEN MATCHED THEN DELETE", "", in(modifyT, selectT, selectU)...),
	fact("TRUNCATE TABLE c.s.t", "", in(modifyT)...),
	fact("CREATE TABLE c.s.new (a INT)", "DROP TABLE c.s.new", in(newTable)...),
	fact("CREATE TABLE c.s.new AS SELECT * FROM c.s.u", "DROP TABLE c.s.new", in(newTable, selectU)...),
	fact("CREATE VIEW c.s.new AS SELECT a FROM c.s.u", "DROP VIEW c.s.new", in(newTable, selectU)...),
	fact("CREATE FUNCTION c.s.new() RETURNS INT RETURN 1", "DROP FUNCTION c.s.new", in(newRoutine)...),
	fact("CREATE SCHEMA c.new", "DROP SCHEMA c.new", useC, newSchema),
	fact("CREATE CATALOG made", "DROP CATALOG made", newCatalog),
	fact("ALTER TABLE c.s.t ADD COLUMN z INT", "ALTER TABLE c.s.t DROP COLUMN z", in(modifyT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN a COMMENT 'x'", "", in(modifyT)...),
	fact("ALTER TABLE c.s.t SET TBLPROPERTIES ('k' = 'v')", "", in(modifyT)...),
	fact("ALTER TABLE c.s.t OWNER TO admin", "", in(manageT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN b SET DEFAULT 'x'", "ALTER TABLE c.s.t ALTER COLUMN b DROP DEFAULT", in(modifyT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN b DROP NOT NULL", "", in(modifyT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN b FIRST", makeT, in(modifyT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN a TYPE BIGINT", makeT, in(modifyT)...),
	fact("ALTER TABLE c.s.t RENAME COLUMN a TO z", makeT, in(modifyT)...),
	fact("ALTER TABLE c.s.t ADD CONSTRAINT k CHECK (a > 0 OR a IS NULL)", "ALTER TABLE c.s.t DROP CONSTRAINT k", in(modifyT)...),
	fact("ALTER TABLE c.s.t CLUSTER BY (a)", "ALTER TABLE c.s.t CLUSTER BY NONE", in(modifyT)...),
	fact("ALTER TABLE c.s.t UNSET TBLPROPERTIES IF EXISTS ('k')", "", in(modifyT)...),
	fact("ALTER TABLE c.s.t SET TAGS ('k' = 'v')", "", in(tagT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN a UNSET TAGS ('k')", "", in(tagT)...),
	fact("ALTER TABLE c.s.t RENAME TO t2", "ALTER TABLE c.s.t2 RENAME TO t", in(manageT)...),
	fact("ALTER TABLE c.s.t RENAME TO c.hidden.t", "ALTER TABLE c.hidden.t RENAME TO c.s.t", in(manageT, useH, held{"CREATE_TABLE", "c.hidden"})...),
	fact("ALTER VIEW c.s.v RENAME TO v2", "ALTER VIEW c.s.v2 RENAME TO v", in(manageV)...),
	fact("ALTER VIEW c.s.v SET TBLPROPERTIES ('k' = 'v')", "", in(manageV)...),
	fact("ALTER SCHEMA c.s SET DBPROPERTIES ('k' = 'v')", "", useC, manageS),
	fact("ALTER CATALOG c SET TAGS ('k' = 'v')", "", useC, held{"APPLY_TAG", "c"}),
	fact("INSERT INTO c.s.t BY NAME SELECT 1 AS a", "", in(modifyT)...),
	fact("INSERT INTO c.s.t TABLE c.s.u", "", in(modifyT, selectU)...),
	fact("INSERT INTO c.s.t REPLACE WHERE a = 1 VALUES (1, 'x')", "", in(modifyT, selectT)...),
	fact("MERGE INTO c.s.t USING c.s.u ON t.a = u.a WHEN NOT MATCHED BY SOURCE THEN DELETE", "", in(modifyT, selectT, selectU)...),
	fact("MERGE INTO c.s.guarded USING c.s.u ON guarded.a = u.a WHEN NOT MATCHED BY SOURCE THEN DELETE", "", in(held{"MODIFY", "c.s.guarded"}, held{"SELECT", "c.s.guarded"}, selectU)...),
	fact("CREATE TABLE c.s.new LIKE c.s.u", "DROP TABLE c.s.new", in(newTable, selectU)...),
	fact("CREATE TABLE c.s.new SHALLOW CLONE c.s.u", "DROP TABLE c.s.new", in(newTable, selectU)...),
	fact("CREATE TEMPORARY VIEW new AS SELECT * FROM c.s.u", "", in(selectU)...),
	fact("DESCRIBE HISTORY c.s.t", "", in(selectT)...),
	fact("DESCRIBE DETAIL c.s.t", "", in(selectT)...),
	fact("OPTIMIZE c.s.t", "", in(selectT, modifyT)...),
	fact("VACUUM c.s.t", "", in(selectT, modifyT)...),
	fact("ANALYZE TABLE c.s.t COMPUTE STATISTICS", "", in(selectT, modifyT)...),
	fact("REFRESH TABLE c.s.t", "", in(selectT)...),
	fact("EXECUTE IMMEDIATE 'SELECT * FROM c.s.t'", "", in(selectT)...),
	fact("SHOW PARTITIONS c.s.parted", "", in(held{"SELECT", "c.s.parted"})...),
	fact("SHOW FUNCTIONS IN c.s", "", in()...),
	fact("SHOW TABLE EXTENDED IN c.s LIKE 't'", "", in()...),
	fact("SELECT * FROM c.s.tf(1)", "", in(held{"EXECUTE", "c.s.tf()"})...),
	fact("SELECT c.s.opt()", "", in(held{"EXECUTE", "c.s.opt()"})...),
	fact("CREATE FUNCTION c.s.new() RETURNS TABLE (a INT) RETURN SELECT a FROM c.s.u", "DROP FUNCTION c.s.new", in(newRoutine, selectU)...),
	fact("CREATE VOLUME c.s.new", "DROP VOLUME c.s.new", in(held{"CREATE_VOLUME", "c.s"})...),
	fact("ALTER TABLE c.s.t ALTER COLUMN a SET NOT NULL", makeT, in(modifyT)...),
	fact("SHOW VOLUMES IN c.s", "", in()...),
	fact("SHOW USERS", ""),
	fact("SET ansi_mode = true", ""),
	metadata("DESCRIBE c.s.t a"), metadata("DESCRIBE TABLE EXTENDED c.s.t AS JSON"), metadata("SHOW TBLPROPERTIES c.s.t ('k')"),
	fact("ALTER TABLE c.s.t SET ROW FILTER c.s.f ON (a)", "ALTER TABLE c.s.t DROP ROW FILTER", in(manageT, executeF)...),
	fact("ALTER TABLE c.s.t DROP ROW FILTER", "", in(manageT)...),
	fact("ALTER TABLE c.s.t ALTER COLUMN b DROP MASK", "", in(manageT)...),
	fact("ALTER SCHEMA c.s OWNER TO admin", "", useC, manageS),
	fact("ALTER CATALOG c OWNER TO admin", "", manageC),
	{"COMMENT ON TABLE c.s.t IS 'x'", [][]held{in(modifyT), in(manageT)}, ""},
	fact("COMMENT ON SCHEMA c.s IS 'x'", "", useC, manageS),
	fact("COMMENT ON CATALOG c IS 'x'", "", manageC),
	fact("GRANT SELECT ON TABLE c.s.t TO other", "", in(manageT)...),
	fact("REVOKE SELECT ON TABLE c.s.t FROM other", "", in(manageT)...),
	fact("GRANT USE SCHEMA ON SCHEMA c.s TO other", "", useC, manageS),
	fact("DROP TABLE c.s.t", makeT, in(manageT)...),
	fact("DROP TABLE IF EXISTS c.s.nope", "", in()...),
	fact("DROP VIEW c.s.v", makeV, in(manageV)...),
	fact("DROP FUNCTION c.s.f", makeF, in(manageF)...),
	fact("USE CATALOG c", "", useC),
	fact("USE SCHEMA c.s", "", in()...),
	metadata("DESCRIBE TABLE c.s.t"), metadata("DESCRIBE TABLE EXTENDED c.s.t"), metadata("SHOW COLUMNS IN c.s.t"), metadata("SHOW CREATE TABLE c.s.t"), metadata("SHOW TBLPROPERTIES c.s.t"),
	fact("SHOW CATALOGS", ""),
}

// grantable is what Unity Catalog lets one grant, by kind of object.
var grantableOn = map[string][]string{
	"":         {"CREATE_CATALOG"},
	"c":        {"ALL_PRIVILEGES", "APPLY_TAG", "BROWSE", "CREATE_FUNCTION", "CREATE_SCHEMA", "CREATE_TABLE", "EXECUTE", "MANAGE", "MODIFY", "SELECT", "USE_CATALOG", "USE_SCHEMA"},
	"c.s":      {"ALL_PRIVILEGES", "APPLY_TAG", "CREATE_FUNCTION", "CREATE_TABLE", "CREATE_VOLUME", "EXECUTE", "MANAGE", "MODIFY", "SELECT", "USE_SCHEMA"},
	"c.s.t":    {"ALL_PRIVILEGES", "APPLY_TAG", "MANAGE", "MODIFY", "SELECT"},
	"c.s.u":    {"ALL_PRIVILEGES", "MODIFY", "SELECT"},
	"c.s.f()":  {"ALL_PRIVILEGES", "EXECUTE", "MANAGE"},
	"c.hidden": {"ALL_PRIVILEGES"},
}

// allows is the oracle.
func allows(f statementFact, has []held) bool {
	return slices.ContainsFunc(f.needs, func(needs []held) bool {
		return !slices.ContainsFunc(needs, func(need held) bool {
			return !slices.ContainsFunc(has, func(h held) bool { return gives(h, need) })
		})
	})
}

// gives: a privilege reaches everything beneath the object that it is granted on, and
// ALL PRIVILEGES is every privilege but MANAGE. What is granted on the metastore stays there.
func gives(h, need held) bool {
	beneath := h.on == need.on || h.on != "" && len(need.on) > len(h.on) && need.on[:len(h.on)+1] == h.on+"."
	return beneath && (h.privilege == need.privilege || h.privilege == "ALL_PRIVILEGES" && need.privilege != "MANAGE")
}

func objectOf(path string) metastore.Name {
	if n := len(path); n > 2 && path[n-2:] == "()" {
		return metastore.Name{Catalog: "c", Schema: "s", Function: path[4 : n-2]}
	}
	if path == "" {
		return metastore.Name{}
	}
	n, err := metastore.ParseName(path)
	if err != nil {
		panic(err)
	}
	return n
}

// matrixUsers get their privileges in three ways: by name, as members of a group, and as
// one of all users of the account.
var matrixUsers = []struct{ user, grantee string }{{"direct", "direct"}, {"member", "team"}, {"anyone", principal.AllAccountUsers}}

var full = flag.Bool("matrix.full", false, "ask every question of the permission matrix, not a sample")

func newMatrix(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, person("direct"), person("member", "team"), person("anyone"), person("other"))
	l.must(t, admin,
		"CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE SCHEMA c.hidden", makeT, "CREATE TABLE c.s.u (a INT, b STRING)", makeV, "CREATE VIEW c.s.w AS SELECT * FROM c.s.v", makeF,
		"CREATE FUNCTION c.s.tf(n INT) RETURNS TABLE (a INT) RETURN SELECT a FROM c.s.t WHERE a > n", "CREATE FUNCTION c.s.opt(x INT DEFAULT 1) RETURNS INT RETURN x",
		"CREATE TABLE c.s.parted (a INT) PARTITIONED BY (a)", "CREATE TABLE c.s.guarded (a INT)", "ALTER TABLE c.s.guarded SET ROW FILTER c.s.f ON (a)",
	)
	return l
}

// grantOnly makes the grants all that anybody but admin has.
func (l *lab) grantOnly(t *testing.T, grants []held, to ...string) {
	t.Helper()
	err := l.store.Update(func(tx *metastore.Tx) error {
		var errs []error
		for _, path := range []string{"", "c", "c.s", "c.s.t", "c.s.u", "c.s.v", "c.s.w", "c.s.guarded", "c.s.parted", "c.s.tf()", "c.s.opt()", "c.s.f()", "c.hidden"} {
			for _, g := range tx.Grants(objectOf(path)) {
				errs = append(errs, tx.Revoke(g))
			}
		}
		// The owner of what views and functions read keeps what the owner needs.
		errs = append(errs, tx.ChangeGrants(objectOf("c"), metastore.Change{Principal: admin, Add: []metastore.Privilege{metastore.AllPrivileges}}))
		for _, g := range grants {
			for _, who := range to {
				errs = append(errs, tx.ChangeGrants(objectOf(g.on), metastore.Change{Principal: who, Add: []metastore.Privilege{metastore.Privilege(g.privilege)}}))
			}
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// grantSets are the grants to try a statement with: what it needs in each way, that without
// each of its parts, and every single privilege, alone and in the place of each part. The
// sample holds all of the first two and some of the last, others for each statement.
func grantSets(f statementFact, number int) (sets [][]held) {
	var single []held
	for on, privileges := range grantableOn {
		for _, p := range privileges {
			single = append(single, held{p, on})
		}
	}
	slices.SortFunc(single, func(a, b held) int { return strings.Compare(a.on+a.privilege, b.on+b.privilege) })
	sets = append(sets, f.needs...)
	needs := f.needs[0]
	for i := range needs {
		sets = append(sets, without(needs, i))
	}
	for i := -1; i < len(needs); i++ {
		for j, s := range single {
			if !*full && (i+j+number)%12 != 0 {
				continue
			}
			if i < 0 {
				sets = append(sets, []held{s})
			} else {
				sets = append(sets, append(without(needs, i), s))
			}
		}
	}
	return sets
}

func without(needs []held, i int) []held { return slices.Delete(slices.Clone(needs), i, i+1) }

func TestPermissionMatrix(t *testing.T) {
	t.Parallel()
	l := newMatrix(t)
	asked := 0
	for number, f := range statementFacts {
		for _, set := range grantSets(f, number) {
			q := question{f, set, func() { l.grantOnly(t, set, matrixUsers[0].grantee, matrixUsers[1].grantee) }}
			q.grant()
			for _, u := range matrixUsers[:2] {
				l.ask(t, q, u.user, allows(f, set))
			}
			// Privileges of others are nobody else's.
			l.ask(t, q, matrixUsers[2].user, allows(f, nil))
			asked += 3
		}
		for _, set := range f.needs {
			q := question{f, set, func() { l.grantOnly(t, set, matrixUsers[2].grantee) }}
			q.grant()
			for _, u := range matrixUsers {
				l.ask(t, q, u.user, true)
				asked++
			}
		}
	}
	t.Logf("%d questions about %d statements", asked, len(statementFacts))
}

// question is a statement and the grants under which somebody runs it.
type question struct {
	statementFact
	set   []held
	grant func()
}

// ask runs the statement and compares with what the oracle says. What the statement changed
// is brought back, and the grants that went with it.
func (l *lab) ask(t *testing.T, q question, user string, want bool) {
	t.Helper()
	_, err := l.try(t.Context(), user, q.sql)
	switch c := class(t, err); {
	case c == "" && q.undo != "":
		l.must(t, admin, q.undo)
		q.grant()
	case c != "" && c != denied:
		t.Errorf("%s: %v", q.sql, err)
	}
	if got := err == nil; got != want {
		t.Errorf("%s as %s with %s: allowed %v, want %v (error %v)", q.sql, user, fmt.Sprint(q.set), got, want, err)
	}
}
