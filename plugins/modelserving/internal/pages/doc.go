// Package pages makes the plugin's pages and fragments: the list of endpoints, a form for each that is made of what it takes, and a chat.
// All of it works without script.
package pages
