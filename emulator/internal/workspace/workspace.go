package workspace

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"corbel.example/emulator/internal/api"
	"corbel.example/emulator/internal/apps"
	"corbel.example/emulator/internal/compute"
	"corbel.example/emulator/internal/fault"
	"corbel.example/emulator/internal/lakebase"
	"corbel.example/emulator/internal/metastore"
	"corbel.example/emulator/internal/principal"
	"corbel.example/emulator/internal/serving"
	"corbel.example/emulator/internal/statement"
	"corbel.example/emulator/internal/warehouse"
)

const (
	// ID is the workspace's id: X-Databricks-Org-Id.
	ID = "7405610928374651"
	// WarehouseID is the id of its one SQL warehouse.
	WarehouseID = "c0bbe1c0ffee0001"

	warehouseName = "Embedded Warehouse"

	// openTimeout bounds opening, the first time included.
	openTimeout = 2 * time.Minute
)

// Config is what a workspace needs.
type Config struct {
	// StateDir holds everything that the workspace keeps. It is made when it doesn't exist.
	StateDir string
	// WarehouseStartTime is how long a start of the warehouse takes; 0 means no time.
	WarehouseStartTime time.Duration
	// Faults are the faults that requests meet from the start.
	Faults []fault.Rule
	// Lakebase is the workspace's PostgreSQL; nil: it has none. What the workspace knows itself
	// needn't be set: folder, principals, logger.
	Lakebase *lakebase.Config
	// Apps says how to run the workspace's apps; nil: it runs none. What the workspace knows
	// itself needn't be set: its folder, what it has, logger.
	Apps *apps.Config
	// TokensPerSecond is how fast streams of the serving endpoints are; 0 means as fast as they can.
	TokensPerSecond float64
	// RequestsPerMinute is how many requests each user may send to each serving endpoint; 0 means any number.
	RequestsPerMinute int
	// Logger takes the workspace's log records; nil means none.
	Logger *slog.Logger
}

// Workspace is a running workspace.
type Workspace struct {
	directory  *principal.Directory
	warehouse  *warehouse.Warehouse
	statements *statement.Registry
	lakebase   *lakebase.Lakebase
	serving    *serving.Registry
	apps       *apps.Registry
	handler    http.Handler
}

// Open starts the workspace that is kept in the state folder, or makes a new one there.
// One process at a time may have it open. [Workspace.Close] must be called.
func Open(c Config) (w *Workspace, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open workspace in %s: %w", c.StateDir, err)
		}
	}()
	log := c.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.StateDir, 0o700); err != nil {
		return nil, err
	}
	directory, err := principal.Open(c.StateDir)
	if err != nil {
		return nil, err
	}
	// PostgreSQL starts beside the rest, which doesn't wait for it.
	base, err := openLakebase(c, directory, log)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, closeLakebase(context.Background(), base))
		}
	}()
	store, err := metastore.Open(c.StateDir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	engine, err := warehouse.Open(ctx, warehouse.Config{
		Dir: filepath.Join(c.StateDir, "warehouse"), Metastore: store, Principals: directory, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	if err := seed(ctx, c.StateDir, directory, store, engine); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	faults := &fault.Set{}
	for _, r := range c.Faults {
		if _, err := faults.Add(r); err != nil {
			return nil, errors.Join(err, engine.Close())
		}
	}
	starting := compute.New(c.WarehouseStartTime)
	statements, err := statement.NewRegistry(engine, starting, filepath.Join(c.StateDir, "results"), log)
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	kept, err := openObjects(c.StateDir, directory)
	if err != nil {
		return nil, errors.Join(err, statements.Close(), engine.Close())
	}
	endpoints := serving.Open(serving.Config{RequestsPerMinute: c.RequestsPerMinute, Logger: log})
	running, err := openApps(c, apps.Workspace{
		ID: ID, WarehouseID: WarehouseID, Directory: directory, Permissions: kept.permissions, Files: kept.files, Secrets: kept.secrets,
		Metastore: store, Serving: endpoints, Lakebase: base,
	}, log)
	if err != nil {
		endpoints.Close()
		return nil, errors.Join(err, statements.Close(), engine.Close())
	}
	return &Workspace{
		directory: directory, warehouse: engine, statements: statements, lakebase: base, serving: endpoints, apps: running,
		handler: api.New(api.Deps{
			Files: kept.files, Secrets: kept.secrets, Permissions: kept.permissions, Apps: running,
			Directory: directory, Metastore: store, Statements: statements, Engine: engine, Compute: starting, Faults: faults, WorkspaceID: ID, Logger: log,
			Lakebase: base, Serving: endpoints, TokensPerSecond: c.TokensPerSecond, Warehouse: api.WarehouseInfo{ID: WarehouseID, Name: warehouseName},
		}),
	}, nil
}

// Handler serves the workspace's REST APIs.
func (w *Workspace) Handler() http.Handler { return w.handler }

// Directory knows the workspace's principals and tokens.
func (w *Workspace) Directory() *principal.Directory { return w.directory }

// Lakebase is the workspace's PostgreSQL, or nil.
func (w *Workspace) Lakebase() *lakebase.Lakebase { return w.lakebase }

// Close stops the apps, cancels the statements that run, waits for them and writes everything to disk; it
// doesn't wait for PostgreSQL's sessions when ctx ends. The handler must not be serving any
// more.
func (w *Workspace) Close(ctx context.Context) error {
	if w.apps != nil {
		w.apps.Close(ctx)
	}
	w.serving.Close()
	return errors.Join(closeLakebase(ctx, w.lakebase), w.statements.Close(), w.warehouse.Close())
}

func openLakebase(c Config, directory *principal.Directory, log *slog.Logger) (*lakebase.Lakebase, error) {
	if c.Lakebase == nil {
		return nil, nil
	}
	config := *c.Lakebase
	config.Dir, config.Principals, config.Logger = c.StateDir, directory, log
	return lakebase.Open(config)
}

func closeLakebase(ctx context.Context, l *lakebase.Lakebase) error {
	if l == nil {
		return nil
	}
	return l.Close(ctx)
}
