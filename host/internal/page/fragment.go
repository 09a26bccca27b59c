package page

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// ServeFragment answers with one fragment alone, as it stands on a page: cleaned HTML without the shell. Wildcards of its
// path take their values from the query. A failure is a banner with the failure's status, to stand in the fragment's place;
// who asks for JSON gets the error instead.
func (c *Composer) ServeFragment(w http.ResponseWriter, r *http.Request, plugin, id string, x wire.Exchange) error {
	o, err := c.fragmentAlone(r, plugin, id, x)
	if r.Context().Err() != nil {
		return r.Context().Err()
	}
	f := fault.From(err)
	if err == nil && o.fault != nil && !o.shown() {
		f = o.fault
	}
	if f != nil && strings.HasPrefix(r.Header.Get("Accept"), "application/") {
		return f
	}
	out := newStream(w, r)
	defer out.release()
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = htmlType, privatePage
	var b web.Block
	if f != nil {
		failure := c.failureOf(f, x.RequestID, x.Identity.User)
		failure.Title = plugin + ": " + failure.Title
		b = web.Block{Failure: &failure, RetryHref: pageHref(r.URL)}
		out.status = f.Kind.Status()
		setRetryAfter(h, f)
	} else {
		b = c.block(&o, r, x)
		out.status = o.status
		h[serverTiming] = []string{timing([]outcome{o})}
	}
	if err := web.WriteBlockContent(r.Context(), out, b); err != nil {
		return fault.Wrap(fault.Internal, err, "").WithOp("render the fragment")
	}
	return out.finish()
}

// fragmentAlone fetches one fragment.
func (c *Composer) fragmentAlone(r *http.Request, plugin, id string, x wire.Exchange) (outcome, error) {
	fragment, ok := c.table.Fragment(plugin, id)
	if !ok {
		return outcome{}, fault.New(fault.NotFound, textNoFragment)
	}
	calls, err := c.prepareAll(r, []mount.Fragment{fragment}, x)
	if err != nil {
		return outcome{}, err
	}
	o := c.fetch(r.Context(), &calls[0], x)
	switch {
	case o.location != "":
		return o, fault.Newf(fault.Upstream, "").WithOp("fragment that redirects").WithOrigin(plugin)
	case o.source == fallback:
		o.status = o.fault.Kind.Status()
	}
	return o, nil
}

// setRetryAfter says when to try again.
func setRetryAfter(h http.Header, f *fault.Error) {
	if f.RetryAfter > 0 {
		h["Retry-After"] = []string{strconv.FormatInt(int64((f.RetryAfter+time.Second-1)/time.Second), 10)}
	}
}
