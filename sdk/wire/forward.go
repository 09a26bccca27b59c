package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// Forward performs the HTTP exchange r with the plugin and copies the answer to w.
//
// A nil error means that w has the whole response. A *fault.Error is the plugin's or the border's verdict, a *LostError
// a broken connection, r.Context's error its end: with these nothing has been written to w. After an *AbortedError w has
// a part of a response and its connection must be aborted.
//
// r.Body is read, and put back if it was small enough to be replayed after a LostError.
func (c *Client) Forward(w http.ResponseWriter, r *http.Request, x Exchange) error {
	if x.MaxBodyBytes > 0 && r.ContentLength > x.MaxBodyBytes {
		return tooLarge(x.MaxBodyBytes)
	}
	if !FitsFrame(r) {
		return c.forwardStream(w, r, x)
	}
	if err := ReadInline(r); err != nil {
		return err
	}
	return c.forwardFrame(w, r, x, inlineBody(r))
}

func tooLarge(limit int64) *fault.Error {
	return fault.FromRequest(&http.MaxBytesError{Limit: limit})
}

// FitsFrame says whether a request's body is small enough, and known to be, to travel in a frame.
func FitsFrame(r *http.Request) bool { return r.ContentLength >= 0 && r.ContentLength <= InlineBody }

// ReadInline reads the body of a request that fits a frame and puts it back. Forward does it by itself; a caller that
// does it before it takes anything that is scarce keeps a slow client from holding that.
func ReadInline(r *http.Request) error {
	if !FitsFrame(r) || r.ContentLength == 0 || r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if _, ok := r.Body.(*readBody); ok {
		return nil
	}
	data := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, data); err != nil {
		return fault.FromRequest(err)
	}
	r.Body = &readBody{Reader: bytes.NewReader(data), data: data}
	return nil
}

// readBody is a body that has been read already.
type readBody struct {
	*bytes.Reader
	data []byte
}

// Close does nothing.
func (*readBody) Close() error { return nil }

// inlineBody returns what ReadInline has read.
func inlineBody(r *http.Request) []byte {
	if b, ok := r.Body.(*readBody); ok {
		return b.data
	}
	return nil
}

// forwardFrame performs an exchange whose request fits into a frame.
func (c *Client) forwardFrame(w http.ResponseWriter, r *http.Request, x Exchange, body []byte) error {
	wait := newDeadline(x.Timeout)
	defer wait.stop()
	if err := c.acquire(r.Context(), wait); err != nil {
		return err
	}
	id := c.exchange.Add(1)
	frame := pluginv1.FrameFromVTPool()
	frame.ExchangeId = id
	frame.Request = pluginv1.RequestFromVTPool()
	if err := fillRequest(frame.Request, r, &x); err != nil {
		releaseFrame(frame)
		<-c.credits
		return err
	}
	frame.Request.Body = body

	p := pendingPool.Get().(*pending)
	p.exchange, p.abandoned, p.credits = x, false, c.credits
	c.inFlight.add(id, p)
	err := c.link.send(frame)
	releaseFrame(frame)
	if err != nil {
		c.inFlight.remove(id)
		<-c.credits
		return &LostError{Err: err}
	}
	resp, err := c.await(r.Context(), id, p, wait)
	if err != nil {
		return err
	}
	if resp.GetContinues() {
		releaseResponse(resp)
		defer c.inFlight.remove(id)
		<-c.credits
		return c.resume(w, r, id, wait)
	}
	<-c.credits
	recycle(p)
	err = writeResponse(w, r, resp)
	releaseResponse(resp)
	return err
}

// acquire takes a credit.
func (c *Client) acquire(ctx context.Context, wait deadline) error {
	select {
	case c.credits <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.credits <- struct{}{}:
		return nil
	case <-c.lost:
		return &LostError{Err: c.lostErr}
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.passed():
		return fault.New(fault.Exhausted, "Too many requests are under way. Try again in a moment.").WithRetryAfter(time.Second)
	}
}

