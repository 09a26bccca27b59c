package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// concurrentTimeout is long enough for any of these tests: what takes longer is locked up.
const concurrentTimeout = 2 * time.Minute

// TestRowsAreNeverReadUnderOldGrants changes a table under its readers: what bob was granted
// on one table must not open another of the same name.
func TestRowsAreNeverReadUnderOldGrants(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][]string{
		"dropped and made anew": {
			"CREATE TABLE c.s.r AS SELECT 'open' AS v FROM range(100)", "GRANT SELECT ON TABLE c.s.r TO bob", "DROP TABLE c.s.r",
			"CREATE TABLE c.s.r AS SELECT 'secret' AS v FROM range(100)", "DROP TABLE c.s.r",
		},
		"replaced under a row filter": {
			"CREATE OR REPLACE TABLE c.s.r AS SELECT 'open' AS v FROM range(100)", "GRANT SELECT ON TABLE c.s.r TO bob",
			"CREATE OR REPLACE TABLE c.s.r WITH ROW FILTER c.s.shown ON (v) AS SELECT 'secret' AS v FROM range(100)",
		},
		"filled after a row filter": {
			"CREATE OR REPLACE TABLE c.s.r AS SELECT 'open' AS v", "GRANT SELECT ON TABLE c.s.r TO bob", "ALTER TABLE c.s.r SET ROW FILTER c.s.shown ON (v)", "INSERT INTO c.s.r VALUES ('secret')",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE FUNCTION c.s.shown(v STRING) RETURNS BOOLEAN RETURN v = 'open'",
				"GRANT USE CATALOG ON CATALOG c TO bob", "GRANT USE SCHEMA, CREATE TABLE ON SCHEMA c.s TO bob", "CREATE TABLE c.s.taken (v STRING)", "GRANT MODIFY ON TABLE c.s.taken TO bob")
			ctx, stop := context.WithTimeout(t.Context(), concurrentTimeout)
			var readers sync.WaitGroup
			for _, statement := range []string{"SELECT DISTINCT v FROM c.s.r", "SELECT v FROM c.s.r LIMIT 1", "INSERT INTO c.s.taken SELECT v FROM c.s.r"} {
				readers.Go(func() {
					for ctx.Err() == nil {
						rows, err := l.try(ctx, bob, statement)
						if strings.Contains(rows, "secret") || err != nil && strings.Contains(err.Error(), "secret") {
							t.Errorf("%s: %s, error %v", statement, rows, err)
							return
						}
					}
				})
			}
			for range 10 {
				l.must(t, admin, change...)
			}
			stop()
			readers.Wait()
			l.must(t, admin, "ALTER TABLE c.s.taken OWNER TO admin")
			if taken := l.must(t, admin, "SELECT count(*) FROM c.s.taken WHERE v = 'secret'"); taken != "0" {
				t.Errorf("%s secrets were copied", taken)
			}
		})
	}
}

// TestManyUsersAtOnce runs a hundred statements of ten users at once.
func TestManyUsersAtOnce(t *testing.T) {
	t.Parallel()
	const users, rounds = 10, 10
	l := newLab(t)
	l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE FUNCTION c.s.own(who STRING) RETURNS BOOLEAN RETURN who = current_user()",
		"CREATE TABLE c.s.shared (who STRING, n INT)", "ALTER TABLE c.s.shared SET ROW FILTER c.s.own ON (who)", "GRANT USE CATALOG ON CATALOG c TO `account users`")
	names := make([]string, users)
	for i := range names {
		names[i] = fmt.Sprintf("user%d", i)
		l.people[names[i]] = person(names[i])
		l.must(t, admin, "CREATE SCHEMA c."+names[i], "ALTER SCHEMA c."+names[i]+" OWNER TO "+names[i])
	}
	l.must(t, admin, "GRANT USE SCHEMA, SELECT, MODIFY ON SCHEMA c.s TO `account users`")
	ctx, cancel := context.WithTimeout(t.Context(), concurrentTimeout)
	defer cancel()
	var all sync.WaitGroup
	for i, user := range names {
		for round := range rounds {
			all.Go(func() {
				if err := l.busy(ctx, user, names[(i+1)%users], round); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	for _, user := range names {
		if got := l.must(t, user, "SELECT count(*), sum(n) FROM c.s.shared"); got != "10|460" {
			t.Errorf("%s sees %s", user, got)
		}
	}
}

// busy is what one of the users does at the same time as the others, and what must come of it.
func (l *lab) busy(ctx context.Context, user, other string, round int) error {
	table := fmt.Sprintf("c.%s.t%d", user, round)
	for _, step := range []struct{ sql, want, class string }{
		{sql: "CREATE TABLE " + table + " AS SELECT id FROM range(100)", want: "100|100"},
		{sql: fmt.Sprintf("INSERT INTO c.s.shared VALUES (current_user(), %d)", 10*round), want: "1|1"},
		{sql: "SELECT count(DISTINCT who), min(who) FROM c.s.shared", want: "1|" + user},
		{sql: fmt.Sprintf("UPDATE c.s.shared SET n = n + 1 WHERE n = %d AND who = '%s'", 10*round, other), want: "0"},
		{sql: "MERGE INTO " + table + " t USING (SELECT 99 AS id UNION ALL SELECT 100) s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT *", want: "2|0|1|1"},
		{sql: "SELECT count(*), sum(id), current_user() FROM " + table, want: "100|4951|" + user},
		{sql: "SELECT * FROM c." + other + ".t0", class: denied},
		{sql: fmt.Sprintf("UPDATE c.s.shared SET n = %d WHERE n = %d", 10*round+1000, 10*round), want: "1"},
		{sql: fmt.Sprintf("UPDATE c.s.shared SET n = n - 999 WHERE n = %d", 10*round+1000), want: "1"},
		{sql: "DROP TABLE " + table},
		{sql: "SELECT * FROM " + table, class: "TABLE_OR_VIEW_NOT_FOUND"},
	} {
		got, err := l.try(ctx, user, step.sql)
		switch {
		case step.class != "" && (err == nil || !strings.Contains(err.Error(), step.class)):
			return fmt.Errorf("%s: %s: %s, error %w", user, step.sql, got, errOr(err))
		case step.class == "" && (err != nil || got != step.want):
			return fmt.Errorf("%s: %s: %q, want %q, error %w", user, step.sql, got, step.want, errOr(err))
		}
	}
	return nil
}

var errNone = errors.New("none")

func errOr(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

// A connection that is in the middle of something is not given to the next statement.
func TestAConnectionInATransactionIsDiscarded(t *testing.T) {
	l := openLab(t, t.TempDir())
	conn, err := l.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x := &run{Warehouse: l.Warehouse, conn: conn}
	if err := x.exec(t.Context(), "BEGIN TRANSACTION"); err != nil {
		t.Fatal(err)
	}
	if err := x.atomically(t.Context(), func() error { return nil }); err == nil {
		t.Error("a transaction began within a transaction")
	}
	if err := x.exec(t.Context(), "SELECT 1"); !errors.Is(err, driver.ErrBadConn) && !errors.Is(err, sql.ErrConnDone) {
		t.Errorf("the connection is still there: %v", err)
	}
}
