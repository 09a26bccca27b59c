// Package sqlpage is the page /sql: an editor with its parameters, the result of what was run as a table, chart and download, and what
// was run and saved before. Every step of it is a form or a link; a script saves the reloads.
package sqlpage
