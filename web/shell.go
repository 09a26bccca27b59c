package web

import (
	"context"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ContentSecurityPolicy is the policy under which every page of the shell works: no inline script or style, nothing
// from elsewhere.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

// Shell is what surrounds every page.
type Shell struct {
	// AppName is the application's name in the top bar and in the document's title.
	AppName string
	// User is the signed-in user; the zero User shows no user menu.
	User User
	// SignOutHref is where the user menu's "Sign out" leads; "" leaves it out.
	SignOutHref string
	// Nav is the navigation, in order. Groups without items are not shown.
	Nav []NavGroup
}

// User is the signed-in user as the shell shows them.
type User struct {
	Name  string
	Email string
}

// NavGroup is a titled part of the navigation. A group with an empty title stands without one.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is a link of the navigation.
type NavItem struct {
	Title string
	Href  string
	// Current marks the page that is open, or the one above it.
	Current bool
	// Note says why the page may not answer: "restarting", "unavailable". "" when all is well.
	Note string
}

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
	return Document(shell, page.Title, pageBody(page)).Render(ctx, w) //nolint:contextcheck // Render hands the context to all parts.
}

// WriteError writes the document of an error page.
func WriteError(ctx context.Context, w io.Writer, shell Shell, page ErrorPage) error {
	return Document(shell, page.Title, errorBody(page)).Render(ctx, w) //nolint:contextcheck // Render hands the context to all parts.
}

// initials are the first letters of the user's first and last word, for the avatar.
func (u User) initials() string {
	name, _, _ := strings.Cut(u.label(), "@")
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	text := string(unicode.ToUpper(first))
	if len(words) > 1 {
		last, _ := utf8.DecodeRuneInString(words[len(words)-1])
		text += string(unicode.ToUpper(last))
	}
	return text
}

// label is the user's name or, without one, e-mail address.
func (u User) label() string {
	if u.Name != "" {
		return u.Name
	}
	return u.Email
}

func (u User) isZero() bool { return u == User{} }

func documentTitle(title, appName string) string {
	switch {
	case title == "" || title == appName:
		return appName
	case appName == "":
		return title
	default:
		return title + " - " + appName
	}
}
