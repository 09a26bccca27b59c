package wire

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

var partBuffers = sync.Pool{New: func() any { b := make([]byte, partBytes); return &b }}

// partSender is the sending half of a stream, of either end.
type partSender interface {
	Send(*pluginv1.Part) error
}

// upload copies a request's body onto a stream while the response comes back.
type upload struct {
	done chan struct{}
	err  error // the client's fault; valid once done is closed
}

// startUpload starts copying r's body. The goroutine, which group counts, ends when the body does, when reading it fails
// or when the stream has ended. A body that cannot be sent to its end cancels the exchange.
func startUpload(group *sync.WaitGroup, stream clientStream, r *http.Request, limit int64, cancel context.CancelFunc) *upload {
	u := &upload{done: make(chan struct{})}
	group.Go(func() {
		u.err = sendBody(stream, r.Body, limit)
		if u.err == nil {
			u.err = sendEnd(stream, r.Trailer)
		}
		close(u.done)
		if u.err != nil {
			cancel()
			return
		}
		// Half-closing a stream that has already ended changes nothing.
		_ = stream.CloseSend()
	})
	return u
}

// stop ends the upload once the stream's context is cancelled, and returns what was wrong with the body. A body whose
// reading cannot be interrupted ends with its own request.
func (u *upload) stop(w http.ResponseWriter) error {
	select {
	case <-u.done:
		return u.err
	default:
	}
	if http.NewResponseController(w).SetReadDeadline(time.Now()) != nil {
		return nil
	}
	<-u.done
	return nil // interrupted by us
}

// failed returns what was wrong with a body that has been read, and nil while it is being read.
func (u *upload) failed() error {
	select {
	case <-u.done:
		return u.err
	default:
		return nil
	}
}

// sendBody copies body to the stream. A broken stream is no error here: the receiving side says why.
func sendBody(stream partSender, body io.Reader, limit int64) error {
	if body == nil {
		return nil
	}
	pooled := partBuffers.Get().(*[]byte)
	defer partBuffers.Put(pooled)
	buf := *pooled
	data := &pluginv1.Part_Data{}
	part := &pluginv1.Part{Part: data}
	for total := int64(0); ; {
		n, err := body.Read(buf)
		if total += int64(n); limit > 0 && total > limit {
			return tooLarge(limit)
		}
		if n > 0 {
			data.Data = buf[:n]
			if stream.Send(part) != nil {
				return nil //nolint:nilerr // see above
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fault.FromRequest(err)
		}
	}
}

func sendEnd(stream partSender, trailers http.Header) error {
	end := &pluginv1.End{}
	var err error
	if end.Trailers, err = appendRequestHeaders(nil, trailers); err != nil {
		return err
	}
	if stream.Send(&pluginv1.Part{Part: &pluginv1.Part_End{End: end}}) != nil {
		return nil //nolint:nilerr // the receiving side says why
	}
	return nil
}
