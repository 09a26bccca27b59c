package usage

import (
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
)

// maxEndpoints is how many endpoints are measured; beyond it those that are asked least are forgotten.
const maxEndpoints = 500

// Outcome is how an invocation ended and, if it failed, whose fault it was.
type Outcome int

// The outcomes.
const (
	Succeeded Outcome = iota
	Stopped           // by the user, or because nobody waited any more
	CallersFault
	ModelsFault
	PlatformsFault
	outcomes // how many there are
)

// Observation is one invocation that has ended.
type Observation struct {
	Outcome Outcome
	Stream  bool
	// Latency counts where the invocation succeeded, and First, the time to a stream's first piece, where there was one.
	Latency, First           time.Duration
	Retries                  int
	TokensRead, TokensSpoken int64
}

// Meter has the figures of each endpoint since the meter was made. It is safe for concurrent use.
type Meter struct {
	since     time.Time
	endpoints *otter.Cache[string, *figures]
}

// NewMeter returns a Meter that has seen nothing.
func NewMeter() *Meter {
	return &Meter{since: time.Now().UTC(), endpoints: otter.Must(&otter.Options[string, *figures]{MaximumSize: maxEndpoints})}
}

// Observe adds an invocation of an endpoint.
func (m *Meter) Observe(endpoint string, o Observation) {
	f, ok := m.endpoints.GetIfPresent(endpoint)
	if !ok {
		f, _ = m.endpoints.SetIfAbsent(endpoint, &figures{})
	}
	f.add(o)
}

// Report returns the figures of an endpoint, empty ones if it was not asked.
func (m *Meter) Report(endpoint string) Report {
	if f, ok := m.endpoints.GetIfPresent(endpoint); ok {
		return f.report(m.since)
	}
	return Report{Since: m.since}
}

// figures are those of one endpoint.
type figures struct {
	mu             sync.Mutex
	streams        int64
	outcomes       [outcomes]int64
	retries        int64
	tokens         Tokens
	latency, first times
}

func (f *figures) add(o Observation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.outcomes[o.Outcome]++
	if o.Stream {
		f.streams++
	}
	f.retries += int64(o.Retries)
	f.tokens.Read += o.TokensRead
	f.tokens.Spoken += o.TokensSpoken
	if o.Outcome == Succeeded {
		f.latency.add(o.Latency)
	}
	if o.First > 0 {
		f.first.add(o.First)
	}
}

func (f *figures) report(since time.Time) Report {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := Report{
		Since: since, Streams: f.streams, Retries: f.retries, Tokens: f.tokens,
		Outcomes: Outcomes{
			Succeeded: f.outcomes[Succeeded], Stopped: f.outcomes[Stopped],
			Caller: f.outcomes[CallersFault], Model: f.outcomes[ModelsFault], Platform: f.outcomes[PlatformsFault],
		},
		Latency: f.latency.quantiles(), First: f.first.quantiles(),
	}
	for _, n := range f.outcomes {
		r.Invocations += n
	}
	return r
}
