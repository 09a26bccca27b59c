package page

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// HomeSlot is the slot of fragments that offer themselves for the home page.
const HomeSlot = "home"

// Table is what the composer needs of mount.Table.
type Table interface {
	Lookup(r *http.Request) (mount.Target, error)
	Nav() []mount.NavGroup
	Fragments(slot string) []mount.Fragment
	Fragment(plugin, id string) (mount.Fragment, bool)
}

// Params are what New needs.
type Params struct {
	Table  Table
	Logger *slog.Logger
	// AppName is the application's name in the shell.
	AppName string
	// SignOutHref is where "Sign out" leads; "" leaves it out.
	SignOutHref string
	// Limits, with zero values replaced by defaults.
	Limits Limits
}

// Limits bound a page.
type Limits struct {
	// FragmentTimeout is for fragments whose manifest gives none. Default 1 s.
	FragmentTimeout time.Duration
	// PageTimeout is for all of a page's fragments together, whatever their own. Default 5 s.
	PageTimeout time.Duration
	// MaxFragmentBytes is the largest fragment. Default 2 MiB.
	MaxFragmentBytes int
	// MaxAtOnce is how many fragments of one page are fetched at the same time. Default 16.
	MaxAtOnce int
}

func (l Limits) orDefault() Limits {
	if l.FragmentTimeout <= 0 {
		l.FragmentTimeout = time.Second
	}
	if l.PageTimeout <= 0 {
		l.PageTimeout = 5 * time.Second
	}
	if l.MaxFragmentBytes <= 0 {
		l.MaxFragmentBytes = 2 << 20
	}
	if l.MaxAtOnce <= 0 {
		l.MaxAtOnce = 16
	}
	return l
}

// Composer composes pages. Its methods may be called concurrently.
//
// The exchange that they take carries the caller's whole identity; a plugin gets the access token only if its manifest asks
// for it. Errors are *fault.Error, or the request context's error; with an error nothing has been written.
type Composer struct {
	table  Table
	logger *slog.Logger
	shell  web.Shell
	limits Limits
}

// New returns a composer.
func New(p Params) *Composer {
	return &Composer{
		table: p.Table, logger: p.Logger, limits: p.Limits.orDefault(),
		shell: web.Shell{AppName: p.AppName, SignOutHref: p.SignOutHref},
	}
}

// ServePage answers with the page that target is. r's path values are those of the page's path.
func (c *Composer) ServePage(w http.ResponseWriter, r *http.Request, target mount.Target, x wire.Exchange) error {
	page := target.Page
	fragments := make([]mount.Fragment, len(page.Slots))
	for i, slot := range page.Slots {
		fragment, ok := c.table.Fragment(target.Plugin, slot.Fragment)
		if !ok {
			// The plugin was replaced between the two looks into the table.
			return fault.New(fault.Unavailable, "").WithOrigin(target.Plugin)
		}
		fragments[i] = fragment
	}
	outcomes, err := c.fetchAll(r, fragments, x)
	if err != nil {
		return err
	}
	verdict, err := c.judge(r.Context(), outcomes)
	if err != nil {
		return err
	}
	if verdict.location != "" {
		w.Header().Set("Location", verdict.location)
		w.WriteHeader(verdict.status)
		return nil
	}
	content := web.Page{Title: page.Title, Layout: page.Layout, Slots: make([]web.Slot, len(outcomes))}
	for i, o := range outcomes {
		content.Slots[i] = web.Slot{Name: page.Slots[i].Name, Blocks: []web.Block{o.block(r, x.RequestID)}}
		if o.heading != "" && !content.HideHeading {
			content.Title, content.HideHeading = o.heading, true
		}
	}
	return c.write(w, r, verdict.status, content, x)
}

