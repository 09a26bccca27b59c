package warehouse

import (
	"context"
	"database/sql"
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"corbel.example/emulator/internal/dialect"
)

// query runs a query and streams its rows.
func (x *run) query(ctx context.Context, q dialect.Query) error {
	tree, err := x.tree(ctx, x.src, q.Tokens, x.scope())
	if err != nil {
		return err
	}
	statement, err := x.deserialize(ctx, tree)
	if err != nil {
		return err
	}
	return x.stream(ctx, statement, tree.Types())
}

// explain answers with DuckDB's plan: it is another engine's than Databricks', and says so.
func (x *run) explain(ctx context.Context, e dialect.Explain) error {
	statement, err := x.translate(ctx, e.Query)
	if err != nil {
		return err
	}
	if x.hides { // a plan tells of values: the optimizer knows the least and the greatest
		return dialect.Unsupported("EXPLAIN of a query that reads a table with a row filter or column masks, or somebody else's view")
	}
	var kind, plan string
	if err := x.conn.QueryRowContext(ctx, "EXPLAIN "+statement).Scan(&kind, &plan); err != nil {
		return err
	}
	return x.answer(stringColumns("plan"), [][]*string{texts("== Physical Plan (DuckDB) ==\n" + plan)})
}

// stream runs a DuckDB query and writes every row to the sink as it comes. The types are
// those that translation found for its columns.
func (x *run) stream(ctx context.Context, query string, types []*dialect.Type) error {
	return x.conn.Raw(func(c any) (err error) {
		connection, ok := c.(*duckdb.Conn)
		if !ok {
			return fmt.Errorf("connection is a %T", c)
		}
		result, closeResult, err := openStream(ctx, connection, query)
		if err != nil {
			return err
		}
		defer func() {
			if closeErr := closeResult(); err == nil {
				err = closeErr
			}
		}()
		if x.stale() {
			return errStale
		}
		columns, err := result.columns(types)
		if err != nil {
			return err
		}
		x.answered = true
		if err := x.sink.Columns(columns); err != nil {
			return &sinkError{err}
		}
		return result.each(func(values []any) error {
			if err := x.sink.Row(values); err != nil {
				return &sinkError{err}
			}
			return nil
		})
	})
}

func resultColumns(rows *sql.Rows) ([]Column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	columns := make([]Column, len(types))
	for i, t := range types {
		column, err := dialect.FromDuckDB(t.DatabaseTypeName())
		if err != nil {
			return nil, err
		}
		columns[i] = Column{t.Name(), column}
	}
	return columns, nil
}

// shape tells the columns of a DuckDB query without running it to its end.
func (x *run) shape(ctx context.Context, statement string) (columns []Column, err error) {
	rows, err := x.conn.QueryContext(ctx, fmt.Sprintf("SELECT * FROM (%s) LIMIT 0", statement))
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	if columns, err = resultColumns(rows); err != nil {
		return nil, fmt.Errorf("columns of the query: %w", err)
	}
	return columns, rows.Err()
}
