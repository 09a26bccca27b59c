// Package pages is the plugin's part of the web app: its pages, and the fragments of HTML that fill them. They work without
// script; the elements are described in docs/elements.md.
package pages
