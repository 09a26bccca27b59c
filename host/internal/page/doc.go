// Package page composes pages: the layout that a manifest names, with its slots filled by fragments that plugins answer
// with, in the shell of package web. It is not the way of API requests, and it does not write errors except as pages.
package page
