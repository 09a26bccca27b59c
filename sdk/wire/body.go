package wire

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// partReceiver is the receiving half of a stream, of either end.
type partReceiver interface {
	Recv() (*pluginv1.Part, error)
}

// partBody is a body that arrives on a stream.
type partBody struct {
	stream partReceiver
	data   []byte
	err    error
	// trailers are there after io.EOF.
	trailers []*pluginv1.Header
}

func newPartBody(stream partReceiver) *partBody { return &partBody{stream: stream} }

// Read returns io.EOF only after the sender's end: a body that broke off is io.ErrUnexpectedEOF or the sender's fault.
func (b *partBody) Read(p []byte) (int, error) {
	for len(b.data) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.next()
	}
	n := copy(p, b.data)
	b.data = b.data[n:]
	return n, nil
}

func (b *partBody) next() {
	part, err := b.stream.Recv()
	switch {
	case errors.Is(err, io.EOF):
		b.err = io.ErrUnexpectedEOF
	case err != nil:
		b.err = err
	default:
		switch p := part.GetPart().(type) {
		case *pluginv1.Part_Data:
			b.data = p.Data
		case *pluginv1.Part_End:
			b.trailers, b.err = p.End.GetTrailers(), io.EOF
			if f := p.End.GetFault(); f != nil {
				b.err = faultFromProto(f)
			}
		default:
			b.err = errors.New("stream holds neither data nor an end in a body")
		}
	}
}

// Close ends the reading; the stream itself ends with its exchange.
func (b *partBody) Close() error {
	b.data = nil
	if b.err == nil {
		b.err = http.ErrBodyReadAfterClose
	}
	return nil
}

// limitedBody gives a fault when the body is larger than it may be.
type limitedBody struct {
	io.ReadCloser
	left, limit int64
}

func limitBody(body io.ReadCloser, limit int64) io.ReadCloser {
	if limit <= 0 {
		return body
	}
	return &limitedBody{ReadCloser: body, left: limit, limit: limit}
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, b.overrun()
	}
	// One byte more than allowed tells a body that is too large from one that just fits.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, b.overrun()
	}
	return n, err
}

func (b *limitedBody) overrun() error { return &http.MaxBytesError{Limit: b.limit} }

// declaredTrailers are the names in a Trailer header.
func declaredTrailers(h http.Header) []string {
	var names []string
	for _, line := range h["Trailer"] {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, http.CanonicalHeaderKey(name))
			}
		}
	}
	return names
}

var _ fault.Failer = (*responder)(nil)
