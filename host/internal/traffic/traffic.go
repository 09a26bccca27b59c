// Package traffic counts what plugins are asked: how often, how long the answers take and how many are errors, since the start and
// over the last minutes.
package traffic

import (
	"sync"
	"time"
)

const (
	// Step is how long a Point of the last minutes is.
	Step = 10 * time.Second
	// Steps is how many of them there are.
	Steps = 60
)

// Meter counts the exchanges of one plugin. It is safe for concurrent use; its size does not change.
type Meter struct {
	now func() time.Time

	mu       sync.Mutex
	requests int64
	errors   int64
	steps    [Steps]step // a ring: a moment's place is its number modulo Steps
}

// step counts one step of time.
type step struct {
	number   int64 // since 1970
	requests int32
	errors   int32
	timed    int32
	slots    [slots]uint32
}

// New returns a meter. now is its clock, nil for the system's.
func New(now func() time.Time) *Meter {
	if now == nil {
		now = time.Now
	}
	return &Meter{now: now}
}

// Outcome is how an exchange ended.
type Outcome struct {
	Duration time.Duration
	// Failed: through the plugin's or the application's fault, not the caller's.
	Failed bool
	// Endless: it lasts as long as somebody listens, so that its duration says nothing.
	Endless bool
}

// Count counts an exchange.
func (m *Meter) Count(o Outcome) {
	number := m.now().UnixNano() / int64(Step)
	slot := slotOf(o.Duration)
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.steps[number%Steps]
	if s.number != number {
		*s = step{number: number}
	}
	m.requests++
	s.requests++
	if o.Failed {
		m.errors++
		s.errors++
	}
	if !o.Endless {
		s.timed++
		s.slots[slot]++
	}
}

// Point is what happened in one Step.
type Point struct {
	// Begin is when the step began.
	Begin            time.Time
	Requests, Errors int
}

// Summary is what a meter has counted.
type Summary struct {
	// Requests and Errors are those since the start.
	Requests, Errors int64
	// Recent and RecentErrors are those of the last Steps, and the percentiles are of their durations; 0 without any.
	Recent, RecentErrors int
	P50, P95, P99        time.Duration
	// Points are the last Steps, oldest first.
	Points []Point
}

// ErrorRate is the share of recent exchanges that failed, from 0 to 1.
func (s *Summary) ErrorRate() float64 {
	if s.Recent == 0 {
		return 0
	}
	return float64(s.RecentErrors) / float64(s.Recent)
}

// Summary sums up.
func (m *Meter) Summary() Summary {
	newest := m.now().UnixNano() / int64(Step)
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := Summary{Requests: m.requests, Errors: m.errors, Points: make([]Point, 0, Steps)}
	var all [slots]uint32
	timed := 0
	for number := newest - Steps + 1; number <= newest; number++ {
		point := Point{Begin: time.Unix(0, number*int64(Step))}
		if s := &m.steps[number%Steps]; s.number == number {
			point.Requests, point.Errors = int(s.requests), int(s.errors)
			sum.Recent += point.Requests
			sum.RecentErrors += point.Errors
			timed += int(s.timed)
			for i, n := range s.slots {
				all[i] += n
			}
		}
		sum.Points = append(sum.Points, point)
	}
	sum.P50, sum.P95, sum.P99 = quantile(&all, timed, 0.50), quantile(&all, timed, 0.95), quantile(&all, timed, 0.99)
	return sum
}
