package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// What the border must reach.
const (
	leastThroughput = 0.6 // of the in-process handler's, at c=32
	mostAddedPings  = 6   // added median latency at c=1, in raw round trips
)

// series are one figure of all rounds.
type series []float64

func seriesOf(all []round, figure func(round) float64) series {
	out := make(series, len(all))
	for i, r := range all {
		out[i] = figure(r)
	}
	slices.Sort(out)
	return out
}

func (s series) median() float64 {
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

func (s series) String() string {
	return fmt.Sprintf("%.4g\t%.4g\t%.4g", s[0], s.median(), s[len(s)-1])
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func report(out io.Writer, all []round) {
	ratio := seriesOf(all, func(r round) float64 { return r.acrossCrowd.rate() / r.directCrowd.rate() })
	added := seriesOf(all, func(r round) float64 { return micros(r.acrossOne.p50 - r.directOne.p50) })
	pings := seriesOf(all, func(r round) float64 { return float64(r.acrossOne.p50-r.directOne.p50) / float64(r.ping) })

	fmt.Fprintf(out, "%d rounds, %d processors, %s\n", len(all), runtime.NumCPU(), runtime.Version())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\tmin\tmedian\tmax")
	for _, row := range []struct {
		name   string
		figure func(round) float64
	}{
		{"in process, c=32, requests/s", func(r round) float64 { return r.directCrowd.rate() }},
		{"plugin, c=32, requests/s", func(r round) float64 { return r.acrossCrowd.rate() }},
		{"in process, c=32, p50 us", func(r round) float64 { return micros(r.directCrowd.p50) }},
		{"plugin, c=32, p50 us", func(r round) float64 { return micros(r.acrossCrowd.p50) }},
		{"in process, c=32, p99 us", func(r round) float64 { return micros(r.directCrowd.p99) }},
		{"plugin, c=32, p99 us", func(r round) float64 { return micros(r.acrossCrowd.p99) }},
		{"in process, c=1, p50 us", func(r round) float64 { return micros(r.directOne.p50) }},
		{"plugin, c=1, p50 us", func(r round) float64 { return micros(r.acrossOne.p50) }},
		{"in process, c=1, p99 us", func(r round) float64 { return micros(r.directOne.p99) }},
		{"plugin, c=1, p99 us", func(r round) float64 { return micros(r.acrossOne.p99) }},
		{"in process, server CPU us/request", func(r round) float64 { return micros(r.directCPU) }},
		{"plugin, server CPU us/request", func(r round) float64 { return micros(r.acrossHost) }},
		{"plugin, plugin CPU us/request", func(r round) float64 { return micros(r.acrossPlug) }},
		{"raw round trip of 300 bytes, us", func(r round) float64 { return micros(r.ping) }},
	} {
		fmt.Fprintf(w, "%s\t%s\n", row.name, seriesOf(all, row.figure))
	}
	fmt.Fprintf(w, "throughput, plugin / in process, c=32\t%s\n", ratio)
	fmt.Fprintf(w, "added p50 at c=1, us\t%s\n", added)
	fmt.Fprintf(w, "added p50 at c=1, raw round trips\t%s\n", pings)
	// The table goes to memory or a terminal: there is nobody to tell that it could not be written.
	_ = w.Flush()
	fmt.Fprintf(out, "throughput ratio: want at least %.1f, got %.2f: %s\n", leastThroughput, ratio.median(), verdict(ratio.median() >= leastThroughput))
	fmt.Fprintf(out, "added latency: want at most %d raw round trips, got %.1f: %s\n", mostAddedPings, pings.median(), verdict(pings.median() <= mostAddedPings))
}

func verdict(ok bool) string {
	if ok {
		return "reached"
	}
	return "NOT reached"
}
