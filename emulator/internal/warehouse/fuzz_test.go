package warehouse

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Two warehouses that differ only in what their users may not see must be the same to
// these users: results, errors, everything. Whatever tells the two apart is a leak.

const (
	// fuzzTimeout bounds one statement, and fuzzSlack what it takes to stop one. The fuzzer ends a process without a word
	// when one input, which is four statements and at times two new warehouses, takes it longer than ten seconds.
	fuzzTimeout = 500 * time.Millisecond
	fuzzSlack   = 4 * time.Second
	// freshAfter is how many statements run before the warehouses are made anew.
	freshAfter = 400
)

// twins are two warehouses that differ in what bob and cleo may not see.
type twins struct {
	labs [2]*lab
	left int
	dir  string
}

// canaries are the hidden values; each appears nowhere else.
var canaries = [2]string{"kestrel", "sparrow"}

func newTwins(t testing.TB, dir string) *twins {
	t.Helper()
	w := &twins{left: freshAfter, dir: dir}
	for i, canary := range canaries {
		l := openLab(t, filepath.Join(w.dir, canary), person("cleo"))
		number := []string{"77001", "88002"}[i]
		l.must(t, admin,
			"CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE SCHEMA c.hidden", "CREATE SCHEMA c.scratch",
			"CREATE TABLE c.s.open (a INT, b STRING)", "INSERT INTO c.s.open VALUES (1, 'x'), (2, 'y'), (3, NULL)",
			"CREATE TABLE c.s.sealed (a INT, b STRING)", "INSERT INTO c.s.sealed VALUES (1, 'open'), ("+number+", '"+canary+"')",
			"CREATE TABLE c.hidden.sealed AS SELECT * FROM c.s.sealed",
			"CREATE TABLE c.s.staff (a INT, b STRING, place STRING)",
			"INSERT INTO c.s.staff VALUES (1, '"+canary+"', 'north'), ("+number+", '"+canary+"2', 'south'), (3, '"+canary+"3', 'north')",
			"CREATE FUNCTION c.s.north(p STRING) RETURNS BOOLEAN RETURN p = 'north'", "CREATE FUNCTION c.s.none(b STRING) RETURNS STRING RETURN CASE WHEN is_member('insiders') THEN b ELSE 'masked' END",
			"ALTER TABLE c.s.staff SET ROW FILTER c.s.north ON (place)", "ALTER TABLE c.s.staff ALTER COLUMN b SET MASK c.s.none",
			"CREATE FUNCTION c.s.of(k STRING) RETURNS INT RETURN (SELECT max(a) FROM c.s.sealed s WHERE s.b = of.k AND of.k = 'open')",
			"CREATE VIEW c.s.peek AS SELECT a, b FROM c.s.sealed WHERE b = 'open'",
			"GRANT USE CATALOG ON CATALOG c TO bob", "GRANT USE SCHEMA ON SCHEMA c.s TO bob", "GRANT SELECT, MODIFY ON TABLE c.s.open TO bob", "GRANT SELECT, MODIFY ON TABLE c.s.staff TO bob",
			"GRANT SELECT ON TABLE c.s.peek TO bob", "GRANT EXECUTE ON FUNCTION c.s.of TO bob", "GRANT ALL PRIVILEGES ON SCHEMA c.scratch TO bob",
		)
		w.labs[i] = l
	}
	return w
}

// twinsLike opens copies of twins that are closed: in a tenth of the time that new ones take.
func twinsLike(t testing.TB, model, dir string) *twins {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(model)); err != nil {
		t.Fatal(err)
	}
	w := &twins{left: freshAfter, dir: dir}
	for i, canary := range canaries {
		w.labs[i] = openLab(t, filepath.Join(dir, canary), person("cleo"))
	}
	return w
}

// remove closes the twins and removes their folder.
func (w *twins) remove(t testing.TB) {
	t.Helper()
	w.close(t)
	if err := os.RemoveAll(w.dir); err != nil {
		t.Error(err)
	}
}

