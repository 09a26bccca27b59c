// Package answer keeps the answer of a plugin in memory, for those who must see all of it before they pass it on.
package answer

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"sync"
)

// ErrTooBig is the error of Write beyond the limit.
var ErrTooBig = errors.New("the answer is too large")

// maxPooled is the largest body whose memory is used again.
const maxPooled = 64 << 10

// Answer is a ResponseWriter that keeps what is written to it.
type Answer struct {
	limit  int
	header http.Header
	status int
	body   bytes.Buffer
	tooBig bool
}

var pool = sync.Pool{New: func() any { return &Answer{header: http.Header{}} }}

// New returns an empty answer of at most limit bytes.
func New(limit int) *Answer {
	a := pool.Get().(*Answer)
	a.limit = limit
	return a
}

// Release gives the answer's memory back. Nothing of it may be used afterwards.
func (a *Answer) Release() {
	if a.body.Cap() > maxPooled {
		return
	}
	a.body.Reset()
	clear(a.header)
	a.status, a.tooBig = 0, false
	pool.Put(a)
}

// Header returns the answer's header.
func (a *Answer) Header() http.Header { return a.header }

// WriteHeader keeps the first final status.
func (a *Answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK {
		a.status = status
	}
}

// Write keeps b, and fails beyond the limit, which ends the exchange.
func (a *Answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.tooBig = a.tooBig || a.body.Len()+len(b) > a.limit; a.tooBig {
		return 0, a.TooBig()
	}
	return a.body.Write(b)
}

// Status is the answer's status, 0 for none.
func (a *Answer) Status() int { return a.status }

// Body is what has been written, until Release.
func (a *Answer) Body() []byte { return a.body.Bytes() }

// TooBig is the error of an answer that was larger than the limit, else nil.
func (a *Answer) TooBig() error {
	if !a.tooBig {
		return nil
	}
	return fmt.Errorf("%w: more than %d bytes", ErrTooBig, a.limit)
}

// MediaType is the answer's content type without parameters, "" for none.
func (a *Answer) MediaType() string {
	mediaType, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return mediaType
}
