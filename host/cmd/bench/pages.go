package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// What pages must reach.
const (
	leastPages  = 3000.0 // a second, at c=32, as browsers ask for them: compressed
	mostPageP50 = 1000.0 // us at c=1
)

// pageVariant is a way to ask for the page.
type pageVariant struct {
	name string
	ask  ask
}

var pageVariants = []pageVariant{
	{"gzip", ask{path: "/", gzip: true}},
	{"not compressed", ask{path: "/"}},
	{"gzip, content never seen before", ask{path: "/?changing", gzip: true}},
}

// pageRound is what one round measured of one variant.
type pageRound struct{ one, crowd sample }

// measurePages measures the page of four fragments from four plugins, over several rounds.
func measurePages(address string, rounds int, duration time.Duration, progress, out io.Writer) error {
	all := make([][]pageRound, len(pageVariants))
	for i := range rounds + 1 {
		for j, v := range pageVariants {
			one, err := load(address, v.ask, 1, duration)
			if err != nil {
				return fmt.Errorf("page, %s: %w", v.name, err)
			}
			many, err := load(address, v.ask, crowd, duration)
			if err != nil {
				return fmt.Errorf("page, %s: %w", v.name, err)
			}
			if i > 0 { // the first is the warm-up
				all[j] = append(all[j], pageRound{one, many})
			}
		}
		fmt.Fprintf(progress, "\rpages: round %d of %d", i, rounds)
	}
	fmt.Fprintln(progress)
	reportPages(out, all)
	return nil
}

func reportPages(out io.Writer, all [][]pageRound) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "a page of %d fragments of %d bytes from %d plugins\tmin\tmedian\tmax\n", pagePlugins, fragmentBytes, pagePlugins)
	var rate, p50 float64
	for i, v := range pageVariants {
		rates := pageSeries(all[i], func(r pageRound) float64 { return r.crowd.rate() })
		ones := pageSeries(all[i], func(r pageRound) float64 { return micros(r.one.p50) })
		fmt.Fprintf(w, "%s, c=32, pages/s\t%s\n", v.name, rates)
		fmt.Fprintf(w, "%s, c=32, p50 us\t%s\n", v.name, pageSeries(all[i], func(r pageRound) float64 { return micros(r.crowd.p50) }))
		fmt.Fprintf(w, "%s, c=32, p99 us\t%s\n", v.name, pageSeries(all[i], func(r pageRound) float64 { return micros(r.crowd.p99) }))
		fmt.Fprintf(w, "%s, c=1, p50 us\t%s\n", v.name, ones)
		fmt.Fprintf(w, "%s, c=1, p99 us\t%s\n", v.name, pageSeries(all[i], func(r pageRound) float64 { return micros(r.one.p99) }))
		fmt.Fprintf(w, "%s, bytes\t%s\n", v.name, pageSeries(all[i], func(r pageRound) float64 { return float64(r.one.bytes) / float64(r.one.requests) }))
		if i == 0 {
			rate, p50 = rates.median(), ones.median()
		}
	}
	// The table goes to memory or a terminal: there is nobody to tell that it could not be written.
	_ = w.Flush()
	fmt.Fprintf(out, "pages: want at least %.0f a second at c=%d, got %.0f: %s\n", leastPages, crowd, rate, verdict(rate >= leastPages))
	fmt.Fprintf(out, "pages: want a p50 below %.0f us at c=1, got %.0f: %s\n", mostPageP50, p50, verdict(p50 < mostPageP50))
}

func pageSeries(all []pageRound, figure func(pageRound) float64) series {
	out := make(series, len(all))
	for i, r := range all {
		out[i] = figure(r)
	}
	slices.Sort(out)
	return out
}
