package page

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"

	"github.com/klauspost/compress/gzip"

	"corbel.example/web"
)

const (
	// maxPooledPage is the largest page whose memory is used again.
	maxPooledPage = 256 << 10
	// gzipLevel is the cheapest: a page is compressed anew for everybody who sees it.
	gzipLevel = gzip.BestSpeed
	// leastGzip is the size from which compression pays.
	leastGzip = 1 << 10
)

// stream is a response whose pieces are collected, compressed if the client likes that, and sent together. It is used by one
// goroutine.
type stream struct {
	w      http.ResponseWriter
	r      *http.Request
	status int
	began  bool

	*buffers
	gzip *gzip.Writer // nil for a client that takes none, and before the first byte
}

// buffers are a stream's memory.
type buffers struct {
	page       bytes.Buffer // what has not been sent
	compressed bytes.Buffer
}

var (
	bufferPool = sync.Pool{New: func() any { return new(buffers) }}
	gzipPool   = sync.Pool{New: func() any {
		z, err := gzip.NewWriterLevel(nil, gzipLevel)
		if err != nil {
			panic(err) // the level is a constant that the package knows
		}
		return z
	}}
)

func newStream(w http.ResponseWriter, r *http.Request) *stream {
	return &stream{w: w, r: r, status: http.StatusOK, buffers: bufferPool.Get().(*buffers)}
}

// release gives the stream's memory back.
func (s *stream) release() {
	if s.gzip != nil {
		gzipPool.Put(s.gzip)
	}
	if s.page.Cap()+s.compressed.Cap() <= maxPooledPage {
		s.page.Reset()
		s.compressed.Reset()
		bufferPool.Put(s.buffers)
	}
	s.buffers, s.gzip = nil, nil
}

// Header returns the response's header.
func (s *stream) Header() http.Header { return s.w.Header() }

// Write collects p.
func (s *stream) Write(p []byte) (int, error) { return s.page.Write(p) }

// WriteString collects text.
func (s *stream) WriteString(text string) (int, error) { return s.page.WriteString(text) }

// headOnly says that the client wants no body.
func (s *stream) headOnly() bool { return s.r.Method == http.MethodHead }

// flush sends what has been collected, so that the client has all of it.
func (s *stream) flush() error {
	s.begin()
	if s.headOnly() {
		return nil
	}
	if s.gzip != nil {
		if _, err := s.gzip.Write(s.page.Bytes()); err != nil {
			return err
		}
		if err := s.gzip.Flush(); err != nil {
			return err
		}
	}
	s.send()
	// A writer that cannot flush sends when it likes.
	_ = http.NewResponseController(s.w).Flush()
	return nil
}

// finish sends the rest. A response that goes out in one piece says how long it is.
func (s *stream) finish() error {
	whole := !s.began
	if whole {
		s.chooseGzip(s.page.Len())
	}
	if s.gzip != nil {
		if _, err := s.gzip.Write(s.page.Bytes()); err != nil {
			return err
		}
		if err := s.gzip.Close(); err != nil {
			return err
		}
	}
	if whole {
		s.Header()["Content-Length"] = []string{strconv.Itoa(s.pending().Len())}
		s.began = true
		s.w.WriteHeader(s.status)
	}
	if !s.headOnly() {
		s.send()
	}
	return nil
}

// begin sends the head.
func (s *stream) begin() {
	if s.began {
		return
	}
	s.chooseGzip(leastGzip)
	s.began = true
	s.w.WriteHeader(s.status)
}

func (s *stream) chooseGzip(size int) {
	h := s.Header()
	h["Vary"] = varyEncoding
	if size < leastGzip || !web.AcceptsGzip(s.r.Header.Get("Accept-Encoding")) {
		return
	}
	h["Content-Encoding"] = gzipEncoding
	s.gzip = gzipPool.Get().(*gzip.Writer)
	s.gzip.Reset(&s.compressed)
}

var (
	varyEncoding = []string{"Accept-Encoding"}
	gzipEncoding = []string{"gzip"}
)

// pending is what goes to the client next.
func (s *stream) pending() *bytes.Buffer {
	if s.gzip != nil {
		return &s.compressed
	}
	return &s.page
}

// send writes what is pending. The client may be gone: its request's context says so.
func (s *stream) send() {
	_, _ = s.w.Write(s.pending().Bytes()) //nolint:gosec // fragments have been cleaned, and templ escapes the rest
	s.page.Reset()
	s.compressed.Reset()
}
