package page

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// serverTiming is the header, and the trailer, that tells browsers how long each fragment took.
const serverTiming = "Server-Timing"

// writing is a page on its way to the client.
type writing struct {
	*stream
	c    *Composer
	r    *http.Request
	plan *plan
	x    wire.Exchange
	ids  map[string]bool // of the fragments that have been written
}

func (c *Composer) newWriting(w http.ResponseWriter, r *http.Request, p *plan, x wire.Exchange) *writing {
	return &writing{stream: newStream(w, r), c: c, r: r, plan: p, x: x}
}

// open writes the page with what has arrived. A page that is complete goes out in one piece.
func (w *writing) open(ctx context.Context, status int, arrived []outcome, complete bool) error {
	shell := w.c.shellFor(w.r, w.x.Identity.User)
	shell.Assets = w.c.assetsOf(w.plan.fragments)
	err := web.OpenDocument(ctx, w, shell, w.plan.page.Title)
	if err == nil {
		err = web.OpenPage(ctx, w, w.plan.page)
	}
	if err != nil {
		return w.renderError(ctx, err)
	}
	h := w.Header()
	h["Content-Type"] = htmlType
	h["Cache-Control"] = privatePage
	inOrder(arrived)
	if len(arrived) > 0 {
		h[serverTiming] = []string{timing(arrived)}
	}
	if !complete {
		h["Trailer"] = timingTrailer
	}
	w.status = status
	return w.add(ctx, arrived, complete)
}

// add writes fragments, those that have come together in the page's order, and sends what is written.
func (w *writing) add(ctx context.Context, more []outcome, complete bool) error {
	inOrder(more)
	for i := range more {
		if err := web.WriteBlock(ctx, w, more[i].call.place, w.block(&more[i])); err != nil {
			return w.renderError(ctx, err)
		}
	}
	if !complete {
		return w.flush()
	}
	err := web.ClosePage(ctx, w)
	if err == nil {
		err = web.CloseDocument(ctx, w)
	}
	if err != nil {
		return w.renderError(ctx, err)
	}
	if w.began {
		w.Header()[serverTiming] = []string{timing(more)} // the trailer
	}
	return w.finish()
}

// inOrder sorts outcomes that have come together as they stand on the page.
func inOrder(outcomes []outcome) {
	slices.SortFunc(outcomes, func(a, b outcome) int { return a.call.place - b.call.place })
}

// block is the outcome's block, with ids that nothing on the page has already.
func (w *writing) block(o *outcome) web.Block {
	b := w.c.block(o, w.r, w.x)
	if !o.shown() {
		return b
	}
	ids := o.content.IDs
	for _, id := range ids {
		if !w.ids[id] {
			continue
		}
		prefix := "corbel-f" + strconv.Itoa(o.call.place+1) + "-"
		again, err := w.c.clean(o.call.fragment.Plugin, []byte(o.content.HTML), o.call.fragment.Primary, prefix)
		if err != nil {
			// It has been cleaned before: the parser takes it.
			return b
		}
		b.Markup, ids = web.Markup(again.HTML), again.IDs
		break
	}
	if w.ids == nil && len(ids) > 0 {
		w.ids = make(map[string]bool, len(ids))
	}
	for _, id := range ids {
		w.ids[id] = true
	}
	return b
}

// renderError is what to return when a component fails: it does when the client has left.
func (w *writing) renderError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil && w.began:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return fault.Wrap(fault.Internal, fmt.Errorf("render the page: %w", err), "")
	}
}

var (
	htmlType      = []string{"text/html; charset=utf-8"}
	privatePage   = []string{"private, no-cache"}
	timingTrailer = []string{serverTiming}
)

// timing is the value of Server-Timing for the outcomes: milliseconds, and where each comes from unless it is fresh.
func timing(outcomes []outcome) string {
	var b strings.Builder
	for i := range outcomes {
		o := &outcomes[i]
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(o.call.fragment.Plugin + "." + o.call.fragment.ID + ";dur=")
		b.WriteString(strconv.FormatFloat(float64(o.duration.Microseconds())/1e3, 'f', -1, 64))
		if o.source != fresh {
			b.WriteString(`;desc="` + string(o.source) + `"`)
		}
	}
	return b.String()
}
