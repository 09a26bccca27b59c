package workspace

import (
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkPointQuery measures a query of one row over HTTP with the real SDK.
func BenchmarkPointQuery(b *testing.B) {
	s := serve(b, b.TempDir())
	c := s.databricks(b, ben)
	var took []time.Duration
	for b.Loop() {
		started := time.Now()
		sql(b, c, "SELECT name, city FROM samples.transport.airports WHERE iata = 'SFO'")
		took = append(took, time.Since(started))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}

// BenchmarkOpen measures the start of a workspace that has been filled.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		w, err := Open(Config{StateDir: dir})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := w.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkInvocation measures a prediction for one row over HTTP.
func BenchmarkInvocation(b *testing.B) {
	s := serveModels(b, Config{})
	var took []time.Duration
	for b.Loop() {
		started := time.Now()
		response, err := s.post(b.Context(), ben, "penguin-species", penguin)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
			b.Fatalf("answer %s, error %v", response.Status, err)
		}
		response.Body.Close()
		took = append(took, time.Since(started))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}
