package database

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"corbel.example/sdk/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// Schema is the app's own: on the platform it may create one, and may not write to public.
	Schema = "corbel"
	// migrationLock is the advisory lock under which replicas migrate, one after the other. The number means nothing.
	migrationLock = 0x636f7262656c
	// migrationTimeout bounds an attempt, the wait for the lock included.
	migrationTimeout = time.Minute
	// A failed attempt is repeated after leastPause, then twice that, up to mostPause.
	leastPause = 100 * time.Millisecond
	mostPause  = 2 * time.Second
)

// migration is how far the tables are.
type migration struct {
	done chan struct{}
	mu   *sync.Mutex
	err  error // of the last attempt
}

func newMigration() migration { return migration{done: make(chan struct{}), mu: new(sync.Mutex)} }

// wait returns when the tables are there, or with a fault when they are not in time.
func (m *migration) wait(ctx context.Context, timeout time.Duration) error {
	select {
	case <-m.done:
		return nil
	default:
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-m.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return m.failure()
	}
}

// failure is why the tables are not there yet.
func (m *migration) failure() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.err
	if err == nil {
		err = errors.New("the tables are still being made")
	}
	return away(err, "")
}

func (m *migration) failed(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

// Ready returns nil when the database has answered and its tables are current; otherwise what is wrong, for operators.
func (d *Database) Ready(ctx context.Context) error {
	select {
	case <-d.migration.done:
	default:
		return fault.From(d.migration.failure()).Err
	}
	ctx, cancel := context.WithTimeout(ctx, d.settings.AcquireTimeout)
	defer cancel()
	return d.pool.Ping(ctx)
}

func (d *Database) migrateUntilDone(ctx context.Context) {
	pause := leastPause
	for {
		err := d.migrate(ctx)
		if err == nil {
			close(d.migration.done)
			return
		}
		if ctx.Err() != nil {
			return
		}
		if pause == leastPause {
			d.logger.LogAttrs(ctx, slog.LevelWarn, "migration failed, will be tried again", slog.Any("error", err))
		}
		d.migration.failed(err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, mostPause)
	}
}

// migrate brings the tables up to date. It may run in many replicas at once, and as often as one likes. Its connections are
// its own: one that holds the lock, one that migrates.
func (d *Database) migrate(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, migrationTimeout)
	defer cancel()
	config := d.pool.Config().ConnConfig
	config.RuntimeParams["statement_timeout"] = "0" // migrationTimeout bounds the whole
	db := stdlib.OpenDB(*config, stdlib.OptionBeforeConnect(d.logIn))
	defer func() { err = errors.Join(err, db.Close()) }()
	lock, err := db.Conn(ctx)
	if token, refused := refusedToken(err); refused && d.source.Refuse(token) {
		lock, err = db.Conn(ctx)
	}
	if err != nil {
		return err
	}
	// The session gives the lock back when db closes it, for which it must be free.
	defer func() { err = errors.Join(err, lock.Close()) }()
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return fmt.Errorf("wait for other replicas' migrations: %w", err)
	}
	if _, err := lock.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+Schema); err != nil {
		return fmt.Errorf("create schema %s (the app needs CONNECT and CREATE on the database): %w", Schema, err)
	}
	return d.up(ctx, db)
}

func (d *Database) up(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(Schema+".goose_db_version"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	applied, err := provider.Up(ctx)
	for _, m := range applied {
		d.logger.LogAttrs(ctx, slog.LevelInfo, "migration applied",
			slog.Int64("version", m.Source.Version), slog.Float64("duration_ms", float64(m.Duration)/float64(time.Millisecond)))
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
