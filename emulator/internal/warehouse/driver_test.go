package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// interruptedRows fail as a thread of DuckDB's does that another one interrupted.
type interruptedRows struct{ driver.Rows }

func (interruptedRows) Next([]driver.Value) error {
	panic(&fetchError{"INTERRUPT Error: Interrupted!"})
}

func TestTheCauseOfAFailureIsFound(t *testing.T) {
	t.Parallel()
	divideByZero := errors.New("Out of Range Error: DIVIDE_BY_ZERO")
	interruption := &fetchError{"INTERRUPT Error: Interrupted!"}
	for name, c := range map[string]struct {
		repeated []error
		gaveUp   bool
		want     string
	}{
		"at the second repetition": {repeated: []error{interruption, divideByZero}, want: divideByZero.Error()},
		"never":                    {repeated: []error{io.EOF, io.EOF, io.EOF, io.EOF, io.EOF}, want: interruption.Error()},
		"not looked for":           {gaveUp: true, want: interruption.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repetitions := 0
			s := &stream{
				rows: interruptedRows{},
				again: func() error {
					repetitions++
					return c.repeated[repetitions-1]
				},
				ended: func() bool { return c.gaveUp },
			}
			err := s.each(func([]any) error { return nil })
			if err == nil || err.Error() != c.want || repetitions != len(c.repeated) {
				t.Errorf("error %v after %d repetitions, want %s after %d", err, repetitions, c.want, len(c.repeated))
			}
		})
	}
}

// readSome streams a query on the connection and gives up after so many rows.
func readSome(ctx context.Context, conn *sql.Conn, query string, rows int) error {
	return conn.Raw(func(c any) (err error) {
		connection, ok := c.(*duckdb.Conn)
		if !ok {
			return fmt.Errorf("connection is a %T", c)
		}
		s, closeStream, err := openStream(ctx, connection, query)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, closeStream()) }()
		for range rows {
			if err := s.next(); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestQueriesAreStreamed fails when the driver gets along without the calls that streaming.go
// puts its own in the place of: the result would take all of the memory there is.
func TestQueriesAreStreamed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), concurrentTimeout)
	defer cancel()
	conn, err := newLab(t).db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := readSome(ctx, conn, "SELECT range FROM range(1000000000000)", 10_000); err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"that is no SQL": "SELEC", "of no statement": "", "of two statements": "SELECT 1; SELECT range FROM range(2)", "that fails at its start": "SELECT error('x')",
	} {
		if err := readSome(ctx, conn, query, 1); errors.Is(err, errOtherDriver) {
			t.Errorf("a query %s: %v", name, err)
		}
	}
}

// TestNothingIsLeftOfAnAbandonedStream looks for the memory of a sort behind the rows of which
// only some were read: the statement is over, so all of it must be free.
func TestNothingIsLeftOfAnAbandonedStream(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	memory := func() (bytes int64) {
		if err := l.db.QueryRowContext(t.Context(), "SELECT sum(memory_usage_bytes) FROM duckdb_memory()").Scan(&bytes); err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	conn, err := l.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	before := memory()
	const sorted = "SELECT *, md5(CAST(range AS VARCHAR)) FROM range(200000) ORDER BY 2"
	if err := readSome(t.Context(), conn, sorted, 5); err != nil {
		t.Fatal(err)
	}
	if after := memory(); after > before+1<<20 {
		t.Errorf("%d bytes are left behind a stream that was not read to its end", after-before)
	}
	var n int
	if err := conn.QueryRowContext(t.Context(), "SELECT 7").Scan(&n); err != nil || n != 7 {
		t.Errorf("the connection's next statement: %d, error %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := readSome(ctx, conn, sorted, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("a stream of a context that has ended: %v", err)
	}
	if after := memory(); after > before+1<<20 {
		t.Errorf("%d bytes are left behind a stream that was canceled", after-before)
	}
}

// TestWhatTheEngineLacksIsRefused by its name, not as a failure inside the workspace.
func TestWhatTheEngineLacksIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s")
	for _, statement := range []string{"SELECT row('x') FROM VALUES (1, 'x') AS t(a, b)", "SELECT array((1, 2))", "CREATE VIEW c.s.v AS SELECT (1, 2)", "CREATE TABLE c.s.t AS SELECT (1, 2) AS a"} {
		_, err := l.try(t.Context(), admin, statement)
		if got := class(t, err); got != "UNSUPPORTED_FEATURE" && got != "UNRESOLVED_ROUTINE" {
			t.Errorf("%s: %v", statement, err)
		}
	}
	_, err := l.try(t.Context(), admin, "SELECT 1 FROM range(1) t LEFT ANTI JOIN range(1) x ON if('x', 'x', (SELECT 'x'))")
	if got := class(t, err); got != "UNSUPPORTED_FEATURE" {
		t.Errorf("a join that DuckDB does not know: %v", err)
	}
	if got := l.must(t, admin, "SELECT (1, 2) IN (SELECT 1, 2), (1, 2) = (1, 3)"); got != "true|false" {
		t.Errorf("comparison of rows: %s", got)
	}
}
