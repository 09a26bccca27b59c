package warehouse

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"corbel.example/emulator/internal/dialect"
)

// The driver asks DuckDB for materialized results: the whole of a result is in memory
// before its first row is read. DuckDB has a call that streams, and the driver's calls are
// variables. So statements that are marked here get the other call; what changes something
// is materialized by DuckDB all the same.
//
// A stream can fail while it is read. The driver takes the missing chunk for the end of the
// rows; the panic carries the error past it, to [stream.next].
func init() {
	mapping.PendingPrepared = func(s mapping.PreparedStatement, p *mapping.PendingResult) mapping.State {
		if _, ok := streaming.Load(s.Ptr); ok {
			return bindings.PendingPreparedStreaming(s, p)
		}
		return bindings.PendingPrepared(s, p)
	}
	mapping.FetchChunk = func(r mapping.Result) mapping.DataChunk {
		chunk := bindings.FetchChunk(r)
		if chunk.Ptr == nil {
			if message := bindings.ResultError(&r); message != "" {
				panic(&fetchError{message})
			}
		}
		return chunk
	}
}

// streaming holds the prepared statements that stream.
var streaming sync.Map // of unsafe.Pointer

// fetchError is the failure of a stream.
type fetchError struct{ message string }

func (e *fetchError) Error() string { return e.message }

// stream is a result that DuckDB produces while it is read.
type stream struct {
	rows   driver.Rows
	values []driver.Value
	// again runs the query once more, to its failure.
	again func() error
	// ended reports whether the caller gave up.
	ended func() bool
}

// openStream runs a query on the driver's connection. The end of ctx stops DuckDB, also while it
// looks for the next row.
func openStream(ctx context.Context, c *duckdb.Conn, query string) (s *stream, closeStream func() error, err error) {
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	statement, ok := prepared.(*duckdb.Stmt)
	if !ok {
		return nil, nil, fmt.Errorf("prepared statement is a %T", prepared)
	}
	handle := pointerIn(statement, "preparedStmt")
	streaming.Store(handle, true)
	finish := func() error {
		streaming.Delete(handle)
		return statement.Close()
	}
	rows, err := statement.QueryContext(ctx, nil)
	if err != nil {
		return nil, nil, errors.Join(err, finish())
	}
	release := interruptAtEnd(ctx, c)
	again := func() error {
		repeated, closeRepeated, err := openStream(ctx, c, query)
		if err != nil {
			return err
		}
		for err == nil {
			err = repeated.next()
		}
		return errors.Join(err, closeRepeated())
	}
	return &stream{rows, make([]driver.Value, len(rows.Columns())), again, func() bool { return ctx.Err() != nil }}, func() error {
		release()
		return errors.Join(rows.Close(), finish())
	}, nil
}

// columns tells the names and types of the result.
func (s *stream) columns() ([]Column, error) {
	named, ok := s.rows.(driver.RowsColumnTypeDatabaseTypeName)
	if !ok {
		return nil, fmt.Errorf("rows are a %T", s.rows)
	}
	columns := make([]Column, len(s.values))
	for i, name := range s.rows.Columns() {
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
func interruptAtEnd(ctx context.Context, c *duckdb.Conn) (release func()) {
	handle := mapping.Connection{Ptr: pointerIn(c, "conn")}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		mapping.Interrupt(handle)
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// pointerIn returns DuckDB's handle in a field of one of the driver's structures, which
// the driver keeps to itself.
func pointerIn(structure any, field string) unsafe.Pointer {
	v := reflect.ValueOf(structure).Elem().FieldByName(field)
	return reflect.Indirect(v).FieldByName("Ptr").UnsafePointer()
}
