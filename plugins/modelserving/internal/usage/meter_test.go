package usage_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/plugins/modelserving/internal/usage"
)

func TestReportTellsOutcomesAndTimes(t *testing.T) {
	t.Parallel()
	m := usage.NewMeter()
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			m.Observe("mass", usage.Observation{Latency: time.Duration(i+1) * time.Millisecond, Retries: i % 2, TokensRead: 3, TokensSpoken: 2})
		})
	}
	all.Wait()
	m.Observe("mass", usage.Observation{Outcome: usage.CallersFault})
	m.Observe("mass", usage.Observation{Outcome: usage.ModelsFault, Latency: time.Hour})
	m.Observe("mass", usage.Observation{Outcome: usage.PlatformsFault})
	m.Observe("mass", usage.Observation{Outcome: usage.Stopped, Stream: true, First: 5 * time.Millisecond})
	got := m.Report("mass")
	got.Since = time.Time{}
	want := usage.Report{
		Invocations: 104, Streams: 1, Retries: 50, Tokens: usage.Tokens{Read: 300, Spoken: 200},
		Outcomes: usage.Outcomes{Succeeded: 100, Stopped: 1, Caller: 1, Model: 1, Platform: 1},
		Latency:  &usage.Quantiles{P50: 50, P95: 95, P99: 99, Max: 100}, First: &usage.Quantiles{P50: 5, P95: 5, P99: 5, Max: 5},
	}
	near := cmp.Comparer(func(a, b float64) bool { return a == b || a > b*0.99 && a < b*1.01 })
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Error(diff)
	}
	if other := m.Report("species"); other.Invocations != 0 || other.Latency != nil {
		t.Errorf("an endpoint that was not asked has %+v", other)
	}
}

func TestTimesOutOfRangeCountAsTheNearest(t *testing.T) {
	t.Parallel()
	m := usage.NewMeter()
	m.Observe("odd", usage.Observation{Latency: -time.Second})
	m.Observe("odd", usage.Observation{Latency: 48 * time.Hour})
	if r := m.Report("odd"); r.Latency.P50 > 1 || r.Latency.Max < 3.5e6 || r.Latency.Max > 3.7e6 {
		t.Errorf("%+v", r.Latency)
	}
}

func TestMeterForgetsEndpointsBeyondItsBound(t *testing.T) {
	t.Parallel()
	m := usage.NewMeter()
	const many = 3000
	for i := range many {
		m.Observe(fmt.Sprint(i), usage.Observation{Latency: time.Millisecond})
	}
	known := func() (n int) {
		for i := range many {
			if m.Report(fmt.Sprint(i)).Invocations > 0 {
				n++
			}
		}
		return n
	}
	deadline := time.After(10 * time.Second)
	for known() > 500 {
		select {
		case <-deadline:
			t.Fatalf("%d endpoints are kept", known())
		default:
		}
	}
}
