package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// clients work at once, each as a user of its own.
	clients    = 32
	userHeader = "X-Forwarded-User"
)

// sample is what one measurement gave.
type sample struct {
	rate     float64 // requests a second
	p50, p99 time.Duration
}

// load reads and writes preferences in turn.
func load(ctx context.Context, address string, duration time.Duration) (sample, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var (
		mu     sync.Mutex
		all    []time.Duration
		failed error
		wg     sync.WaitGroup
	)
	began := time.Now()
	for n := range clients {
		wg.Go(func() {
			var own []time.Duration
			for i := 0; time.Since(began) < duration; i++ {
				at := time.Now()
				if err := once(ctx, client, address, n, i%2 == 1); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				own = append(own, time.Since(at))
			}
			mu.Lock()
			all = append(all, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	took := time.Since(began)
	if failed != nil || len(all) == 0 {
		return sample{}, fmt.Errorf("load %s: %w", address, failed)
	}
	slices.Sort(all)
	return sample{rate: float64(len(all)) / took.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}, nil
}

// once reads preferences, or writes them.
func once(ctx context.Context, client *http.Client, address string, user int, write bool) error {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if write {
		method, body = http.MethodPut, strings.NewReader(`{"theme":"dark","page_size":100,"default_catalog":"main","default_schema":"samples"}`)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+address+"/api/lakebase/preferences", body)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("user%d", user)
	r.Header.Set(userHeader, id)
	r.Header.Set("X-Forwarded-Email", id+"@example.com")
	if write {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close() // read to its end
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", method, answer.Status, text)
	}
	return err
}
