package page

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// plan is a page to compose.
type plan struct {
	page web.Page
	// fragments stand in the page's places, in the same order.
	fragments []mount.Fragment
	// decides says that primary and required fragments decide what becomes of the page. On a page of the host none does.
	decides bool
}

// ServePage answers with the page that target is. r's path values are those of the page's path.
func (c *Composer) ServePage(w http.ResponseWriter, r *http.Request, target mount.Target, x wire.Exchange) error {
	used(w, r, x)
	p := plan{page: web.Page{Title: target.Page.Title, Layout: target.Page.Layout}, decides: true}
	for _, slot := range target.Page.Slots {
		fragment, ok := c.table.Fragment(target.Plugin, slot.Fragment)
		if !ok {
			// The plugin was replaced between the two looks into the table.
			return fault.New(fault.Unavailable, "").WithOrigin(target.Plugin)
		}
		p.add(slot.Name, fragment)
	}
	return c.compose(w, r, &p, x)
}

// ServeHome answers with the home page: the fragments that offer themselves for it.
func (c *Composer) ServeHome(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	p := plan{page: web.Page{Title: "Home", Layout: "grid"}}
	above := ui.Stack{}
	if c.notice != nil {
		above = append(above, c.notice(r.Context()))
	}
	above = append(above, c.welcome(r))
	if slices.ContainsFunc(above, func(part ui.Component) bool { return part != nil }) {
		content, err := render(r, above)
		if err != nil {
			return err
		}
		p.page.Notice = content
	}
	for _, fragment := range c.table.Fragments(HomeSlot) {
		fragment.Primary, fragment.Required = false, false
		p.add("main", fragment)
	}
	if len(p.fragments) == 0 {
		p.page.Layout = web.DefaultLayout
		p.page.Empty = &web.Empty{Title: textEmptyHome, Message: textEmptyHomeWhy}
	}
	return c.compose(w, r, &p, x)
}

func (p *plan) add(slot string, fragment mount.Fragment) {
	p.fragments = append(p.fragments, fragment)
	p.page.Places = append(p.page.Places, web.Place{Slot: slot, Lines: fragment.Lines})
}

// compose fetches the page's fragments, all at once, and writes the page: what is there after a moment at once, the rest as
// it comes. A primary fragment is waited for, since its status is the page's.
func (c *Composer) compose(w http.ResponseWriter, r *http.Request, p *plan, x wire.Exchange) error {
	calls, err := c.prepareAll(r, p.fragments, x)
	if err != nil {
		return err
	}
	f := c.start(r.Context(), calls, x)
	defer f.stop()
	arrived, err := f.gather(r.Context(), c.limits.Grace)
	if err != nil {
		return err
	}
	verdict, err := p.judge(arrived)
	if err != nil {
		return err
	}
	if verdict.location != "" {
		w.Header().Set("Location", verdict.location)
		w.WriteHeader(verdict.status)
		return nil
	}
	if verdict.heading != "" {
		p.page.Title, p.page.HideHeading = verdict.heading, true
	}
	out := c.newWriting(w, r, p, x)
	defer out.release()
	if err := out.open(r.Context(), verdict.status, arrived, f.left == 0); err != nil {
		return err
	}
	for f.left > 0 && !out.headOnly() {
		more := f.next()
		if r.Context().Err() != nil {
			return nil // the client has left, with a page that is whole as far as it goes
		}
		if err := out.add(r.Context(), more, f.left == 0); err != nil {
			return err
		}
	}
	return nil
}

// prepareAll prepares the calls of all fragments. It fails when the caller has to sign in first.
func (c *Composer) prepareAll(r *http.Request, fragments []mount.Fragment, x wire.Exchange) ([]call, error) {
	calls := make([]call, len(fragments))
	anyone := len(fragments) > 0
	for i, fragment := range fragments {
		calls[i] = c.prepare(r, fragment, i)
		anyone = anyone && calls[i].target.Route.Auth == plugin.Anyone
	}
	if x.Identity.User.IsZero() && !anyone {
		return nil, fault.New(fault.Unauthenticated, "")
	}
	return calls, nil
}

// fetches are a page's fragments on their way.
type fetches struct {
	calls   []call
	results chan outcome
	left    int // how many have not been received
	cancel  context.CancelFunc
	workers sync.WaitGroup
}

// start fetches the calls, all at once as far as the limit goes, the primary one first. They end with stop, or when the
// page's time is up.
func (c *Composer) start(ctx context.Context, calls []call, x wire.Exchange) *fetches {
	ctx, cancel := context.WithTimeout(ctx, c.limits.PageTimeout)
	f := &fetches{calls: calls, results: make(chan outcome, len(calls)), left: len(calls), cancel: cancel}
	order := make([]*call, 0, len(calls))
	for i := range calls {
		if order = append(order, &calls[i]); calls[i].fragment.Primary {
			order[0], order[i] = order[i], order[0]
		}
	}
	var next atomic.Int32
	for range min(len(calls), c.limits.MaxAtOnce) {
		f.workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(order); i = int(next.Add(1)) - 1 {
				f.results <- c.fetch(ctx, order[i], x)
			}
		})
	}
	return f
}

// stop ends what is still on its way, and waits for its end.
func (f *fetches) stop() {
	f.cancel()
	f.workers.Wait()
}

// gather returns what has come when everything has, or when the primary fragment has and the grace is over.
func (f *fetches) gather(ctx context.Context, grace time.Duration) ([]outcome, error) {
	arrived := make([]outcome, 0, f.left)
	primary := 0
	for i := range f.calls {
		if f.calls[i].fragment.Primary {
			primary++
		}
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	for over := false; f.left > 0 && (primary > 0 || !over); {
		select {
		case o := <-f.results:
			f.left--
			arrived = append(arrived, o)
			if !o.call.fragment.Primary {
				continue
			}
			if primary--; o.location != "" || o.fault != nil && !o.shown() {
				return arrived, ctx.Err() // nobody will see the others
			}
		case <-timer.C:
			over = true
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return f.drain(arrived), ctx.Err()
}

// next waits for the next outcome, and returns it with those that came at the same time.
func (f *fetches) next() []outcome {
	first := <-f.results
	f.left--
	return f.drain([]outcome{first})
}

// drain adds what has come.
func (f *fetches) drain(more []outcome) []outcome {
	for f.left > 0 {
		select {
		case o := <-f.results:
			f.left--
			more = append(more, o)
		default:
			return more
		}
	}
	return more
}

// verdict is what becomes of a page.
type verdict struct {
	status   int
	location string // of a redirect
	heading  string // the page's own, "" for its title
}

// judge decides what becomes of the page: the primary fragment's status, redirect and heading are its own, and without a
// required one there is no page. A required fragment that comes later, or does not, changes nothing any more.
func (p *plan) judge(arrived []outcome) (verdict, error) {
	v := verdict{status: http.StatusOK}
	if !p.decides {
		return v, nil
	}
	for i := range arrived {
		o := &arrived[i]
		switch {
		case !o.call.fragment.Primary:
		case o.fault != nil && !o.shown():
			return v, o.fault
		case o.location != "":
			return verdict{status: o.status, location: o.location}, nil
		case o.source == fallback:
			v.status = o.fault.Kind.Status()
		default:
			v.status, v.heading = o.status, o.content.Heading
		}
	}
	for i := range arrived {
		if o := &arrived[i]; o.call.fragment.Required && o.fault != nil && !o.shown() {
			return v, o.fault
		}
	}
	return v, nil
}
