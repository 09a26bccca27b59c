// Package command runs the commands that plugins offer in their manifests: their names, their flags, who calls, and what
// comes back. The plugin answers a request like any other; it never learns that there is no browser.
package command
