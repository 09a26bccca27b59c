package database

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"corbel.example/plugins/lakebase/internal/credential"
)

const (
	// connectTimeout bounds one attempt to connect.
	connectTimeout = 5 * time.Second
	// A connection may live longer by its lifetime / jitter, at random, so that not all are replaced at once.
	jitter   = 3
	idleTime = 10 * time.Minute
	// A connection that was idle for pingAfter is asked whether it lives before it is used.
	pingAfter   = time.Second
	pingTimeout = time.Second
	// applicationName is what the database's operator sees in pg_stat_activity.
	applicationName = "corbel"
)

// Settings are where the database is and how it is used.
type Settings struct {
	Host string
	Port uint16
	// Name is the database's name.
	Name string
	// User is the role to log in as.
	User string
	// SSLMode and SSLRootCert are libpq's.
	SSLMode, SSLRootCert string
	// MinConnections are kept open, MaxConnections are the most.
	MinConnections, MaxConnections int32
	// Lifetime is how long a connection is used, and up to a third of it longer.
	Lifetime time.Duration
	// AcquireTimeout bounds the wait for a connection, StatementTimeout a statement.
	AcquireTimeout, StatementTimeout time.Duration
}

// Database is a pool of connections. It is safe for concurrent use.
type Database struct {
	settings Settings
	source   credential.Source
	logger   *slog.Logger
	pool     *pgxpool.Pool

	migration migration
	work      sync.WaitGroup
	stop      context.CancelFunc
}

// Open returns a Database, which owns source. It waits for nothing: connections are made, and the tables migrated, in the
// background, and again and again while the database is not there.
func Open(settings Settings, source credential.Source, logger *slog.Logger) (*Database, error) {
	config, err := settings.pool()
	if err != nil {
		return nil, err
	}
	d := &Database{settings: settings, source: source, logger: logger, migration: newMigration()}
	config.BeforeConnect = d.logIn
	ctx, cancel := context.WithCancel(context.Background())
	d.stop = cancel
	if d.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		cancel()
		return nil, fmt.Errorf("make connection pool: %w", err)
	}
	d.work.Go(func() { d.migrateUntilDone(ctx) })
	return d, nil
}

// Close waits for connections in use, and closes all.
func (d *Database) Close() {
	d.stop()
	d.work.Wait()
	d.pool.Close()
	d.source.Close()
}

// logIn gives a connection that is about to be made a token that is valid now.
func (d *Database) logIn(ctx context.Context, c *pgx.ConnConfig) error {
	token, err := d.source.Token(ctx)
	if err != nil {
		return err
	}
	c.Password = token.Reveal()
	return nil
}

// address is libpq's URL of the database, without a password.
func (s Settings) address() string {
	query := url.Values{
		"sslmode": {s.SSLMode}, "connect_timeout": {strconv.Itoa(int(connectTimeout / time.Second))}, "application_name": {applicationName},
		"statement_timeout": {strconv.FormatInt(s.StatementTimeout.Milliseconds(), 10)},
		// Whoever is asked to wait in a transaction, for a lock or by our own crash, gives its locks back.
		"idle_in_transaction_session_timeout": {strconv.FormatInt((2 * s.StatementTimeout).Milliseconds(), 10)},
	}
	if s.SSLRootCert != "" {
		query.Set("sslrootcert", s.SSLRootCert)
	}
	u := url.URL{
		Scheme: "postgres", User: url.User(s.User), Host: s.Host + ":" + strconv.Itoa(int(s.Port)), Path: "/" + s.Name, RawQuery: query.Encode(),
	}
	return u.String()
}

func (s Settings) pool() (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(s.address())
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	config.MinConns, config.MaxConns = s.MinConnections, s.MaxConnections
	config.MaxConnLifetime, config.MaxConnLifetimeJitter, config.MaxConnIdleTime = s.Lifetime, s.Lifetime/jitter, idleTime
	config.PingTimeout = pingTimeout
	config.ShouldPing = func(_ context.Context, p pgxpool.ShouldPingParams) bool { return p.IdleDuration > pingAfter }
	config.ConnConfig.Fallbacks = nil // one host, and never without the encryption that was asked for
	if t := config.ConnConfig.TLSConfig; t != nil {
		t.MinVersion = tls.VersionTLS12
	}
	return config, nil
}
