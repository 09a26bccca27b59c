package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// call is the fetch of one fragment, ready to go.
type call struct {
	fragment mount.Fragment
	request  *http.Request
	target   mount.Target
	// refused is why it does not go.
	refused *fault.Error
}

// outcome is what became of a fragment: markup, a redirect, or a fault.
type outcome struct {
	fragment mount.Fragment
	status   int
	markup   web.Markup
	// heading is the text of the markup's h1.
	heading  string
	location string
	fault    *fault.Error
	duration time.Duration
}

// fetchAll fetches the fragments, all at once as far as the limit goes, and returns when all are there or their time is up.
// It fails when the caller has to sign in first, or has left.
func (c *Composer) fetchAll(r *http.Request, fragments []mount.Fragment, x wire.Exchange) ([]outcome, error) {
	ctx, cancel := context.WithTimeout(r.Context(), c.limits.PageTimeout)
	defer cancel()
	calls := make([]call, len(fragments))
	anyone := len(fragments) > 0
	for i, fragment := range fragments {
		calls[i] = c.prepare(r, fragment)
		anyone = anyone && calls[i].target.Route.Auth == plugin.Anyone
	}
	if x.Identity.User.IsZero() && !anyone {
		return nil, fault.New(fault.Unauthenticated, "")
	}
	outcomes := make([]outcome, len(calls))
	var group errgroup.Group
	group.SetLimit(c.limits.MaxAtOnce)
	for i := range calls {
		group.Go(func() error {
			outcomes[i] = c.fetch(ctx, calls[i], x)
			if o := outcomes[i]; o.fragment.Primary && (o.fault != nil || o.location != "") {
				cancel() // Nobody will see the others.
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return outcomes, r.Context().Err()
}

// prepare makes the request for a fragment and finds the route that answers it. It must be one of the plugin's own, with
// whatever values its wildcards have taken.
func (c *Composer) prepare(r *http.Request, fragment mount.Fragment) call {
	query := r.URL.Query()
	path, err := fragment.Expand(func(name string) string {
		if v := r.PathValue(name); v != "" {
			return v
		}
		return query.Get(name)
	})
	if missing := (*mount.MissingValueError)(nil); errors.As(err, &missing) {
		return call{fragment: fragment, refused: fault.Newf(fault.Invalid, "The address lacks the parameter %q.", missing.Name).
			WithField(missing.Name, "is missing").WithOrigin(fragment.Plugin)}
	}
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return call{fragment: fragment, refused: fault.Wrap(fault.Internal, err, "").WithOrigin(fragment.Plugin)}
	}
	u.RawQuery = r.URL.RawQuery
	request := &http.Request{
		Method: http.MethodGet, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: r.Host, Body: http.NoBody,
		Header: http.Header{"Accept": {"text/html"}}, RemoteAddr: r.RemoteAddr, RequestURI: u.RequestURI(),
	}
	for _, name := range []string{"Accept-Language", "User-Agent"} {
		if values := r.Header.Values(name); len(values) > 0 {
			request.Header[name] = values
		}
	}
	target, err := c.table.Lookup(request)
	if err == nil && (target.Plugin != fragment.Plugin || target.Page != nil) {
		err = fault.Wrap(fault.Internal, fmt.Errorf("fragment %s/%s: path %q is answered by %s of plugin %q",
			fragment.Plugin, fragment.ID, path, target.Pattern, target.Plugin), "")
	}
	if err != nil {
		return call{fragment: fragment, refused: fault.From(err)}
	}
	return call{fragment: fragment, request: request, target: target}
}

// fetch performs a call. A panic in what reads foreign HTML costs the fragment and not the host.
func (c *Composer) fetch(ctx context.Context, call call, x wire.Exchange) (o outcome) {
	start := time.Now()
	defer func() {
		if reason := recover(); reason != nil {
			o = outcome{fault: fault.Wrap(fault.Internal, fmt.Errorf("panic: %v\n%s", reason, debug.Stack()), "")}
		}
		o.fragment, o.duration = call.fragment, time.Since(start)
		if o.fault != nil && o.fault.Origin == "" {
			withOrigin := *o.fault
			o.fault = withOrigin.WithOrigin(call.fragment.Plugin)
		}
	}()
	if call.refused != nil {
		return outcome{fault: call.refused}
	}
	if call.target.Route.Auth != plugin.Anyone && x.Identity.User.IsZero() {
		return outcome{fault: fault.New(fault.Unauthenticated, "")}
	}
	timeout := call.fragment.Timeout
	if timeout <= 0 {
		timeout = c.limits.FragmentTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer := &answer{limit: c.limits.MaxFragmentBytes}
	err := call.target.Backend.Forward(answer, call.request.WithContext(ctx), within(x, timeout))
	return answer.outcome(err, call.fragment.Primary)
}

// within is the page's exchange with the fragment's timeout.
func within(x wire.Exchange, timeout time.Duration) wire.Exchange {
	x.Timeout = timeout
	return x
}
