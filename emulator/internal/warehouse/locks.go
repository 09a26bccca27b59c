package warehouse

import (
	"context"
	"sync"

	"corbel.example/emulator/internal/metastore"
)

// tableLocks lets one statement at a time write to a table: DuckDB would fail the second
// one with a conflict, where Databricks mostly lets both through. Readers take no lock.
// The zero value is ready to use.
type tableLocks struct {
	mu    sync.Mutex
	locks map[metastore.Name]*tableLock
}

type tableLock struct {
	slot  chan struct{}
	users int
}

// lock waits for the table, or for the end of ctx. The caller calls unlock when it is done.
func (l *tableLocks) lock(ctx context.Context, n metastore.Name) (unlock func(), err error) {
	l.mu.Lock()
	if l.locks == nil {
		l.locks = map[metastore.Name]*tableLock{}
	}
	t, ok := l.locks[n]
	if !ok {
		t = &tableLock{slot: make(chan struct{}, 1)}
		l.locks[n] = t
	}
	t.users++
	l.mu.Unlock()

	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if t.users--; t.users == 0 {
			delete(l.locks, n)
		}
	}
	select {
	case t.slot <- struct{}{}:
		return func() { <-t.slot; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
