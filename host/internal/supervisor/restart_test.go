package supervisor

import (
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestRestart: what is under way is finished, what comes meanwhile waits, and nothing counts as a death.
func TestRestart(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	before := h.serves(t, "one")
	var slow *httptest.ResponseRecorder
	var slowErr error
	var underWay sync.WaitGroup
	underWay.Go(func() { slow, slowErr = h.get(t, "one", "slow") })
	for h.Plugin("one").places.used.Load() == 0 {
		<-time.After(time.Millisecond)
	}
	if err := h.Restart("one"); err != nil {
		t.Fatal(err)
	}
	h.wait(t, "one", func(s Status) bool { return s.State != Ready })
	after := h.serves(t, "one")
	underWay.Wait()
	if slowErr != nil || slow.Body.String() != "slow but sure" {
		t.Errorf("exchange under way: %q, %v", slow.Body, slowErr)
	}
	s := h.waitState(t, "one", Ready)
	if after == before || s.PID != after || s.Restarts != 1 || s.LastExit != nil || s.Message != "" || time.Since(s.Ready) > patience {
		t.Errorf("process %d before and %d after, status %+v", before, after, s)
	}
}

// TestRestartLosesNothing: what comes at the moment at which the old process begins to drain goes to the new one.
func TestRestartLosesNothing(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	const clients, restarts = 8, 3
	var stop atomic.Bool
	var served atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for !stop.Load() {
				if _, err := h.get(t, "one", "pid"); err != nil {
					t.Errorf("an exchange was lost: %v", err)
					return
				}
				served.Add(1)
			}
		})
	}
	for i := range restarts {
		before := served.Load()
		if err := h.Restart("one"); err != nil {
			t.Fatal(err)
		}
		h.wait(t, "one", func(s Status) bool { return s.State == Ready && s.Restarts == i+1 })
		for served.Load() < before+clients && !t.Failed() {
			<-time.After(time.Millisecond)
		}
	}
	stop.Store(true)
	wg.Wait()
}

// TestRestartEndsAWait: a plugin that keeps dying is tried at once.
func TestRestartEndsAWait(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.RestartWait, settings.RestartWaitMax = time.Hour, time.Hour
	h := startHost(t, settings, faultyPlugin(t, "exits-soon", "one"))
	h.wait(t, "one", func(s Status) bool { return s.State == Restarting && s.Restarts == 1 }) // its second death: now it waits
	if err := h.Restart("one"); err != nil {
		t.Fatal(err)
	}
	s := h.wait(t, "one", func(s Status) bool { return s.Restarts == 2 })
	if s.LastExit == nil || s.LastExit.Code != 4 {
		t.Errorf("how it died is forgotten: %+v", s)
	}
	if err := h.Restart("absent"); err == nil {
		t.Error("a plugin that there is not is restarted")
	}
}
