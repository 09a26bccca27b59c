package workspace

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"time"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/logging"
)

const (
	dialTimeout         = 10 * time.Second
	tlsHandshakeTimeout = 10 * time.Second
	idleConnTimeout     = 90 * time.Second
	maxIdleConns        = 256
	maxConnsPerHost     = 512
	maxHeaderBytes      = 256 << 10
	// maxJSONBytes is the largest JSON answer that is read; an inline result is at most 25 MiB.
	maxJSONBytes = 64 << 20
)

// newPool returns the connections that all clients of a Workspace share.
func newPool() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           maxIdleConns,
		MaxIdleConnsPerHost:    maxIdleConns,
		MaxConnsPerHost:        maxConnsPerHost,
		IdleConnTimeout:        idleConnTimeout,
		TLSHandshakeTimeout:    tlsHandshakeTimeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// transport performs one attempt: it adds the request id, bounds JSON answers, logs, and marks failures of the connection.
type transport struct {
	next   http.RoundTripper
	logger *slog.Logger
}

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if id := correlation.RequestID(ctx); id != "" {
		r = r.Clone(ctx)
		r.Header.Set(correlation.Header, id)
	}
	start := time.Now()
	response, err := t.next.RoundTrip(r)
	attrs := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", r.URL.EscapedPath()),
		slog.Float64(logging.DurationMSKey, float64(time.Since(start).Microseconds())/1e3),
	}
	if n := attemptOf(ctx); n > 1 {
		attrs = append(attrs, slog.Int("attempt", n))
	}
	if err != nil {
		t.logger.LogAttrs(ctx, slog.LevelDebug, "databricks call failed", append(attrs, slog.String("error", err.Error()))...)
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, &connectionError{cause: err, sent: !neverSent(err)}
	}
	t.logger.LogAttrs(ctx, slog.LevelDebug, "databricks call", append(attrs, slog.Int(logging.StatusKey, response.StatusCode))...)
	if isJSON(response) {
		response.Body = &boundedBody{ReadCloser: response.Body, left: maxJSONBytes}
	}
	return response, nil
}

// connectionError is a call whose answer never came. The cause is not part of the text: the SDK repeats calls, statements
// included, when it reads words such as "connection reset" in an error.
type connectionError struct {
	cause error
	sent  bool // the workspace may have got the request
}

func (e *connectionError) Error() string { return "no answer from the workspace" }
func (e *connectionError) Unwrap() error { return e.cause }

// neverSent says whether the request cannot have reached the workspace: there was no connection.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

func isJSON(r *http.Response) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// boundedBody fails once more than left bytes have been read.
type boundedBody struct {
	io.ReadCloser
	left int64
}

var errTooLarge = fmt.Errorf("the answer is larger than %d MiB", maxJSONBytes>>20)

func (b *boundedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, errTooLarge
	}
	return n, err
}
