// Package ui has the elements of Corbel's pages as Go values: a plugin composes them and answers with Write or View, and
// never writes markup by hand.
//
//	ui.Write(w, r, ui.Card{
//		Title: "Columns",
//		Body: ui.Table{
//			Label:   "Columns",
//			Columns: []ui.Column{{Title: "Name"}, {Title: "Rows", Number: true}},
//			Rows:    [][]ui.Component{{ui.Text("trips"), ui.Text("1,204")}},
//		},
//	})
//
// Every element is a Component, in templ files too: @ui.Tag{Text: "READY"}. Texts are escaped, addresses that could run
// script are refused, and there is no way to put in markup unescaped. What needs an id gets one that is made of its name,
// and that is unique within the fragment and the same each time.
//
// The markup is that of docs/elements.md: it needs no script and has no style of its own.
package ui
