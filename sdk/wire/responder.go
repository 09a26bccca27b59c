package wire

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// responder is the http.ResponseWriter of an exchange in the plugin, and its fault.Failer. A response on the link is
// collected; when it grows over InlineBody or is flushed it continues on a stream. It is for one goroutine, as every
// ResponseWriter is.
type responder struct {
	ctx    context.Context
	id     uint64
	isHead bool

	link    *link           // where the exchange began, or nil
	stream  partSender      // where it goes on, or nil
	resumed chan partSender // delivers stream when the host has fetched it

	header  http.Header
	status  int    // 0 until WriteHeader
	body    []byte // not sent yet
	written int64
	begun   bool  // the head has been sent on the stream
	err     error // why nothing more can be sent
	fault   *fault.Error
}

func newResponder(ctx context.Context, id uint64, method string) *responder {
	return &responder{ctx: ctx, id: id, isHead: method == http.MethodHead, header: make(http.Header), resumed: make(chan partSender)}
}

// Header returns the headers to send.
func (w *responder) Header() http.Header { return w.header }

// WriteHeader sets the status. Informational statuses don't exist here.
func (w *responder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
}

// Write adds to the body.
func (w *responder) Write(b []byte) (int, error) { return write(w, b) }

// WriteString is Write without a copy.
func (w *responder) WriteString(s string) (int, error) { return write(w, s) }

func write[T []byte | string](w *responder, b T) (int, error) {
	w.WriteHeader(http.StatusOK)
	if !bodyAllowed(int32(w.status)) { //nolint:gosec // statuses are small
		return 0, http.ErrBodyNotAllowed
	}
	if w.fault != nil {
		return 0, errors.New("the exchange has failed")
	}
	w.written += int64(len(b))
	if w.isHead {
		return len(b), nil
	}
	for total := 0; ; {
		if w.err != nil {
			return total, w.err
		}
		n := min(len(b), InlineBody-len(w.body))
		w.body = append(w.body, b[:n]...)
		total += n
		if b = b[n:]; len(b) == 0 {
			return total, nil
		}
		w.push()
	}
}

// Flush sends what has been written so far.
func (w *responder) Flush() {
	w.WriteHeader(http.StatusOK)
	w.push()
}

// FlushError is Flush for http.ResponseController.
func (w *responder) FlushError() error {
	w.Flush()
	return w.err
}

// Fail ends the exchange with a fault, unless the response has begun to leave.
func (w *responder) Fail(err error) {
	if w.begun || w.fault != nil {
		return
	}
	w.fault, w.body = fault.From(err), nil
}

// abort ends the exchange with a fault, if need be in the middle of the response.
func (w *responder) abort(f *fault.Error) { w.fault, w.body = f, nil }

// push sends head and body on the stream, asking the host for one first if the exchange began on the link.
func (w *responder) push() {
	if w.err != nil || w.fault != nil || w.stream == nil && !w.continueOnStream() {
		return
	}
	if !w.begun {
		head, err := w.head()
		if err != nil {
			w.err, w.fault = err, fault.From(err)
			return
		}
		w.begun = true
		if w.err = w.stream.Send(&pluginv1.Part{Part: &pluginv1.Part_Response{Response: head}}); w.err != nil {
			return
		}
	}
	if len(w.body) > 0 {
		w.err = w.stream.Send(&pluginv1.Part{Part: &pluginv1.Part_Data{Data: w.body}})
		w.body = w.body[:0]
	}
}

// continueOnStream asks the host to fetch the rest on a stream, and waits for it.
func (w *responder) continueOnStream() bool {
	w.err = w.link.send(&pluginv1.Frame{ExchangeId: w.id, Response: &pluginv1.Response{Continues: true}})
	if w.err != nil {
		return false
	}
	timeout := time.NewTimer(resumeTimeout)
	defer timeout.Stop()
	select {
	case w.stream = <-w.resumed:
		return true
	case <-w.ctx.Done():
		w.err = w.ctx.Err()
	case <-timeout.C:
		w.err = errors.New("the host did not fetch the response")
	}
	return false
}

