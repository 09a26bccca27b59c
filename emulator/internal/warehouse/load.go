package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

// Load makes a table with the rows of a CSV stream (RFC 4180, a header row, an empty field
// is NULL), without asking anybody's privileges. The caller sees to it that no other
// statement changes objects meanwhile.
func (w *Warehouse) Load(ctx context.Context, t metastore.Table, rows io.Reader) (err error) {
	n := t.FullName()
	defer func() {
		if err != nil {
			err = fmt.Errorf("load table %s: %w", n, err)
		}
	}()
	// DuckDB reads files, and only those in its own folder.
	file, err := os.CreateTemp(w.dir, "load-*.csv")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = io.Copy(file, rows)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	statement, err := loadStatement(t, file.Name())
	if err != nil {
		return err
	}
	if _, err := w.db.ExecContext(ctx, statement); err != nil {
		return errors.Join(err, w.dropTable(ctx, n))
	}
	if err := w.store.Update(func(tx *metastore.Tx) error { return tx.CreateTable(t) }); err != nil {
		return errors.Join(err, w.dropTable(ctx, n))
	}
	return nil
}

func (w *Warehouse) dropTable(ctx context.Context, n metastore.Name) error {
	_, err := w.db.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS "+physical(n))
	return err
}

func loadStatement(t metastore.Table, file string) (string, error) {
	definitions := make([]string, len(t.Columns))
	types := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		definition, err := columnDefinition(c)
		if err != nil {
			return "", err
		}
		kind, err := columnType(c)
		if err != nil {
			return "", err
		}
		definitions[i] = definition
		types[i] = dialect.QuoteString(c.Name) + ": " + dialect.QuoteString(kind.DuckDB())
	}
	name := physical(t.Stored())
	return fmt.Sprintf("CREATE TABLE %s (%s); INSERT INTO %s SELECT * FROM read_csv(%s, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {%s})",
		name, strings.Join(definitions, ", "), name, dialect.QuoteString(file), strings.Join(types, ", ")), nil
}
