package warehouse

import (
	"context"
	"sync"
)

// locks are mutexes by key, whose waiters can give up. Tables have one each: DuckDB would
// fail the second of two writers with a conflict, where Databricks mostly lets both
// through. The zero value is ready to use.
type locks[K comparable] struct {
	mu    sync.Mutex
	byKey map[K]*keyedLock
}

type keyedLock struct {
	slot  chan struct{} // holds one element while locked
	users int           // holders and waiters
}

// lock waits for the lock of the key, or for the end of ctx. The caller calls unlock when
// it is done.
func (l *locks[K]) lock(ctx context.Context, key K) (unlock func(), err error) {
	k := l.enter(key)
	select {
	case k.slot <- struct{}{}:
		return func() {
			<-k.slot
			l.leave(key, k)
		}, nil
	case <-ctx.Done():
		l.leave(key, k)
		return nil, ctx.Err()
	}
}

func (l *locks[K]) enter(key K) *keyedLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byKey == nil {
		l.byKey = map[K]*keyedLock{}
	}
	k, ok := l.byKey[key]
	if !ok {
		k = &keyedLock{slot: make(chan struct{}, 1)}
		l.byKey[key] = k
	}
	k.users++
	return k
}

func (l *locks[K]) leave(key K, k *keyedLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 {
		delete(l.byKey, key)
	}
}
