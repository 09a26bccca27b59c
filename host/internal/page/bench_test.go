package page

import (
	stdgzip "compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/plugin"
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

// benchmarkPage is a page of two fragments, one of them a table of a hundred rows.
func benchmarkPage(b *testing.B) (*Composer, *http.Request, mount.Target) {
	b.Helper()
	table := `<databricks-table><table><tbody>` + strings.Repeat(`<tr><td>21007</td><td class="number">3127.25</td><td>JFK</td></tr>`, 100) + `</tbody></table></databricks-table>`
	m := catalog(new(backend).on("/f/one", htmlOf("<h1>trips</h1>")).on("/f/two", htmlOf(table)), plugin.Fragment{ID: "one"}, plugin.Fragment{ID: "two"})
	mounts := mount.NewTable(nil)
	mounts.Set([]mount.Mounted{m})
	c := New(Params{Table: mounts, Logger: discard, AppName: "Atlas"})
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/catalog/main", nil)
	target, err := mounts.Lookup(r)
	if err != nil {
		b.Fatal(err)
	}
	return c, r, target
}

func BenchmarkServePage(b *testing.B) {
	c, r, target := benchmarkPage(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.ServePage(httptest.NewRecorder(), r, target, exchange()); err != nil {
			b.Fatal(err)
		}
	}
}
