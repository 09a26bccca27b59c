package page

import (
	"net/http"

	"corbel.example/host/internal/answer"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// View is a page of the host's own. It is not cleaned as plugins' fragments are: it is made of elements alone, which escape.
type View struct {
	// Title names the document.
	Title string
	// Status is the answer's, 0 for 200.
	Status int
	// Body brings the page's h1.
	Body ui.Component
}

// maxView is the largest view.
const maxView = 2 << 20

// ServeView answers with a view in the shell.
func (c *Composer) ServeView(w http.ResponseWriter, r *http.Request, v View, x wire.Exchange) error {
	content, err := render(r, v.Body)
	if err != nil {
		return err
	}
	page := web.Page{Title: v.Title, HideHeading: true, Places: []web.Place{{Slot: "main"}}}
	return c.serveBlocks(w, r, v.Status, page, x, web.Block{Markup: content})
}

// ServeViewPart answers with a part of a view alone, to take the place of that part on a page.
func (c *Composer) ServeViewPart(w http.ResponseWriter, r *http.Request, part ui.Component) error {
	content, err := render(r, part)
	if err != nil {
		return err
	}
	out := newStream(w, r)
	defer out.release()
	if err := web.WriteBlockContent(r.Context(), out, web.Block{Markup: content}); err != nil {
		return fault.Wrap(fault.Internal, err, "").WithOp("render a part of a view")
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = htmlType, privatePage
	return out.finish()
}

// render renders a component as it would stand in a fragment.
func render(r *http.Request, c ui.Component) (web.Markup, error) {
	a := answer.New(maxView)
	defer a.Release()
	if err := ui.Write(a, r, c); err != nil {
		return "", fault.Wrap(fault.Internal, err, "").WithOp("render a view")
	}
	if err := a.TooBig(); err != nil {
		return "", fault.Wrap(fault.Internal, err, "").WithOp("render a view")
	}
	return web.Markup(a.Body()), nil
}

// serveBlocks answers with a page whose blocks are there.
func (c *Composer) serveBlocks(w http.ResponseWriter, r *http.Request, status int, page web.Page, x wire.Exchange, blocks ...web.Block) error {
	out := newStream(w, r)
	defer out.release()
	if status != 0 {
		out.status = status
	}
	if err := web.WritePage(r.Context(), out, c.shellFor(r, x.Identity.User), page, blocks...); err != nil {
		if r.Context().Err() != nil {
			return r.Context().Err()
		}
		return fault.Wrap(fault.Internal, err, "").WithOp("render the page " + page.Title)
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = htmlType, privatePage
	return out.finish()
}