// close stops the warehouses before the end of the test.
func (w *twins) close(t testing.TB) {
	t.Helper()
	for _, l := range w.labs {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// volatile are statements whose result differs from run to run.
var volatile = regexp.MustCompile(`(?i)rand|uuid|now|time|date|shuffle|extended|formatted|explain|day`)

// moment is a time, which information_schema tells of every table.
var moment = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?`)

// told is all that the user learns from a statement, in no particular order of rows.
func (l *lab) told(user, statement string) (text string, interrupted bool) {
	ctx, cancel := context.WithTimeout(context.Background(), fuzzTimeout)
	defer cancel()
	var p page
	began := time.Now()
	err := l.Execute(ctx, Request{Statement: statement, Principal: l.people[user], Catalog: "c", Schema: "s"}, &p)
	slices.Sort(p.rows)
	for _, c := range p.columns {
		text += c.Name + " " + c.Type.String() + "\n"
	}
	text += strings.Join(p.rows, "\n")
	if err != nil {
		text = err.Error()
	}
	if took := time.Since(began); took > fuzzTimeout+fuzzSlack {
		text = "INTERNAL_ERROR: it stopped only after " + took.String()
	}
	return text, errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil
}

// check runs the statement in both and compares.
func (w *twins) check(t *testing.T, user, statement string) {
	t.Helper()
	var told [2]string
	interrupted := false
	for i, l := range w.labs {
		text, late := l.told(user, statement)
		told[i] = text
		interrupted = interrupted || late
		if strings.Contains(strings.ToLower(text), canaries[i]) && !strings.Contains(strings.ToLower(statement), canaries[i]) {
			t.Errorf("%s: %s\nshows the canary:\n%s", user, statement, text)
		}
	}
	if strings.Contains(told[0]+told[1], "INTERNAL_ERROR") {
		t.Errorf("%s: %s: a failure inside the workspace:\n%s\n--\n%s", user, statement, told[0], told[1])
	}
	if interrupted {
		w.left = 0 // the two may have got out of step
		return
	}
	if moment.ReplaceAllString(told[0], "TIME") != moment.ReplaceAllString(told[1], "TIME") && !volatile.MatchString(statement) {
		t.Errorf("%s: %s\ntells the two apart:\n%s\n--\n%s", user, statement, told[0], told[1])
	}
}

// productions is a grammar of statements: a symbol in angle brackets stands for one of its
// alternatives. The first alternative of each ends soon.
var productions = map[string][]string{
	"S": {
		"<Q>", "<Q>", "<Q>", "INSERT INTO <N> <Q>", "INSERT OVERWRITE <N> <Q>", "UPDATE <N> SET <C> = <E> WHERE <E>", "UPDATE <N> t SET b = <E>, a = <E>", "DELETE FROM <N> WHERE <E>", "TRUNCATE TABLE <N>",
		"MERGE INTO <N> t USING <R> s ON <E> WHEN MATCHED AND <E> THEN UPDATE SET <C> = <E> WHEN NOT MATCHED THEN INSERT (<C>) VALUES (<E>)", "MERGE INTO <N> t USING <N> s ON t.a = s.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
		"CREATE OR REPLACE TABLE c.scratch.<W> AS <Q>", "CREATE OR REPLACE VIEW c.scratch.<W> AS <Q>", "CREATE OR REPLACE FUNCTION c.scratch.f(a INT, b STRING) RETURN <E>", "CREATE TABLE <N> (a INT)",
		"DESCRIBE QUERY <Q>", "DESCRIBE TABLE <N>", "SHOW COLUMNS IN <N>", "SHOW CREATE TABLE <N>", "SHOW TABLES IN c.<W>", "SHOW SCHEMAS IN c", "SHOW GRANTS ON TABLE <N>", "SHOW TBLPROPERTIES <N>", "DROP TABLE <N>", "DROP VIEW IF EXISTS <N>",
		"ALTER TABLE <N> DROP ROW FILTER", "ALTER TABLE <N> ALTER COLUMN b DROP MASK", "ALTER TABLE <N> SET ROW FILTER c.s.north ON (b)", "ALTER TABLE <N> ADD COLUMN <W> INT", "ALTER TABLE <N> OWNER TO bob", "GRANT SELECT ON TABLE <N> TO bob", "COMMENT ON TABLE <N> IS '<W>'", "USE SCHEMA c.<W>",
	},
	"Q": {
		"SELECT * FROM <N>", "SELECT <E> FROM <R>", "SELECT <E>, <E> FROM <R> WHERE <E>", "SELECT <A> FROM <R> GROUP BY <C>", "WITH <W> AS (<Q>) SELECT <E> FROM <R>", "<Q> UNION ALL <Q>", "SELECT <E> FROM <R> ORDER BY <E>",
		"SELECT DISTINCT <C> FROM <R> QUALIFY row_number() OVER (ORDER BY <E>) = 1", "VALUES (<E>, <E>)", "FROM <R>", "TABLE <N>", "SELECT <E>", "SELECT <A> FROM <R> HAVING <E>", "SELECT * EXCEPT (a) FROM <R>", "(<Q>)", "SELECT <E> FROM <R> LIMIT <E>",
	},
	"R": {
		"<N>", "<N>", "<N> AS t", "<N> t(a, b)", "(<Q>)", "(<Q>) t", "<R> JOIN <N> x ON <E>", "<R> LEFT JOIN <R> USING (a)", "<R>, <N> y", "<R> NATURAL JOIN <N>", "<N> t LATERAL VIEW explode(array(<E>)) z AS b", "range(3)", "VALUES (1, 'x') AS t(a, b)",
		"<R> LEFT ANTI JOIN <N> x ON <E>", "<N> x, LATERAL (<Q>) y", "IDENTIFIER('c.s.sealed')", "explode(array(<E>)) t", "<F>",
	},
	"F": {"read_csv('/etc/passwd')", "duckdb_tables()", "query('SELECT 1')", "query_table('c.s.sealed')", "c.information_schema.tables", "system.information_schema.columns", "sqlite_master", "pragma_table_info('sealed')", "uc_c.s.sealed", "'sealed'", "glob('*')"},
	"N": {"sealed", "c.s.staff", "c.s.open", "c.hidden.sealed", "c.s.peek", "c.scratch.x", "c.scratch.y", "s.sealed", "`c`.`s`.`sealed`", "staff", "open", "x", "c.scratch.t"},
	"E": {
		"a", "b", "<C>", "1", "'x'", "NULL", "<E> = <E>", "<E> + <E>", "(<Q>)", "EXISTS (<Q>)", "<E> IN (<Q>)", "<E> = (<Q>)", "CASE WHEN <E> THEN <E> ELSE <E> END", "CAST(<E> AS INT)", "CAST(<E> AS STRING)", "1 / <E>", "<E> AND <E>", "<E> || <E>", "<E> IS NULL", "NOT <E>", "<E> LIKE '%k%'",
		"upper(<E>)", "length(<E>)", "coalesce(<E>, <E>)", "c.s.of(<E>)", "c.s.none(<E>)", "c.scratch.f(<E>, <E>)", "c.s.north(<E>)", "transform(array(<E>), <W> -> <E>)", "filter(array(<E>), y -> <E>)[0]", "element_at(array(<E>), <E>)", "named_struct('k', <E>)", "<A>", "sum(<E>) OVER (ORDER BY <E>)",
		"md5(<E>)", "get_json_object(<E>, <E>)", "if(<E>, <E>, <E>)", "try_cast(<E> AS INT)", "current_user()", "is_member(<E>)", "getenv(<E>)", "current_setting(<E>)", "row(<E>)", "t", "t.corbel_row", "rowid", "corbel_argument_0", "<E>::int", "int(<E>)", "substring(<E>, 1, <E>)", "locate(<E>, <E>)",
	},
	"A": {"count(*)", "max(<E>)", "sum(<E>)", "collect_list(<E>)", "count(DISTINCT <E>)", "min(<E>) FILTER (WHERE <E>)", "avg(<E>)", "first(<E>)", "max_by(<E>, <E>)"},
	"C": {"a", "b", "t.a", "t.b", "s.a", "x.b", "sealed.b", "staff.a", "place", "c.s.staff.b"},
	"W": {"x", "y", "t", "s", "sealed", "staff", "hidden", "open"},
}

var symbol = regexp.MustCompile(`<[A-Z]>`)

// maxDepth bounds productions in productions.
const maxDepth = 7

// sentence derives a statement from the grammar; every byte decides one choice.
func sentence(from string, choices *[]byte, depth int) string {
	return symbol.ReplaceAllStringFunc(from, func(s string) string {
		alternatives := productions[s[1:2]]
		if len(*choices) == 0 || depth > maxDepth {
			return sentence(alternatives[0], choices, depth+1)
		}
		chosen := alternatives[int((*choices)[0])%len(alternatives)]
		*choices = (*choices)[1:]
		return sentence(chosen, choices, depth+1)
	})
}

// findings are statements of bob's that fuzzing once found.
var findings = []string{
	"CREATE OR REPLACE FUNCTION c.scratch.f(a INT, b STRING) RETURN c.s.of(int(c.s.of(a)))",
	"SELECT substring(substring(substring(substring(substring(substring(substring(b, 1, a), 1, a), 1, a), 1, a), 1, a), 1, a), 1, a) FROM open",
	"SELECT 1 / (2 / (3 / (4 / (5 / (6 / (7 / (8 / (9 / (10 / (11 / (12 / (13 / (14 / (15 / (16 / (17 / (18 / a))))))))))))))))) FROM open",
	"SELECT " + strings.Repeat("zip_with(", 24) + "array(a)" + strings.Repeat(", array(a), (x, y) -> x)", 24) + " FROM open",
	"CREATE FUNCTION c.scratch.both(p BOOLEAN) RETURN p AND p",
	"SELECT " + strings.Repeat("c.scratch.both(", 40) + "a = 1" + strings.Repeat(")", 40) + " FROM open",
	"CREATE VIEW c.scratch.nameless AS SELECT * FROM open, ''",
}

// FuzzStatements runs statements as users who may read some tables (bob) or nothing (cleo).
func FuzzStatements(f *testing.F) {
	for _, statement := range append(attacks(), findings...) {
		f.Add(statement, []byte{})
	}
	for i := range productions["S"] {
		for j := range 4 {
			f.Add("", []byte{byte(i), byte(j), byte(j * 7), byte(i + j*3), byte(i * j), byte(j + 8), byte(40 - j), byte(i), 3, byte(j), 8, byte(2 * i), 1, 12, byte(j)})
		}
	}
	dir := f.TempDir()
	model := filepath.Join(dir, "model")
	newTwins(f, model).close(f)
	var w *twins
	f.Cleanup(func() {
		if w != nil {
			w.remove(f)
		}
	})
	made := 0
	f.Fuzz(func(t *testing.T, statement string, choices []byte) {
		if w == nil || w.left <= 0 {
			if w != nil {
				w.remove(t)
			}
			made++
			w = twinsLike(t, model, filepath.Join(dir, strconv.Itoa(made)))
		}
		w.left--
		if len(choices) > 0 {
			statement = sentence("<S>", &choices, 0) + statement
		}
		w.check(t, bob, statement)
		w.check(t, "cleo", statement)
	})
}
