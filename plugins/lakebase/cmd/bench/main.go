// Command bench measures what host and border cost a request that works in the database: preferences read and written through
// `corbel serve` and the plugin's process, against the same handler behind net/http in one process. PostgreSQL is real, and
// the same for both.
//
//	make build && go run ./plugins/lakebase/cmd/bench [-rounds 11] [-seconds 2] [-corbel bin/corbel]
//
// Server, plugin, database and clients are processes of their own. Each round measures both, one after the other; what is
// reported are medians over the rounds, ratios taken within a round.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"corbel.example/plugins/lakebase/internal/postgrestest"
)

// The figures to reach: of the throughput, and times the p99.
const (
	leastThroughput = 0.75
	mostP99         = 3
)

func main() {
	rounds := flag.Int("rounds", 11, "interleaved rounds")
	seconds := flag.Float64("seconds", 2, "seconds of each measurement")
	corbel := flag.String("corbel", "bin/corbel", "the host; its plugins are beside it")
	role := flag.String("role", "", "internal: what this process is")
	flag.Parse()
	var err error
	if *role == roleDirect {
		err = serveDirect()
	} else {
		err = run(context.Background(), *corbel, *rounds, time.Duration(*seconds*float64(time.Second)))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, corbel string, rounds int, duration time.Duration) (err error) {
	database, err := postgrestest.New(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	settings, err := database.NewDatabase(ctx)
	if err != nil {
		return err
	}
	environment := []string{
		"PGHOST=" + settings.Host, fmt.Sprintf("PGPORT=%d", settings.Port), "PGUSER=" + settings.User, "PGDATABASE=" + settings.Name,
		"PGSSLMODE=disable", "LAKEBASE_TOKEN=" + database.Password,
	}
	var subjects []*subject
	defer func() {
		for _, s := range subjects {
			err = errors.Join(err, s.stop())
		}
	}()
	for _, begin := range []func(context.Context, []string) (*subject, error){
		startDirect, func(ctx context.Context, env []string) (*subject, error) { return startHost(ctx, corbel, env) },
	} {
		s, err := begin(ctx, environment)
		if err != nil {
			return err
		}
		subjects = append(subjects, s)
	}
	var throughput, tail []float64
	for i := range rounds + 1 { // the first warms up
		var got [2]sample
		for j, s := range subjects {
			if got[j], err = load(ctx, s.address, duration); err != nil {
				return err
			}
		}
		if i == 0 {
			continue
		}
		throughput = append(throughput, got[1].rate/got[0].rate)
		tail = append(tail, float64(got[1].p99)/float64(got[0].p99))
		fmt.Printf("%2d  in process %5.0f req/s, p50 %v, p99 %v   plugin %5.0f req/s, p50 %v, p99 %v   ratio %.2f\n", i,
			got[0].rate, short(got[0].p50), short(got[0].p99), got[1].rate, short(got[1].p50), short(got[1].p99), throughput[len(throughput)-1])
	}
	fmt.Printf("\n%d clients read and write preferences: throughput %.2f of in process (want at least %.2f: %s), p99 %.2f times (want at most %d: %s)\n",
		clients, median(throughput), leastThroughput, verdict(median(throughput) >= leastThroughput), median(tail), mostP99, verdict(median(tail) <= mostP99))
	return nil
}

func short(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

func verdict(ok bool) string {
	if ok {
		return "reached"
	}
	return "not reached"
}
