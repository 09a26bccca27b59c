package frontdoor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

const (
	// dialTimeout bounds connecting to the app, which is on this machine.
	dialTimeout = 2 * time.Second

	// answerTimeout bounds how long the app may take to begin its answer once
	// it has the whole request.
	answerTimeout = 2 * time.Minute

	// maxIdleConns bounds the connections to the app that are kept for later.
	maxIdleConns = 128

	idleConnTimeout = 90 * time.Second

	copyBufferSize = 32 << 10
)

// newTransport makes the connections to the app. It takes no proxy from the
// environment, and leaves compression to the app and the browser.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		DisableCompression:    true,
		MaxIdleConns:          maxIdleConns,
		MaxIdleConnsPerHost:   maxIdleConns,
		IdleConnTimeout:       idleConnTimeout,
		ResponseHeaderTimeout: answerTimeout,
	}
}

func (d *FrontDoor) newProxy(log *slog.Logger) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:      d.transport,
		Rewrite:        d.rewrite,
		ModifyResponse: echoRequestID,
		ErrorHandler:   d.proxyFailed,
		FlushInterval:  -1, // at once: the app decides what a piece of an answer is
		BufferPool:     &bufferPool{},
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// rewrite makes the request that the app sees. By now [httputil.ReverseProxy] has
// removed the hop-by-hop headers, those named in Connection included, so a caller
// cannot have what is set here removed.
func (d *FrontDoor) rewrite(pr *httputil.ProxyRequest) {
	out, v := pr.Out, visitOf(pr.In)
	out.URL.Scheme, out.URL.Host = v.target.Scheme, v.target.Host
	out.URL.RawQuery = pr.In.URL.RawQuery // as it came, even where Go would not parse it
	out.Host = ""                         // the app's own; the browser's is in X-Forwarded-Host

	stripReserved(out.Header)
	stripReserved(out.Trailer)
	stripSessionCookies(out.Header)
	setForwarded(out.Header, pr.In, v.requestID)
	if v.caller != nil {
		setCaller(out.Header, v.caller, d.workspaceID)
	}
}

// echoRequestID makes sure that every answer carries the request id, even one
// of an app that forgot it.
func echoRequestID(res *http.Response) error {
	if res.Header.Get(requestIDHeader) == "" {
		res.Header.Set(requestIDHeader, res.Request.Header.Get(requestIDHeader))
	}
	return nil
}

// proxyFailed answers for an app that did not.
func (d *FrontDoor) proxyFailed(w http.ResponseWriter, r *http.Request, err error) {
	var netErr net.Error
	switch {
	case r.Context().Err() != nil:
		visitOf(r).cause = context.Canceled
		w.WriteHeader(statusClientGone) // reaches the log; the client is not there to see it
	case errors.As(err, &netErr) && netErr.Timeout():
		d.refuse(w, r, refuseSlow, err)
	default:
		d.refuse(w, r, refuseUnavailable, err)
	}
}

// bufferPool keeps the buffers through which bodies are copied.
type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, copyBufferSize)
}

func (p *bufferPool) Put(b []byte) { p.pool.Put(&b) }
