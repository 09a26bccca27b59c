// Package gallery shows every element of package ui in every state: on the host's page /_design, and in docs/elements.md,
// whose code is that of each section's first example.
package gallery

import "corbel.example/sdk/ui"

// Section is an element with its states.
type Section struct {
	Title string
	// Text says in a sentence what it is for.
	Text     string
	Examples []Example
}

// Example is one state of an element.
type Example struct {
	Title     string
	Component ui.Component
}

// Sections returns all sections, in the order in which somebody who builds a page needs them.
func Sections() []Section {
	var all []Section
	for _, group := range [][]Section{layout(), text(), actions(), fields(), data(), charts(), navigation(), feedback(), waiting()} {
		all = append(all, group...)
	}
	return all
}
