package warehouse

import (
	"context"
	"errors"
	"sync"
	"testing"
)

func TestLocksExcludeByKey(t *testing.T) {
	t.Parallel()
	var l locks[string]
	counts := map[string]*int{"a": new(int), "b": new(int)}
	var wg sync.WaitGroup
	for range 50 {
		for key, n := range counts {
			wg.Go(func() {
				unlock, err := l.lock(t.Context(), key)
				if err != nil {
					t.Error(err)
					return
				}
				defer unlock()
				*n++
			})
		}
	}
	wg.Wait()
	if *counts["a"] != 50 || *counts["b"] != 50 || len(l.byKey) != 0 {
		t.Errorf("counts %d and %d, %d locks left", *counts["a"], *counts["b"], len(l.byKey))
	}
}

func TestLockGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	var l locks[int]
	unlock, err := l.lock(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.lock(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	unlock()
	if len(l.byKey) != 0 {
		t.Errorf("%d locks left", len(l.byKey))
	}
}
