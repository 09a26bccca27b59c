package statement

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	linkHeadTimeout = 30 * time.Second
	// linkIdleTimeout ends a read that gets no byte for a while.
	linkIdleTimeout = 60 * time.Second
	linkDialTimeout = 10 * time.Second
	idleLinks       = 16
	idleLinkLife    = 60 * time.Second
)

// links gets chunks from the cloud's storage. Their addresses are signed: whoever has one needs no token, and gets none.
type links struct{ client http.Client }

func newLinks() *links {
	return &links{http.Client{
		Transport: &http.Transport{
			Proxy:       http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{Timeout: linkDialTimeout}).DialContext, TLSHandshakeTimeout: linkDialTimeout,
			ResponseHeaderTimeout: linkHeadTimeout, MaxIdleConnsPerHost: idleLinks, IdleConnTimeout: idleLinkLife,
			ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (l *links) close() { l.client.CloseIdleConnections() }

// open gets what a link leads to. The address is a secret and in no error.
func (l *links) open(ctx context.Context, address string) (io.ReadCloser, error) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())) {
		return nil, errors.New("the link to the result is not https")
	}
	ctx, stop := context.WithCancel(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		stop()
		return nil, errors.New("the link to the result is malformed")
	}
	response, err := l.client.Do(request) //nolint:bodyclose // closed by the linkBody
	if err != nil {
		stop()
		var withAddress *url.Error
		if errors.As(err, &withAddress) {
			err = withAddress.Err
		}
		return nil, fmt.Errorf("follow the link to the result: %w", err)
	}
	body := &linkBody{ReadCloser: response.Body, stop: stop, idle: time.AfterFunc(linkIdleTimeout, stop)}
	if response.StatusCode != http.StatusOK {
		_ = body.Close() // nothing in it matters
		return nil, fmt.Errorf("follow the link to the result: the storage answers %s", response.Status)
	}
	return body, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// linkBody ends when nothing comes any more.
type linkBody struct {
	io.ReadCloser
	stop context.CancelFunc
	idle *time.Timer
}

func (b *linkBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.idle.Reset(linkIdleTimeout)
	}
	return n, err
}

func (b *linkBody) Close() error {
	b.idle.Stop()
	b.stop()
	return b.ReadCloser.Close()
}
