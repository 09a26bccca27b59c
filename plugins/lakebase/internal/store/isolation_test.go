package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"corbel.example/plugins/lakebase/internal/credential"
	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/plugins/lakebase/internal/postgrestest"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/secret"
)

const users = 10_000

// tables are all that users have rows in, each with a column that can be changed.
var tables = map[string]string{
	"user_preferences": "version", "saved_queries": "version", "query_history": "row_count", "notes": "version",
}

// crowd returns a database in which each of the users has a row in each table, written behind the policies' back.
func crowd(t *testing.T) (*database.Database, *pgx.Conn) {
	t.Helper()
	d, settings := open(t)
	owner := server.Connect(t, postgrestest.Owner, settings.Name)
	for _, statement := range []string{
		`INSERT INTO corbel.user_preferences (user_id, preferences) SELECT 'u' || i, '{"theme":"dark"}' FROM generate_series(1, $1::int) i`,
		`INSERT INTO corbel.saved_queries (user_id, name, statement) SELECT 'u' || i, 'q', 'SELECT ' || i FROM generate_series(1, $1::int) i`,
		`INSERT INTO corbel.query_history (user_id, statement, status) SELECT 'u' || i, 'SELECT ' || i, 'FAILED' FROM generate_series(1, $1::int) i`,
		`INSERT INTO corbel.notes (user_id, title, body) SELECT 'u' || i, 'n', 'of ' || i FROM generate_series(1, $1::int) i`,
	} {
		if _, err := owner.Exec(t.Context(), statement, users); err != nil {
			t.Fatal(err)
		}
	}
	return d, owner
}

// TestRowLevelSecurityAloneKeepsUsersApart runs statements that name no user in their WHERE clause: what holds is the
// database. All users at once share a few connections.
func TestRowLevelSecurityAloneKeepsUsersApart(t *testing.T) {
	t.Parallel()
	d, owner := crowd(t)
	var next, foreign atomic.Int64
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for i := next.Add(1); i <= users && !t.Failed(); i = next.Add(1) {
				user := fmt.Sprintf("u%d", i)
				for table, column := range tables {
					foreign.Add(int64(seesOthers(t, d, user, "SELECT user_id FROM corbel."+table)))
					foreign.Add(int64(seesOthers(t, d, user, "UPDATE corbel."+table+" SET "+column+" = 7 RETURNING user_id")))
				}
			}
		})
	}
	wg.Wait()
	if n := foreign.Load(); n != 0 {
		t.Errorf("%d rows of others", n)
	}
	for table, column := range tables {
		var touched int
		if err := owner.QueryRow(t.Context(), "SELECT count(*) FROM corbel."+table+" WHERE "+column+" = 7").Scan(&touched); err != nil {
			t.Fatal(err)
		}
		if touched != users {
			t.Errorf("%s: %d rows were changed, want each user's own: %d", table, touched, users)
		}
	}
}

// seesOthers counts the rows that a statement returns and that are not the user's. It must return the one that is.
func seesOthers(t *testing.T, d *database.Database, user, sql string) (others int) {
	own := 0
	err := d.Query(t.Context(), user, sql, nil, func(rows pgx.Rows) error {
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			if id == user {
				own++
			} else {
				others++
			}
		}
		return nil
	})
	if err != nil || own != 1 {
		t.Errorf("%s as %s: %d own rows, %v", sql, user, own, err)
	}
	return others
}

func TestPoliciesTakeNoRowsForOthers(t *testing.T) {
	t.Parallel()
	d, owner := crowd(t)
	for _, sql := range []string{
		`INSERT INTO corbel.notes (user_id, title, body) VALUES ('u2', 't', 'b')`,
		`INSERT INTO corbel.notes (user_id, title, body) VALUES ('', 't', 'b')`,
		`UPDATE corbel.notes SET user_id = 'u2'`,
		`UPDATE corbel.user_preferences SET user_id = ''`,
		`INSERT INTO corbel.user_preferences (user_id, preferences) VALUES ('u2', '{}') ON CONFLICT (user_id) DO UPDATE SET preferences = '{}'`,
	} {
		err := d.Query(t.Context(), "u1", sql, nil, func(pgx.Rows) error { return nil })
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" && refused.Code != "23514" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if err := d.Query(t.Context(), "u1", `DELETE FROM corbel.notes`, nil, func(pgx.Rows) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := owner.QueryRow(t.Context(), `SELECT count(*) FROM corbel.notes`).Scan(&left); err != nil || left != users-1 {
		t.Errorf("%d notes are left, %v", left, err)
	}
}

