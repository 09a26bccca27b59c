package web

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// Markup is HTML that is trusted: whoever makes one has checked or escaped it.
type Markup string

// FragmentPath is what the addresses of single fragments begin with: /_fragment/<plugin>/<id>.
const FragmentPath = "/_fragment/"

// Page is a page as it is before its blocks come.
type Page struct {
	// Title names the page in the document's title and, unless HideHeading, as its heading.
	Title string
	// HideHeading says that a block brings the page's own h1.
	HideHeading bool
	// Notice, if any, stands between the heading and the layout.
	Notice Markup
	// Layout is one of Layouts; "" is the default.
	Layout string
	// Places are where blocks will stand, in order within each slot of the layout.
	Places []Place
	// Empty, if any, is shown when there are no places.
	Empty *Empty
}

// Place is where a block of a page will stand.
type Place struct {
	// Slot is one of the layout's.
	Slot string
	// Lines of text is the room that is kept while the block is on its way. 0 for DefaultLines.
	Lines int
}

// Block is a piece of a page: markup, or what stands in its place.
type Block struct {
	Markup Markup
	// Src is where the block alone can be fetched again. A block with one can be reloaded in place.
	Src string
	// AsOf, if any, says that Markup is an old copy, of that time.
	AsOf time.Time
	// Failure, if any, is shown instead of Markup.
	Failure *Failure
	// RetryHref is where to try again without scripting, for old copies and failures; "" offers no retry.
	RetryHref string
}

// Failure is an error as a user sees it.
type Failure struct {
	// Title is one short line.
	Title string
	// Message says what is wrong and what to do.
	Message string
	// Code is the error's stable name.
	Code string
	// RequestID is what the user quotes to an operator.
	RequestID string
	// RequestHref is where the request's way can be seen; "" leaves the link out.
	RequestHref string
}

// Empty says that there is nothing to show, and why.
type Empty struct {
	Title   string
	Message string
}

// ErrorPage is a page that shows nothing but an error.
type ErrorPage struct {
	// Status is the HTTP status.
	Status int
	Failure
	// RetryHref is where to try again; "" offers no retry.
	RetryHref string
}

// OpenPage writes a page, in an open document, as far as it stands without its blocks: heading, layout, and a skeleton in
// each place. Blocks follow in any order, then ClosePage. It needs no scripting: the layout is a declarative shadow root,
// into which the browser puts each block as it comes.
func OpenPage(ctx context.Context, w io.Writer, page Page) error {
	return pageStart(page).Render(ctx, w)
}

// WriteBlock writes the block of the page's place with that index.
func WriteBlock(ctx context.Context, w io.Writer, place int, b Block) error {
	opening := `<div slot="` + slotName(place) + `" class="corbel-fragment">`
	if _, err := io.WriteString(w, opening); err != nil {
		return err
	}
	body := blockContent(b)
	if b.Src != "" {
		body = reloadable(b)
	}
	if err := body.Render(ctx, w); err != nil {
		return err
	}
	_, err := io.WriteString(w, `</div>`)
	return err
}

// WriteBlockContent writes a block alone, for a page that has its place already.
func WriteBlockContent(ctx context.Context, w io.Writer, b Block) error {
	return blockContent(b).Render(ctx, w)
}

// ClosePage writes the rest of a page. CloseDocument follows.
func ClosePage(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, pageEnd)
	return err
}

// WritePage writes the document of a page whose blocks are there, one for each place.
func WritePage(ctx context.Context, w io.Writer, shell Shell, page Page, blocks ...Block) error {
	if err := OpenDocument(ctx, w, shell, page.Title); err != nil {
		return err
	}
	if err := OpenPage(ctx, w, page); err != nil {
		return err
	}
	for i, b := range blocks {
		if err := WriteBlock(ctx, w, i, b); err != nil {
			return err
		}
	}
	if err := ClosePage(ctx, w); err != nil {
		return err
	}
	return CloseDocument(ctx, w)
}

// WriteError writes the document of an error page.
func WriteError(ctx context.Context, w io.Writer, shell Shell, page ErrorPage) error {
	if err := OpenDocument(ctx, w, shell, page.Title); err != nil {
		return err
	}
	if err := errorBody(page).Render(ctx, w); err != nil {
		return err
	}
	return CloseDocument(ctx, w)
}

// slotName is the name of the shadow root's slot for a place.
func slotName(place int) string { return "f" + strconv.Itoa(place+1) }

// blockContent is the block's markup, with what has to be said of it.
func blockContent(b Block) templ.Component {
	switch {
	case b.Failure != nil:
		return failureBanner(*b.Failure, b.RetryHref)
	case !b.AsOf.IsZero():
		return templ.Join(staleBanner(b.AsOf, b.RetryHref), templ.Raw(string(b.Markup)))
	default:
		return templ.Raw(string(b.Markup))
	}
}

// clock writes a time for people who may be anywhere.
func clock(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
