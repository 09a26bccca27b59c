package warehouse

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"corbel.example/emulator/internal/dialect"
)

// stream is a result that DuckDB produces while it is read.
type stream struct {
	rows   driver.Rows
	values []driver.Value
	// over tells that there are no more rows, or that reading them failed.
	over bool
	// interrupt stops DuckDB.
	interrupt func()
	// again runs the query once more, to its failure.
	again func() error
	// ended reports whether the caller gave up.
	ended func() bool
}

// openStream runs a query on the driver's connection. The end of ctx stops DuckDB, also while it
// looks for the next row.
func openStream(ctx context.Context, c *duckdb.Conn, query string) (s *stream, closeStream func() error, err error) {
	p, markedQuery, forget := newPreparation(query)
	statement, err := c.PrepareContext(ctx, markedQuery)
	if err != nil {
		forget()
		return nil, nil, err
	}
	finish := func() error {
		forget()
		return statement.Close()
	}
	querier, ok := statement.(driver.StmtQueryContext)
	if !ok || p.statement.Ptr == nil {
		return nil, nil, errors.Join(errOtherDriver, finish())
	}
	rows, err := querier.QueryContext(ctx, nil)
	if err != nil {
		return nil, nil, errors.Join(err, finish())
	}
	release := interruptAtEnd(ctx, p.connection)
	s = &stream{
		rows: rows, values: make([]driver.Value, len(rows.Columns())),
		interrupt: func() { mapping.Interrupt(p.connection) },
		again:     func() error { return runToItsEnd(ctx, c, query) },
		ended:     func() bool { return ctx.Err() != nil },
	}
	closeStream = func() error {
		release()
		s.abandon()
		return errors.Join(rows.Close(), finish())
	}
	if !p.streams {
		return nil, nil, errors.Join(errOtherDriver, closeStream())
	}
	return s, closeStream, nil
}

// runToItsEnd runs a query for its error alone; where there is none, that is [io.EOF].
func runToItsEnd(ctx context.Context, c *duckdb.Conn, query string) error {
	s, closeStream, err := openStream(ctx, c, query)
	if err != nil {
		return err
	}
	for err == nil {
		err = s.next()
	}
	return errors.Join(err, closeStream())
}

// abandon ends a query that was not read to its end. Else it would go on as far as DuckDB's
// buffer, and hold its memory and its transaction until the connection's next statement.
func (s *stream) abandon() {
	if s.over {
		return
	}
	s.interrupt()
	for s.next() == nil { // what is in the buffer still comes, then the interruption
	}
}

// columns tells the names and types of the result. Of the types that translation found it
// takes those that DuckDB doesn't have: an untyped NULL, and units of intervals.
func (s *stream) columns(found []*dialect.Type) ([]Column, error) {
	named, ok := s.rows.(driver.RowsColumnTypeDatabaseTypeName)
	if !ok {
		return nil, fmt.Errorf("rows are a %T", s.rows)
	}
	columns := make([]Column, len(s.values))
	for i, name := range s.rows.Columns() {
		if len(found) == len(columns) && found[i] != nil && (found[i].Name == dialect.Void || found[i].Name == dialect.Interval) {
			columns[i] = Column{name, found[i]}
			continue
		}
		t, err := dialect.FromDuckDB(named.ColumnTypeDatabaseTypeName(i))
		if err != nil {
			return nil, err
		}
		columns[i] = Column{name, t}
	}
	return columns, nil
}

// next reads a row into values. At the end it returns [io.EOF].
func (s *stream) next() (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *fetchError:
			err = p
		default:
			panic(p)
		}
		s.over = err != nil
	}()
	return s.rows.Next(s.values)
}

// maxRepetitions bounds the search for the cause of a failure.
const maxRepetitions = 5

func interrupted(err error) bool { return strings.Contains(err.Error(), "Interrupted!") }

// cause finds out why a stream failed that nobody interrupted. The thread of DuckDB's that
// fails interrupts the others, and now and then one of them is first to report. The rows
// are out already, so the query is repeated for its error alone.
func (s *stream) cause(failed error) error {
	for range maxRepetitions {
		if err := s.again(); !errors.Is(err, io.EOF) && !interrupted(err) {
			return err
		}
	}
	return failed
}

// each calls row for every row.
func (s *stream) each(row func(values []any) error) error {
	values := make([]any, len(s.values))
	for {
		switch err := s.next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && interrupted(err) && !s.ended():
			return s.cause(err)
		case err != nil:
			return err
		}
		for i, v := range s.values {
			values[i] = v
		}
		if err := row(values); err != nil {
			return err
		}
	}
}

// interruptAtEnd interrupts what the connection does when ctx ends. After release it does
// not any more: the next statement on the connection is not meant. The driver itself
// interrupts while a statement starts, but not while it is read.
func interruptAtEnd(ctx context.Context, c mapping.Connection) (release func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		mapping.Interrupt(c)
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}
