package usage

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Report is what there is to say of an endpoint's use by everybody, since Since.
type Report struct {
	Since       time.Time `json:"since"`
	Invocations int64     `json:"invocations"`
	// Streams are the invocations whose answers came piece by piece.
	Streams  int64    `json:"streams"`
	Outcomes Outcomes `json:"outcomes"`
	// Retries is how many requests were repetitions.
	Retries int64  `json:"retries"`
	Tokens  Tokens `json:"tokens"`
	// Latency is that of invocations that succeeded, repetitions included; First how long the first pieces of streams took. Nil: none yet.
	Latency *Quantiles `json:"latency_ms,omitempty"`
	First   *Quantiles `json:"first_token_ms,omitempty"`
}

// Outcomes are how many invocations ended in which way.
type Outcomes struct {
	Succeeded int64 `json:"succeeded"`
	Stopped   int64 `json:"stopped"`
	Caller    int64 `json:"caller_fault"`
	Model     int64 `json:"model_fault"`
	Platform  int64 `json:"platform_fault"`
}

// Tokens are those that endpoints say they have used.
type Tokens struct {
	Read   int64 `json:"prompt"`
	Spoken int64 `json:"completion"`
}

// Quantiles are times in milliseconds, exact to one in a hundred: P95 is the time that 95 of 100 did not exceed.
type Quantiles struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

const (
	// unit is the finest difference between two times, and longest the longest time that is told from longer ones.
	unit    = 10 * time.Microsecond
	longest = time.Hour
	// digits are those of a time that count.
	digits = 2
)

// times are how long things took. The histogram is made with the first of them: it takes 20 KiB.
type times struct{ histogram *hdrhistogram.Histogram }

func (t *times) add(d time.Duration) {
	if t.histogram == nil {
		t.histogram = hdrhistogram.New(1, int64(longest/unit), digits)
	}
	// It cannot refuse a time within its range.
	_ = t.histogram.RecordValue(int64(min(max(d, unit), longest) / unit))
}

func (t *times) quantiles() *Quantiles {
	if t.histogram == nil {
		return nil
	}
	at := t.histogram.ValueAtPercentilesSlice([]float64{50, 95, 99, 100})
	milliseconds := func(units int64) float64 { return float64(units) * float64(unit) / float64(time.Millisecond) }
	return &Quantiles{P50: milliseconds(at[0]), P95: milliseconds(at[1]), P99: milliseconds(at[2]), Max: milliseconds(at[3])}
}
