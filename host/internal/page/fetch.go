package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"time"

	"corbel.example/host/internal/answer"
	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

const acceptLanguage = "Accept-Language"

// call is the fetch of one fragment, ready to go.
type call struct {
	fragment mount.Fragment
	// place is the fragment's index on the page.
	place   int
	request *http.Request
	target  mount.Target
	// refused is why it does not go.
	refused *fault.Error
}

// prepare makes the request for a fragment and finds the route that answers it. It must be one of the plugin's own, with
// whatever values its wildcards have taken.
func (c *Composer) prepare(r *http.Request, fragment mount.Fragment, place int) call {
	refuse := func(f *fault.Error) call {
		return call{fragment: fragment, place: place, refused: f.WithOrigin(fragment.Plugin)}
	}
	path, err := fragment.Expand(func(name string) string { return valueOf(r, name) })
	if missing := (*mount.MissingValueError)(nil); errors.As(err, &missing) {
		return refuse(fault.Newf(fault.Invalid, "The address lacks the parameter %q.", missing.Name).WithField(missing.Name, "is missing"))
	}
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return refuse(fault.Wrap(fault.Internal, err, ""))
	}
	u.RawQuery = r.URL.RawQuery
	request := &http.Request{
		Method: http.MethodGet, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: r.Host, Body: http.NoBody,
		Header: http.Header{"Accept": acceptHTML}, RemoteAddr: r.RemoteAddr, RequestURI: u.RequestURI(),
	}
	if values := r.Header[acceptLanguage]; len(values) > 0 {
		request.Header[acceptLanguage] = values[:1]
	}
	target, err := c.table.Lookup(request)
	if err == nil && (target.Plugin != fragment.Plugin || target.Page != nil) {
		err = fault.Wrap(fault.Internal, fmt.Errorf("fragment %s/%s: path %q is answered by %s of plugin %q",
			fragment.Plugin, fragment.ID, path, target.Pattern, target.Plugin), "")
	}
	if err != nil {
		f := *fault.From(err)
		return refuse(&f)
	}
	return call{fragment: fragment, place: place, request: request, target: target}
}

var acceptHTML = []string{"text/html"}

// valueOf is what a wildcard of a fragment's path stands for: the page's own, or a parameter of the query.
func valueOf(r *http.Request, name string) string {
	if v := r.PathValue(name); v != "" {
		return v
	}
	return r.URL.Query().Get(name)
}

// fetch gets a fragment: a copy that is fresh, the plugin's answer, or what stands in when there is none.
func (c *Composer) fetch(ctx context.Context, call *call, x wire.Exchange) (o outcome) {
	start := time.Now()
	// A panic in what reads foreign HTML costs the fragment and not the host.
	defer func() {
		if reason := recover(); reason != nil {
			o = outcome{source: failed, fault: fault.Wrap(fault.Internal, fmt.Errorf("panic: %v\n%s", reason, debug.Stack()), "")}
		}
		o.call, o.duration = call, time.Since(start)
		if o.fault != nil && o.fault.Origin == "" {
			withOrigin := *o.fault
			o.fault = withOrigin.WithOrigin(call.fragment.Plugin)
		}
		c.logFragment(ctx, &o)
	}()
	if call.refused != nil {
		return outcome{source: failed, fault: call.refused}
	}
	if call.target.Route.Auth != plugin.Anyone && x.Identity.User.IsZero() {
		return outcome{source: failed, fault: fault.New(fault.Unauthenticated, "")}
	}
	o = c.fetchKept(ctx, call, x)
	if o.fault != nil && o.source == failed && standsIn(o.fault.Kind) && call.fragment.Fallback != "" {
		if f, err := c.clean(call.fragment.Plugin, []byte(call.fragment.Fallback), false, ""); err == nil {
			o.source, o.content = fallback, f
		}
	}
	return o
}

// fetchKept fetches a fragment of which copies may be kept.
func (c *Composer) fetchKept(ctx context.Context, call *call, x wire.Exchange) outcome {
	ttl := call.fragment.CacheTTL
	if ttl <= 0 {
		return c.ask(ctx, call, x)
	}
	key := keyOf(call, x.Identity)
	kept, ok := c.copies.entries.GetIfPresent(key)
	if ok && c.isFresh(kept, ttl, key.user) {
		return outcome{source: cache, status: kept.status, content: kept.content}
	}
	o, err := c.copies.once(ctx, key, func(ctx context.Context) outcome {
		begun := c.now()
		o := c.ask(ctx, call, x)
		switch {
		case o.fault == nil && o.location == "" && o.status == http.StatusOK:
			c.copies.keep(key, &copyOf{content: o.content, status: o.status, at: begun, life: ttl + c.limits.MaxCopyAge})
		case o.fault == nil || !standsIn(o.fault.Kind):
			// What is forbidden or gone now must not come back as an old copy.
			c.copies.entries.Invalidate(key)
		}
		return o
	})
	if err != nil {
		o = outcome{source: failed, fault: fault.From(err)}
	}
	if o.fault != nil && ok && standsIn(o.fault.Kind) && c.now().Sub(kept.at) < kept.life {
		o.source, o.status, o.content, o.asOf = stale, kept.status, kept.content, kept.at
	}
	return o
}

// ask gets the plugin's answer. The fragment's time is for all of it: an answer that comes in drops ends with it.
func (c *Composer) ask(ctx context.Context, call *call, x wire.Exchange) (o outcome) {
	timeout := call.fragment.Timeout
	if timeout <= 0 {
		timeout = c.limits.FragmentTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer func() {
		if reason := recover(); reason != nil {
			o = outcome{source: failed, fault: fault.Wrap(fault.Internal, fmt.Errorf("panic: %v\n%s", reason, debug.Stack()), "")}
		}
	}()
	a := answer.New(c.limits.MaxFragmentBytes)
	defer a.Release()
	x.Timeout = timeout
	err := call.target.Backend.Forward(a, call.request.WithContext(ctx), x)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fault.Wrap(fault.Timeout, err, "")
	}
	return c.judge(a, err, call)
}

// standsIn says whether something else may be shown in place of a fragment that failed in this way: the user has a right
// to it and it is there, only it does not come.
func standsIn(kind fault.Kind) bool {
	switch kind {
	case fault.Unavailable, fault.Timeout, fault.Upstream, fault.Internal, fault.Exhausted:
		return true
	default:
		return false
	}
}
