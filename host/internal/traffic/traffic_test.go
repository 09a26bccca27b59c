package traffic

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// clock is a time that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func TestPercentilesAreRightTo7Percent(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() time.Duration{
		"all alike":   func() time.Duration { return 3 * time.Millisecond },
		"microsecs":   func() time.Duration { return time.Duration(20+random.IntN(500)) * time.Microsecond },
		"exponential": func() time.Duration { return time.Duration(random.ExpFloat64() * float64(40*time.Millisecond)) },
		"two humps": func() time.Duration {
			if random.IntN(10) == 0 {
				return time.Duration(2000+random.IntN(900)) * time.Millisecond
			}
			return time.Duration(5000+random.IntN(900)) * time.Microsecond
		},
	} {
		m := New(newClock().now)
		var all []time.Duration
		for range 5000 {
			d := draw()
			all = append(all, d)
			m.Count(Outcome{Duration: d})
		}
		slices.Sort(all)
		s := m.Summary()
		for share, got := range map[float64]time.Duration{0.5: s.P50, 0.95: s.P95, 0.99: s.P99} {
			want := all[int(math.Ceil(share*float64(len(all))))-1]
			if off := math.Abs(float64(got-want)) / float64(want); off > 0.07 {
				t.Errorf("%s: p%.0f is %v, want %v (off by %.0f %%)", name, 100*share, got, want, 100*off)
			}
		}
	}
}

func TestExtremeDurations(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{math.MinInt64, -1, 0, 1, time.Microsecond, 16 * time.Microsecond, time.Hour, math.MaxInt64} {
		m := New(nil)
		m.Count(Outcome{Duration: d})
		if s := m.Summary(); s.Recent != 1 || s.P50 <= 0 || s.P50 > 3*time.Minute {
			t.Errorf("%v: %+v", d, s)
		}
	}
	for slot := range slots - 1 {
		if middleOf(slot) >= middleOf(slot+1) || slotOf(middleOf(slot)) != slot {
			t.Errorf("slot %d stands for %v, which is in slot %d", slot, middleOf(slot), slotOf(middleOf(slot)))
		}
	}
}

func TestLastMinutesPass(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := New(c.now)
	if s := m.Summary(); s.Requests != 0 || s.ErrorRate() != 0 || s.P99 != 0 || len(s.Points) != Steps {
		t.Errorf("of nothing: %+v", s)
	}
	for range 3 {
		m.Count(Outcome{Duration: time.Second, Failed: true})
	}
	c.at = c.at.Add(Step)
	m.Count(Outcome{Duration: time.Millisecond})
	m.Count(Outcome{Duration: time.Hour, Endless: true})
	s := m.Summary()
	last, before := s.Points[Steps-1], s.Points[Steps-2]
	if last.Requests != 2 || last.Errors != 0 || before.Requests != 3 || before.Errors != 3 || last.Begin.Sub(before.Begin) != Step {
		t.Errorf("the last points are %+v and %+v", before, last)
	}
	if s.Recent != 5 || s.ErrorRate() != 0.6 || s.P99 > 2*time.Second {
		t.Errorf("summary %+v", s)
	}
	c.at = c.at.Add(Steps * Step)
	m.Count(Outcome{Duration: time.Millisecond})
	if s := m.Summary(); s.Recent != 1 || s.ErrorRate() != 0 || s.Requests != 6 || s.Errors != 3 {
		t.Errorf("ten minutes later: %d recent, rate %v, %d requests, %d errors", s.Recent, s.ErrorRate(), s.Requests, s.Errors)
	}
}

func TestManyCountAtOnce(t *testing.T) {
	t.Parallel()
	m := New(nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				m.Count(Outcome{Duration: time.Millisecond})
				m.Summary()
			}
		})
	}
	wg.Wait()
	if s := m.Summary(); s.Requests != 8000 {
		t.Errorf("%d requests counted, want 8000", s.Requests)
	}
}

func BenchmarkCount(b *testing.B) {
	m := New(nil)
	for b.Loop() {
		m.Count(Outcome{Duration: 3 * time.Millisecond})
	}
}
