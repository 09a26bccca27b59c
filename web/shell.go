package web

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Markup is HTML that is trusted: whoever makes one has checked or escaped it.
type Markup string

// Page is a page's content in the shell.
type Page struct {
	// Title names the page in the document's title and, unless HideHeading, as its heading.
	Title string
	// HideHeading says that a fragment brings the page's own h1.
	HideHeading bool
	// Layout is one of Layouts; "" is the default.
	Layout string
	// Slots are the layout's slots. A slot of the layout that is not among them stays empty.
	Slots []Slot
}

// Slot is a place of a layout with its blocks, one below the other.
type Slot struct {
	Name   string
	Blocks []Block
}

// Block is a piece of a page: markup, or what stands in its place.
type Block struct {
	Markup Markup
	// Failure, if any, is shown instead of Markup.
	Failure *Failure
	// Empty, if any, is shown instead of Markup.
	Empty *Empty
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
	// RetryHref is where to try again; "" offers no retry.
	RetryHref string
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
}

// WritePage writes the document of a page.
func WritePage(ctx context.Context, w io.Writer, shell Shell, page Page) error {
	return writeDocument(ctx, w, shell, page.Title, pageBody(page))
}

// WriteError writes the document of an error page.
func WriteError(ctx context.Context, w io.Writer, shell Shell, page ErrorPage) error {
	return writeDocument(ctx, w, shell, page.Title, errorBody(page))
}

func writeDocument(ctx context.Context, w io.Writer, shell Shell, title string, body templ.Component) error {
	if err := OpenDocument(ctx, w, shell, title); err != nil {
		return err
	}
	if err := body.Render(ctx, w); err != nil {
		return err
	}
	return CloseDocument(ctx, w)
}