// finish sends what is left. A handler that gave up at its deadline without a word has timed out.
func (w *responder) finish() {
	if w.status == 0 && w.ctx.Err() != nil {
		w.Fail(w.ctx.Err())
	}
	w.WriteHeader(http.StatusOK)
	if w.stream == nil && w.link != nil {
		if w.err == nil || w.fault != nil {
			w.finishFrame()
		}
		return
	}
	w.finishStream()
}

func (w *responder) finishFrame() {
	frame := pluginv1.FrameFromVTPool()
	frame.ExchangeId = w.id
	frame.Response = pluginv1.ResponseFromVTPool()
	w.fillResponse(frame.Response)
	// A broken link means that the host is gone.
	_ = w.link.send(frame)
	releaseFrame(frame)
}

// fillResponse makes the whole response, or the fault instead.
func (w *responder) fillResponse(p *pluginv1.Response) {
	if w.fault == nil {
		err := w.fillHead(p)
		if err == nil {
			p.Trailers, err = appendResponseHeaders(nil, w.trailers())
		}
		if err != nil {
			w.fault = fault.From(err)
			p.Headers, p.Trailers = p.Headers[:0], nil
		}
	}
	if w.fault != nil {
		p.Fault = faultToProto(w.fault)
		return
	}
	p.Body = w.body
}

func (w *responder) finishStream() {
	if w.fault == nil || w.begun {
		w.push()
	}
	switch {
	case w.fault != nil && !w.begun:
		w.sendLast(&pluginv1.Part{Part: &pluginv1.Part_Response{Response: &pluginv1.Response{Fault: faultToProto(w.fault)}}})
	case w.err == nil:
		end := &pluginv1.End{}
		if w.fault != nil {
			end.Fault = faultToProto(w.fault)
		} else if trailers, err := appendResponseHeaders(nil, w.trailers()); err == nil {
			end.Trailers = trailers
		} else {
			end.Fault = faultToProto(fault.From(err))
		}
		w.sendLast(&pluginv1.Part{Part: &pluginv1.Part_End{End: end}})
	}
}

// sendLast sends the stream's last part. A broken stream means that nobody waits for it.
func (w *responder) sendLast(part *pluginv1.Part) { _ = w.stream.Send(part) }

// head makes the head of a response on a stream.
func (w *responder) head() (*pluginv1.Response, error) {
	head := &pluginv1.Response{}
	if err := w.fillHead(head); err != nil {
		return nil, err
	}
	return head, nil
}

func (w *responder) fillHead(p *pluginv1.Response) error {
	if len(w.body) > 0 && w.header.Get("Content-Type") == "" && w.header.Get("Content-Encoding") == "" {
		w.header.Set("Content-Type", http.DetectContentType(w.body))
	}
	if w.isHead && w.written > 0 && w.header.Get("Content-Length") == "" {
		w.header.Set("Content-Length", strconv.FormatInt(w.written, 10))
	}
	p.Status = int32(w.status) //nolint:gosec // statuses are small
	var err error
	p.Headers, err = appendResponseHeaders(p.Headers[:0], w.header)
	return err
}

// trailers are the headers that the handler declared or prefixed as such.
func (w *responder) trailers() http.Header {
	var trailers http.Header
	add := func(name string, values []string) {
		if trailers == nil {
			trailers = make(http.Header)
		}
		trailers[name] = values
	}
	for _, name := range declaredTrailers(w.header) {
		if values := w.header[name]; values != nil {
			add(name, values)
		}
	}
	for name, values := range w.header {
		if len(name) > len(http.TrailerPrefix) && name[:len(http.TrailerPrefix)] == http.TrailerPrefix {
			add(http.CanonicalHeaderKey(name[len(http.TrailerPrefix):]), values)
		}
	}
	return trailers
}
