package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

func newCache(t *testing.T) *workspace.Cache[string, string] {
	t.Helper()
	c := workspace.NewCache[string](workspace.CacheSettings[string]{MaxEntries: 1000, TTL: time.Minute})
	t.Cleanup(c.Close)
	return c
}

func TestCacheKeepsCallersApart(t *testing.T) {
	t.Parallel()
	cache := newCache(t)
	var loads atomic.Int32
	var wg sync.WaitGroup
	for range 200 {
		for _, user := range []string{"ana", "ben"} {
			for _, token := range []string{"one", "two"} {
				wg.Go(func() {
					want := user + "/" + token
					got, err := cache.Get(as(t.Context(), user, token), "key", func(context.Context) (string, error) {
						loads.Add(1)
						return want, nil
					})
					if err != nil || got != want {
						t.Errorf("%s got %q, %v", want, got, err)
					}
				})
			}
		}
	}
	wg.Wait()
	if n := loads.Load(); n != 4 {
		t.Errorf("%d loads for 4 callers", n)
	}
}

func TestCacheDropsTheOldestTokenOfAUser(t *testing.T) {
	t.Parallel()
	cache := newCache(t)
	loads := map[string]int{}
	read := func(user, token string) {
		t.Helper()
		_, err := cache.Get(as(t.Context(), user, token), "key", func(context.Context) (string, error) {
			loads[user+token]++
			return "", nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read("ben", "1")
	for _, token := range []string{"1", "2", "1", "3", "1", "3", "2"} {
		read("ana", token)
	}
	read("ben", "1")
	want := map[string]int{"ana1": 1, "ana2": 2, "ana3": 1, "ben1": 1}
	if fmt.Sprint(loads) != fmt.Sprint(want) {
		t.Errorf("loads %v, want %v: the third token drops the second, which was used longest ago", loads, want)
	}
}

func TestCacheFollowerSurvivesACancelledLeader(t *testing.T) {
	t.Parallel()
	cache := newCache(t)
	leading := make(chan struct{})
	ctx, cancel := context.WithCancel(as(t.Context(), "ana", "a"))
	leader := make(chan error, 1)
	go func() {
		_, err := cache.Get(ctx, "key", func(ctx context.Context) (string, error) {
			close(leading)
			<-ctx.Done()
			return "", ctx.Err()
		})
		leader <- err
	}()
	<-leading
	follower := make(chan string, 1)
	go func() {
		got, err := cache.Get(as(t.Context(), "ana", "a"), "key", func(context.Context) (string, error) { return "loaded", nil })
		follower <- fmt.Sprint(got, err)
	}()
	cancel()
	if err := <-leader; !errors.Is(err, context.Canceled) {
		t.Errorf("leader: %v", err)
	}
	if got := <-follower; got != "loaded<nil>" {
		t.Errorf("follower: %s", got)
	}
}

func TestCacheKeepsNoErrorsAndNeedsAUser(t *testing.T) {
	t.Parallel()
	cache := newCache(t)
	ctx := as(t.Context(), "ana", "a")
	if _, err := cache.Get(ctx, "key", func(context.Context) (string, error) { return "", errors.New("no") }); err == nil {
		t.Error("the error was lost")
	}
	if got, err := cache.Get(ctx, "key", func(context.Context) (string, error) { return "yes", nil }); err != nil || got != "yes" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := cache.Get(t.Context(), "key", nil); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("without user: %v", err)
	}
}

func TestCacheForgetsForOneCaller(t *testing.T) {
	t.Parallel()
	cache := newCache(t)
	loads := map[string]int{}
	read := func(user string) {
		t.Helper()
		if _, err := cache.Get(as(t.Context(), user, "t"), "key", func(context.Context) (string, error) { loads[user]++; return "", nil }); err != nil {
			t.Fatal(err)
		}
	}
	read("ana")
	read("ben")
	cache.Forget(as(t.Context(), "ana", "t"), "key")
	cache.Forget(t.Context(), "key")
	read("ana")
	read("ben")
	if loads["ana"] != 2 || loads["ben"] != 1 {
		t.Errorf("loads %v, want 2 of ana and 1 of ben", loads)
	}
	cache.ForgetAll(as(t.Context(), "ana", "t"), func(key string) bool { return key == "another" })
	read("ana")
	cache.ForgetAll(as(t.Context(), "ben", "t"), func(key string) bool { return key == "key" })
	cache.ForgetAll(t.Context(), func(string) bool { return true })
	read("ana")
	read("ben")
	if loads["ana"] != 2 || loads["ben"] != 2 {
		t.Errorf("loads %v, want 2 of each", loads)
	}
}

func TestCacheWithoutTTLKeepsNothing(t *testing.T) {
	t.Parallel()
	cache := workspace.NewCache[string](workspace.CacheSettings[int]{})
	t.Cleanup(cache.Close)
	loads := 0
	for range 2 {
		if _, err := cache.Get(as(t.Context(), "ana", "a"), "key", func(context.Context) (int, error) { loads++; return loads, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if loads != 2 {
		t.Errorf("%d loads, want 2", loads)
	}
}

func TestCacheIsBoundedByWeight(t *testing.T) {
	t.Parallel()
	cache := workspace.NewCache[int](workspace.CacheSettings[[]int]{
		MaxEntries: 100, TTL: time.Minute, Weigh: func(v []int) uint32 { return uint32(len(v)) },
	})
	t.Cleanup(cache.Close)
	ctx, loads := as(t.Context(), "ana", "a"), 0
	// Eviction happens behind the back of the write: read until it has.
	deadline := time.After(10 * time.Second)
	for loads < 2 {
		_, err := cache.Get(ctx, 0, func(context.Context) ([]int, error) { loads++; return make([]int, 101), nil })
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-deadline:
			t.Fatal("a value over the bound was kept")
		case <-time.After(time.Millisecond):
		}
	}
}
