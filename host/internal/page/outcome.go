package page

import (
	"net/http"
	"net/url"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// source is where what is shown of a fragment comes from.
type source string

const (
	fresh    source = "fresh"    // the plugin's answer
	cache    source = "cache"    // a copy that is young enough
	stale    source = "stale"    // an old copy, because there was no answer
	fallback source = "fallback" // the manifest's, because there was no answer
	failed   source = "failed"   // nothing: a banner
)

// outcome is what became of a fragment: content, a redirect, or a fault. With a fault there may be content to show in its
// place.
type outcome struct {
	call     *call
	source   source
	status   int
	content  *markup.Fragment
	location string
	fault    *fault.Error
	asOf     time.Time // of an old copy
	duration time.Duration
}

// shown says whether there is something to show beside a banner.
func (o *outcome) shown() bool { return o.content != nil }

// block is what stands in the fragment's place on the page of r.
func (c *Composer) block(o *outcome, r *http.Request, x wire.Exchange) web.Block {
	if o.source == fresh || o.source == cache {
		return web.Block{Markup: web.Markup(o.content.HTML)}
	}
	b := web.Block{Src: fragmentHref(o.call.fragment, r), RetryHref: pageHref(r.URL)}
	if o.shown() {
		b.Markup, b.AsOf = web.Markup(o.content.HTML), o.asOf
		return b
	}
	failure := c.failureOf(o.fault, x.RequestID, x.Identity.User)
	failure.Title = o.call.fragment.Plugin + ": " + failure.Title
	b.Failure = &failure
	return b
}

// fragmentHref is where the fragment alone can be had as it is on the page of r.
func fragmentHref(f mount.Fragment, r *http.Request) string {
	query := r.URL.RawQuery
	if wildcards := f.Wildcards(); len(wildcards) > 0 {
		values := r.URL.Query()
		for _, name := range wildcards {
			if v := valueOf(r, name); v != "" {
				values.Set(name, v)
			}
		}
		query = values.Encode()
	}
	return (&url.URL{Path: web.FragmentPath + f.Plugin + "/" + f.ID, RawQuery: query}).RequestURI()
}

// pageHref is the address of the page itself, for a retry: path and query.
func pageHref(u *url.URL) string {
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).RequestURI()
}