// TestASessionWithoutUserSeesNothing covers sessions that never named a user, and those in which the last one's setting has
// ended: it is then empty, not absent.
func TestASessionWithoutUserSeesNothing(t *testing.T) {
	t.Parallel()
	d, settings := open(t)
	if _, err := (store.Notes{Database: d}).Create(t.Context(), "ana", store.NoteText{Title: "secret"}); err != nil {
		t.Fatal(err)
	}
	app := server.Connect(t, postgrestest.App, settings.Name)
	check := func(when string) {
		t.Helper()
		var n int
		if err := app.QueryRow(t.Context(), `SELECT count(*) FROM corbel.notes`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d notes, %v", when, n, err)
		}
		for _, id := range []string{"", "ana"} {
			if _, err := app.Exec(t.Context(), `INSERT INTO corbel.notes (user_id, title, body) VALUES ($1, 't', 'b')`, id); err == nil {
				t.Errorf("%s: a note of %q was taken", when, id)
			}
		}
	}
	check("before a user was named")
	err := pgx.BeginFunc(t.Context(), app, func(tx pgx.Tx) error {
		var n int
		if _, err := tx.Exec(t.Context(), `SELECT set_config('corbel.user_id', 'ana', true)`); err != nil {
			return err
		}
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM corbel.notes`).Scan(&n); err != nil || n != 1 {
			t.Errorf("within: %d notes, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check("after a transaction")
}

// TestTransactionsEndWithTheirUser covers the ways in which a transaction ends: the connection goes to another user next.
func TestTransactionsEndWithTheirUser(t *testing.T) {
	t.Parallel()
	settings := server.Database(t)
	settings.MaxConnections = 1
	d, err := database.Open(settings, credential.Static{Value: secret.New(server.Password)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	insert := func(tx pgx.Tx, user string) {
		if _, err := tx.Exec(context.WithoutCancel(t.Context()), `INSERT INTO corbel.notes (user_id, title, body) VALUES ($1, 't', 'b')`, user); err != nil {
			t.Errorf("insert as %s: %v", user, err)
		}
	}
	count := func(user string) (n int) {
		err := d.Transact(t.Context(), user, func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM corbel.notes`).Scan(&n)
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	if err := d.Transact(t.Context(), "ana", func(tx pgx.Tx) error { insert(tx, "ana"); return nil }); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("no")
	if err := d.Transact(t.Context(), "ana", func(tx pgx.Tx) error { insert(tx, "ana"); return failure }); !errors.Is(err, failure) {
		t.Errorf("%v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is lost")
			}
		}()
		_ = d.Transact(t.Context(), "ana", func(tx pgx.Tx) error { insert(tx, "ana"); panic("no") })
	}()
	ctx, cancel := context.WithCancel(t.Context())
	if err := d.Transact(ctx, "ana", func(tx pgx.Tx) error { insert(tx, "ana"); cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if a, b := count("ana"), count("ben"); a != 1 || b != 0 {
		t.Errorf("ana has %d notes, want the committed one; ben sees %d", a, b)
	}
}

// hostile are texts that would be something else if they ever became part of a statement.
var hostile = []string{
	`'; DROP TABLE corbel.notes; --`, `' OR '1'='1`, `u1' OR user_id <> 'u1`, `\'; SELECT 1; --`, `$$; DELETE FROM corbel.notes; $$`, `"; --`, "%", "_", `\`,
	"\u202e\u0000x"[:3], "💥", strings.Repeat("'", 100), "u1\n-- ", "corbel.user_id", "'||current_user||'", "{}", "null", " ",
}

func TestHostileTextsStayTexts(t *testing.T) {
	t.Parallel()
	d, _ := crowd(t)
	notes, queries := store.Notes{Database: d}, store.Queries{Database: d}
	for _, text := range hostile {
		// As the user's id as well: whatever the platform sends is one user, and sees what this user wrote.
		n, err := notes.Create(t.Context(), text, store.NoteText{Title: text, Body: text})
		if err != nil || n.Title != text || n.Body != text {
			t.Errorf("%q: %+v, %v", text, n, err)
		}
		if page, err := notes.List(t.Context(), text, 10, ""); err != nil || len(page.Items) != 1 {
			t.Errorf("%q sees %d notes, %v", text, len(page.Items), err)
		}
		q, err := queries.Create(t.Context(), "eve", store.QueryText{Name: text, Statement: text, Catalog: text, Schema: text})
		if err != nil || q.Statement != text {
			t.Errorf("%q: %+v, %v", text, q, err)
		}
		if page, err := queries.List(t.Context(), "eve", 100, text); err != nil || len(page.Items) > len(hostile) {
			t.Errorf("page token %q: %d queries, %v", text, len(page.Items), err)
		}
	}
	if page, err := notes.List(t.Context(), "u1", 10, ""); err != nil || len(page.Items) != 1 {
		t.Errorf("u1 has %d notes, %v", len(page.Items), err)
	}
}
