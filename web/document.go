package web

import (
	"context"
	"io"
	"strconv"
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
	// Theme is "light" or "dark"; anything else follows the user's system.
	Theme string
	// Location is the path and query of the page that is open: where the theme switch leads back to.
	Location string
	// Assets are the plugins' stylesheets and modules that the page needs, beside the shell's own.
	Assets []Asset
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

// Asset is a stylesheet or a module of a page.
type Asset struct {
	// Href is its path.
	Href string
	// Integrity is its digest as browsers check it: "sha384-" and base64. "" checks nothing.
	Integrity string
	// Type is TypeStylesheet or TypeModule.
	Type string
}

// ThemePath is where the theme switch posts to: "theme", one of light, dark and system, and "back", the page to lead back to.
const ThemePath = "/_theme"

// ThemeCookie is the cookie that keeps the choice.
const ThemeCookie = "corbel_theme"

// SystemTheme is the theme that follows the system's.
const SystemTheme = "system"

// Themes returns the choices, in the order of the switch.
func Themes() []string {
	names := make([]string, len(themes))
	for i, theme := range themes {
		names[i] = theme.value
	}
	return names
}

// themes are the choices of the theme switch.
var themes = []struct{ value, title string }{{"light", "Light"}, {"dark", "Dark"}, {SystemTheme, "System"}}

// The types of assets.
const (
	TypeStylesheet = "text/css"
	TypeModule     = "text/javascript"
)

// OpenDocument writes a document up to and including the opening tag of its main element. What follows is the page, and
// then CloseDocument; the writer may flush in between as often as it likes.
func OpenDocument(ctx context.Context, w io.Writer, shell Shell, title string) error {
	return documentStart(shell, title).Render(ctx, w)
}

// CloseDocument writes the rest of a document.
func CloseDocument(ctx context.Context, w io.Writer) error {
	return documentEnd().Render(ctx, w)
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

// htmlTag opens the document in the user's theme, so that its first paint is right.
func (s Shell) htmlTag() string {
	if s.theme() == "system" {
		return `<html lang="en">`
	}
	return `<html lang="en" data-theme="` + s.theme() + `">`
}

// theme is one of themes.
func (s Shell) theme() string {
	if s.Theme == "light" || s.Theme == "dark" {
		return s.Theme
	}
	return "system"
}

func (s Shell) hasTheme(theme string) string { return strconv.FormatBool(s.theme() == theme) }

// colorScheme is what the browser paints before it has the stylesheet.
func (s Shell) colorScheme() string {
	if s.theme() == "system" {
		return "light dark"
	}
	return s.theme()
}

// back is where the theme switch leads back to.
func (s Shell) back() string {
	if s.Location == "" {
		return "/"
	}
	return s.Location
}
