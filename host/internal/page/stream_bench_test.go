package page

import (
	stdgzip "compress/gzip"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// BenchmarkCompress compares what could compress a page: the page of BenchmarkServePage.
func BenchmarkCompress(b *testing.B) {
	c, r, target := benchmarkPage(b)
	w := httptest.NewRecorder()
	if err := c.ServePage(w, r, target, exchange()); err != nil {
		b.Fatal(err)
	}
	page := w.Body.Bytes()
	fast, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
	if err != nil {
		b.Fatal(err)
	}
	standard, err := stdgzip.NewWriterLevel(io.Discard, stdgzip.BestSpeed)
	if err != nil {
		b.Fatal(err)
	}
	for name, z := range map[string]interface {
		io.WriteCloser
		Reset(w io.Writer)
	}{"klauspost": fast, "standard": standard} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				z.Reset(io.Discard)
				if _, err := z.Write(page); err != nil {
					b.Fatal(err)
				}
				if err := z.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