// ServeHome answers with the home page: the fragments that offer themselves for it.
func (c *Composer) ServeHome(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	outcomes, err := c.fetchAll(r, c.table.Fragments(HomeSlot), x)
	if err != nil {
		return err
	}
	slot := web.Slot{Name: "main"}
	for _, o := range outcomes {
		// On a page of the host no plugin's fragment is primary or required.
		c.logFailure(r.Context(), o)
		slot.Blocks = append(slot.Blocks, o.block(r, x.RequestID))
	}
	content := web.Page{Title: "Home", Layout: "grid", Slots: []web.Slot{slot}}
	if len(slot.Blocks) == 0 {
		content.Layout = web.DefaultLayout
		content.Slots = []web.Slot{{Name: "main", Blocks: []web.Block{{Empty: &web.Empty{
			Title: "Nothing here yet",
			Message: "No plugin that is running offers anything for the home page. " +
				"Plugins are enabled in the application's configuration; those that are have their pages in the navigation.",
		}}}}}
	}
	return c.write(w, r, http.StatusOK, content, x)
}

// ServeFragment answers with one fragment alone: cleaned HTML without the shell. Wildcards of its path take their values
// from the query.
func (c *Composer) ServeFragment(w http.ResponseWriter, r *http.Request, pluginName, id string, x wire.Exchange) error {
	fragment, ok := c.table.Fragment(pluginName, id)
	if !ok {
		return fault.New(fault.NotFound, "There is no such fragment.")
	}
	outcomes, err := c.fetchAll(r, []mount.Fragment{fragment}, x)
	if err != nil {
		return err
	}
	o := outcomes[0]
	if o.fault == nil && o.location != "" {
		o.fault = fault.Wrap(fault.Upstream, fmt.Errorf("fragment %s/%s redirects", pluginName, id), "").WithOrigin(pluginName)
	}
	if o.fault != nil {
		return o.fault
	}
	return writeHTML(w, o.status, []byte(o.markup))
}

// judge decides what becomes of the page: the primary fragment's status and redirect are its own, and without a required
// one there is no page. Other failures are logged here: they end as banners.
func (c *Composer) judge(ctx context.Context, outcomes []outcome) (outcome, error) {
	verdict := outcome{status: http.StatusOK}
	for _, o := range outcomes {
		if o.fragment.Primary {
			verdict = o
		}
	}
	if verdict.fault != nil {
		return outcome{}, verdict.fault
	}
	if verdict.location != "" {
		return verdict, nil
	}
	for _, o := range outcomes {
		if o.fault != nil && o.fragment.Required {
			return outcome{}, o.fault
		}
	}
	for _, o := range outcomes {
		c.logFailure(ctx, o)
	}
	return verdict, nil
}

func (c *Composer) logFailure(ctx context.Context, o outcome) {
	if o.fault == nil {
		return
	}
	c.logger.LogAttrs(ctx, slog.LevelWarn, "fragment failed",
		slog.String("plugin", o.fragment.Plugin), slog.String("fragment", o.fragment.ID), slog.String("code", o.fault.ErrorCode()),
		slog.Float64("duration_ms", float64(o.duration)/float64(time.Millisecond)), slog.Any("error", o.fault))
}

func (c *Composer) write(w http.ResponseWriter, r *http.Request, status int, content web.Page, x wire.Exchange) error {
	var b bytes.Buffer
	if err := web.WritePage(r.Context(), &b, c.shellFor(r, x.Identity.User), content); err != nil {
		if ctxErr := r.Context().Err(); ctxErr != nil {
			return ctxErr
		}
		return fault.Wrap(fault.Internal, err, "").WithOp("page.write")
	}
	return writeHTML(w, status, b.Bytes())
}

// writeHTML writes a whole HTML response, which is for this user only.
func writeHTML(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// The client may be gone: there is nobody left to tell.
	_, _ = w.Write(body)
	return nil
}

// pageHref is the address of the page itself, for a retry: path and query.
func pageHref(u *url.URL) string {
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).RequestURI()
}
