package warehouse

import (
	"context"
	"errors"

	"corbel.example/emulator/internal/dialect"
)

// A statement's names and privileges are checked against one state of the metastore, and
// DuckDB looks its tables up a moment later. In between a table can be dropped and made
// anew, or get a row filter. So what the checks used is compared with the present state
// once DuckDB has begun (queries) or before it commits (changes of rows); where it is not
// the same any more, the statement starts over.

// maxRestarts bounds how often a statement starts over.
const maxRestarts = 10

// errStale says that what the statement was checked against is not the state any more.
var errStale = errors.New("the metastore changed under the statement")

// stale reports whether anything that the statement's checks depend on has changed since.
// Statements that hold the lock on definitions are alone with it.
func (x *run) stale() bool {
	if x.defines {
		return false
	}
	now := x.store.Snapshot()
	for n := range x.used {
		if _, replaced := x.replacing.Load(n); replaced || now != x.snapshot && !now.Same(x.snapshot, n) {
			return true
		}
	}
	return false
}

// consistently runs a change of rows that counts only if its checks still hold at its end.
func (x *run) consistently(ctx context.Context, steps func() error) error {
	return x.atomically(ctx, func() error {
		if err := steps(); err != nil {
			return err
		}
		if x.stale() {
			return errStale
		}
		return nil
	})
}

// changeRows runs one DuckDB statement consistently and returns how many rows it changed.
func (x *run) changeRows(ctx context.Context, statement string) (n int64, err error) {
	err = x.consistently(ctx, func() error {
		n, err = x.affected(ctx, statement)
		return err
	})
	return n, err
}

// restarting runs the statement until nothing changes under it.
func (x *run) restarting(ctx context.Context, statement dialect.Statement) error {
	for restarts := 0; ; restarts++ {
		err := x.dispatch(ctx, statement)
		if err == nil || x.answered || ctx.Err() != nil || !errors.Is(err, errStale) && !x.stale() {
			return err
		}
		if restarts == maxRestarts {
			return dialect.ConcurrentChange()
		}
		// Whoever changes definitions holds the lock until the change is whole.
		unlock, err := x.definitions.lock(ctx, struct{}{})
		if err != nil {
			return err
		}
		unlock()
		x.snapshot = x.store.Snapshot()
		clear(x.used)
	}
}
