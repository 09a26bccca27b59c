package wire

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/locale"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// exchange is one HTTP exchange in the plugin.
type exchange struct {
	Exchange
	id       uint64
	request  *http.Request
	response *responder
	cancel   context.CancelFunc
	done     chan struct{} // closed when the exchange has ended
	onLink   bool          // it takes a place on the link; the server's mutex guards it
}

// exchangeKey finds the exchange's number in a request's context.
type exchangeKey struct{}

// exchangeID returns the number of the exchange that ctx belongs to.
func exchangeID(ctx context.Context) (id uint64, ok bool) {
	id, ok = ctx.Value(exchangeKey{}).(uint64)
	return id, ok
}

// newExchange makes the handler's request and response writer.
func newExchange(ctx context.Context, id uint64, p *pluginv1.Request) *exchange {
	x := &exchange{Exchange: exchangeFromProto(p), id: id, done: make(chan struct{})}
	if x.Timeout > 0 {
		ctx, x.cancel = context.WithTimeout(ctx, x.Timeout)
	} else {
		ctx, x.cancel = context.WithCancel(ctx)
	}
	ctx = context.WithValue(ctx, exchangeKey{}, id)
	ctx = x.Exchange.context(ctx)
	x.request = newRequest(ctx, p)
	x.response = newResponder(ctx, id, p.GetMethod())
	return x
}

// context adds what handlers ask a context for.
func (x *Exchange) context(ctx context.Context) context.Context {
	ctx = correlation.NewContext(ctx, x.RequestID)
	if x.Locale != "" {
		ctx = locale.NewContext(ctx, x.Locale)
	}
	if !x.Identity.User.IsZero() {
		ctx = identity.NewContext(ctx, x.Identity)
	}
	return ctx
}

// newRequest makes an http.Request as a server would.
func newRequest(ctx context.Context, p *pluginv1.Request) *http.Request {
	target := p.GetTarget()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		// The host has parsed it before: only a host of another kind comes here, and its target matches no route.
		u = &url.URL{Path: target}
	}
	r := (&http.Request{
		Method: p.GetMethod(), URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: headerFromProto(p.GetHeaders()), Host: p.GetHost(), RequestURI: target,
		Body: http.NoBody, ContentLength: p.GetContentLength(),
	}).WithContext(ctx)
	if body := p.GetBody(); len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
	}
	return r
}

// end frees what the exchange holds.
func (x *exchange) end() {
	x.cancel()
	close(x.done)
}

// recovered turns a handler's panic into a fault. The process lives.
func (s *Server) recovered(x *exchange, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
		x.response.abort(fault.New(fault.Internal, "").WithOp("handler aborted the response"))
		return
	}
	s.logger.ErrorContext(x.request.Context(), "panic in a handler", "panic", p, "stack", string(debug.Stack()))
	x.response.abort(fault.New(fault.Internal, "").WithOp("panic in a handler"))
}
