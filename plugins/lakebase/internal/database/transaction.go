package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"corbel.example/sdk/fault"
)

// setUser names the user for the policies, until the transaction ends.
const setUser = "SELECT set_config('corbel.user_id', $1, true)"

// Query runs one statement as a user and hands its rows to read. It is a transaction of its own, in one round trip. Errors
// are faults, but for those of read and of a context that has ended.
func (d *Database) Query(ctx context.Context, user, sql string, args []any, read func(pgx.Rows) error) error {
	return d.with(ctx, user, func(c *pgxpool.Conn) error {
		// What is sent before one Sync message is one transaction: the setting holds for the statement, and ends with it.
		var batch pgx.Batch
		batch.Queue(setUser, user)
		batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
			if err := read(rows); err != nil {
				return err
			}
			return rows.Err()
		})
		return c.SendBatch(ctx, &batch).Close()
	})
}

// Transact runs f in a transaction in which the policies see the user, and commits. It rolls back when f fails or panics.
func (d *Database) Transact(ctx context.Context, user string, f func(tx pgx.Tx) error) error {
	return d.with(ctx, user, func(c *pgxpool.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, setUser, user); err != nil {
				return err
			}
			return f(tx)
		})
	})
}

// with runs f with a connection. A statement that never reached the database is repeated once on another connection: the
// pool may hold some that died with the server.
func (d *Database) with(ctx context.Context, user string, f func(*pgxpool.Conn) error) error {
	if user == "" {
		return fault.New(fault.Unauthenticated, "").WithOp("lakebase.user")
	}
	if err := d.migration.wait(ctx, d.settings.AcquireTimeout); err != nil {
		return err
	}
	once := func() error {
		c, err := d.acquire(ctx)
		if err != nil {
			return err
		}
		defer c.Release()
		return f(c)
	}
	err := once()
	if err != nil && unsent(err) && ctx.Err() == nil {
		err = once()
	}
	return classify(ctx, err)
}

// acquire takes a connection from the pool, within the settings' time. A login that is refused is tried again with a new token.
func (d *Database) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	bounded, cancel := context.WithTimeoutCause(ctx, d.settings.AcquireTimeout, errExhausted)
	defer cancel()
	c, err := d.pool.Acquire(bounded)
	if token, refused := refusedToken(err); refused && d.source.Refuse(token) {
		c, err = d.pool.Acquire(bounded)
	}
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(bounded), errExhausted) {
		return nil, fmt.Errorf("%w: %w", errExhausted, err)
	}
	return c, err
}
