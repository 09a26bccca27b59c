package warehouse

import (
	"context"
	"errors"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
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

// change says of a change of a table's rows what its rules and its history need.
type change struct {
	name       string // in the history
	parameters map[string]string
	metric     string // the name of the number of rows
	// given are the columns whose values the statement says: those that are generated are
	// compared, the others computed.
	given map[string]bool
	// settled tells that the statement has computed the generated columns itself.
	settled, blind bool
}

// changing runs the steps of a change of a table's rows and then what belongs to every such
// change: generated columns, constraints, history. It counts only as a whole. The steps
// return the metrics of the change.
func (x *run) changing(ctx context.Context, t *metastore.Table, c change, steps func() (map[string]int64, error)) error {
	return x.consistently(ctx, func() error {
		metrics, err := steps()
		if err != nil {
			return err
		}
		if !c.settled {
			if err := x.regenerate(ctx, t, c.given); err != nil {
				return err
			}
		}
		if err := x.checkRules(ctx, t, c.given); err != nil {
			return err
		}
		return x.record(ctx, t, operation{c.name, c.parameters, metrics, c.blind})
	})
}

// changeRows runs one DuckDB statement as a change and returns how many rows it changed.
func (x *run) changeRows(ctx context.Context, t *metastore.Table, c change, statement string) (n int64, err error) {
	err = x.changing(ctx, t, c, func() (map[string]int64, error) {
		n, err = x.affected(ctx, statement)
		return map[string]int64{c.metric: n}, err
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
