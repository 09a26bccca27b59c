package workspace

import (
	"testing"
)

// BenchmarkPointQuery measures a query of one row over HTTP with the real SDK.
func BenchmarkPointQuery(b *testing.B) {
	s := serve(b, b.TempDir())
	c := s.databricks(b, ben)
	for b.Loop() {
		sql(b, c, "SELECT name, city FROM samples.transport.airports WHERE iata = 'SFO'")
	}
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