// await waits for the answer on the link. Without one the exchange is cancelled and its credit comes back with the
// plugin's late answer.
func (c *Client) await(ctx context.Context, id uint64, p *pending, wait deadline) (*pluginv1.Response, error) {
	var cause error
	select {
	case resp := <-p.response:
		return resp, nil
	case <-ctx.Done():
		cause = ctx.Err()
	case <-wait.passed():
		cause = fault.Wrap(fault.Timeout, context.DeadlineExceeded, "")
	case <-c.lost:
		cause = &LostError{Sent: true, Err: c.lostErr}
	}
	if resp := c.inFlight.abandon(id, p); resp != nil {
		return resp, nil
	}
	var lost *LostError
	if !errors.As(cause, &lost) {
		c.cancel(id)
	}
	return nil, cause
}

// cancel tells the plugin that nobody waits for an exchange.
func (c *Client) cancel(id uint64) {
	frame := pluginv1.FrameFromVTPool()
	frame.ExchangeId, frame.Cancel = id, &pluginv1.Cancel{}
	// A broken link cancels everything by itself.
	_ = c.link.send(frame)
	releaseFrame(frame)
}

// fillRequest writes the head of r and what it carries into a message.
func fillRequest(p *pluginv1.Request, r *http.Request, x *Exchange) error {
	p.Method, p.Target, p.Host, p.ContentLength = r.Method, requestTarget(r), r.Host, r.ContentLength
	if len(p.Target)+len(p.Host) > MaxHeaderBytes {
		return fault.Newf(fault.TooLarge, "The address is longer than %d bytes.", MaxHeaderBytes)
	}
	x.fill(p)
	var err error
	p.Headers, err = appendRequestHeaders(p.Headers[:0], r.Header)
	return err
}

// requestTarget is the target as the client sent it: escapes and query untouched.
func requestTarget(r *http.Request) string {
	if r.RequestURI != "" && r.RequestURI[0] == '/' {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}

// writeResponse copies a whole response to the client.
func writeResponse(w http.ResponseWriter, r *http.Request, resp *pluginv1.Response) error {
	if f := resp.GetFault(); f != nil {
		return faultFromProto(f)
	}
	h := w.Header()
	if err := writeHead(h, resp); err != nil {
		return err
	}
	if r.Method != http.MethodHead && bodyAllowed(resp.GetStatus()) {
		h["Content-Length"] = []string{strconv.Itoa(len(resp.GetBody()))}
	}
	trailers, err := trailerHeader(resp.GetTrailers())
	if err != nil {
		return err
	}
	declareTrailers(h, trailers)
	w.WriteHeader(int(resp.GetStatus()))
	if len(resp.GetBody()) > 0 {
		if _, err := w.Write(resp.GetBody()); err != nil {
			return &AbortedError{Err: err}
		}
	}
	maps.Copy(h, trailers)
	return nil
}

// writeHead checks the head of a response and copies its headers.
func writeHead(h http.Header, resp *pluginv1.Response) error {
	if s := resp.GetStatus(); s < 200 || s > 599 {
		return fault.New(fault.Upstream, "").WithOp("response of the plugin: status " + strconv.Itoa(int(s)))
	}
	return copyResponseHeaders(h, resp.GetHeaders())
}

func bodyAllowed(status int32) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// declareTrailers announces trailers that are known before the body, so that a short response has them too.
func declareTrailers(h, trailers http.Header) {
	if len(trailers) == 0 {
		return
	}
	delete(h, "Content-Length") // only a chunked body has trailers
	h["Trailer"] = slices.Sorted(maps.Keys(trailers))
}

// trailerHeader takes a plugin's trailers, as far as HTTP has room for them.
func trailerHeader(list []*pluginv1.Header) (http.Header, error) {
	if len(list) == 0 {
		return nil, nil
	}
	trailers := make(http.Header, len(list))
	return trailers, copyResponseHeaders(trailers, list)
}

var pendingPool = sync.Pool{New: func() any { return &pending{response: make(chan *pluginv1.Response, 1)} }}

// recycle takes back a pending whose answer has been received: nobody else knows it any more.
func recycle(p *pending) {
	p.exchange, p.credits = Exchange{}, nil
	pendingPool.Put(p)
}
