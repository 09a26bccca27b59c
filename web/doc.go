// Package web is the shell that users see around the plugins' fragments: the document, top bar, navigation, layouts, error
// page, styles and assets. It renders what it is given and knows neither plugins nor requests.
package web

//go:generate go tool templ generate
