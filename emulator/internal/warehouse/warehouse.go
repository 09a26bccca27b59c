package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	_ "github.com/duckdb/duckdb-go/v2" // the engine

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/routine"
)

const (
	// maxConcurrentStatements bounds the statements that run at once; others wait.
	maxConcurrentStatements = 16
	// memoryLimit bounds DuckDB's buffers; beyond it operators spill to the state folder.
	memoryLimit = "1GB"
)

// Principals resolves the names in GRANT and the owners of views, and lists them for SHOW.
type Principals interface {
	User(userName string) (principal.Principal, bool)
	Known(name string) (canonical string, ok bool)
	Users() []principal.Principal
	Groups() []principal.Group
}

// Config is what a warehouse needs.
type Config struct {
	// Dir holds the catalogs' files. It is made when it doesn't exist.
	Dir        string
	Metastore  *metastore.Store
	Principals Principals
	Logger     *slog.Logger
}

// Warehouse executes statements. It is safe for concurrent use.
type Warehouse struct {
	dir        string
	db         *sql.DB
	store      *metastore.Store
	principals Principals
	log        *slog.Logger
	// definitions lets one statement at a time change which objects exist, so that DuckDB
	// and the metastore agree; writes lets one at a time change the rows of a table.
	// Queries take neither.
	definitions locks[struct{}]
	writes      locks[metastore.Name]
	// replacing holds the names of tables whose replacement is in DuckDB and not yet in the
	// metastore.
	replacing sync.Map
}

// Open starts the engine, attaches the catalogs of the metastore and removes what an
// interrupted statement left behind.
func Open(ctx context.Context, c Config) (*Warehouse, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("open warehouse: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open warehouse: %w", err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, fmt.Errorf("open warehouse: %w", err)
	}
	db.SetMaxOpenConns(maxConcurrentStatements)
	db.SetMaxIdleConns(maxConcurrentStatements)
	w := &Warehouse{dir: dir, db: db, store: c.Metastore, principals: c.Principals, log: c.Logger}
	if err := w.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open warehouse: %w", err), db.Close())
	}
	return w, nil
}

func (w *Warehouse) start(ctx context.Context) error {
	settings := []string{
		"SET GLOBAL TimeZone = 'UTC'",
		"SET GLOBAL default_null_order = 'nulls_first_on_asc_last_on_desc'",
		"SET GLOBAL memory_limit = '" + memoryLimit + "'",
		"SET GLOBAL temp_directory = " + dialect.QuoteString(filepath.Join(w.dir, "spill")),
		"SET GLOBAL autoinstall_known_extensions = false",
		"SET GLOBAL autoload_known_extensions = false",
		"SET GLOBAL allowed_directories = [" + dialect.QuoteString(w.dir) + "]",
		"SET GLOBAL enable_external_access = false",
		"SET GLOBAL lock_configuration = true",
	}
	if err := w.registerRoutines(ctx); err != nil {
		return err
	}
	for _, statement := range append(dialect.Macros(), settings...) {
		if _, err := w.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	snapshot := w.store.Snapshot()
	for _, c := range snapshot.Catalogs() {
		if err := w.attach(ctx, c); err != nil {
			return err
		}
	}
	return w.reconcile(ctx, snapshot)
}

// registerRoutines makes the functions that are written in Go known, before the macros that
// call them.
func (w *Warehouse) registerRoutines(ctx context.Context) (err error) {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return routine.Register(conn)
}

// Close stops the engine. Statements that run are interrupted by their contexts; Close
// waits for them, and everything committed is in the files.
func (w *Warehouse) Close() error {
	if err := w.db.Close(); err != nil {
		return fmt.Errorf("close warehouse: %w", err)
	}
	return nil
}

// attach opens a catalog's file, which is named by the catalog's id: names may hold
// characters that file systems don't like.
func (w *Warehouse) attach(ctx context.Context, c *metastore.Catalog) error {
	statement := fmt.Sprintf("ATTACH %s AS %s", dialect.QuoteString(w.file(c.ID)), dialect.QuoteIdentifier(database(c.Name)))
	if _, err := w.db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("open catalog %q: %w: restore %s, or start anew with another state folder", c.Name, err, w.file(c.ID))
	}
	return w.keep(ctx, c.Name)
}

// detach closes a catalog's file and removes it.
func (w *Warehouse) detach(ctx context.Context, c *metastore.Catalog) error {
	if _, err := w.db.ExecContext(ctx, "DETACH "+dialect.QuoteIdentifier(database(c.Name))); err != nil {
		return fmt.Errorf("detach catalog %q: %w", c.Name, err)
	}
	for _, file := range []string{w.file(c.ID), w.file(c.ID) + ".wal"} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove catalog %q: %w", c.Name, err)
		}
	}
	return nil
}

func (w *Warehouse) file(catalogID string) string { return filepath.Join(w.dir, catalogID+".duckdb") }

// database is the name under which a catalog is attached.
func database(catalog string) string { return "uc_" + catalog }

// physical is the name of a schema or table in DuckDB.
func physical(n metastore.Name) string {
	parts := []string{dialect.QuoteIdentifier(database(n.Catalog)), dialect.QuoteIdentifier(n.Schema)}
	if n.Table != "" {
		parts = append(parts, dialect.QuoteIdentifier(n.Table))
	}
	return strings.Join(parts, ".")
}
