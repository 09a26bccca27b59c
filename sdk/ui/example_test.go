package ui_test

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
)

// A fragment is a handler that returns a component, or the error that is shown in its place.
func ExampleView() {
	trips := map[string]string{"1": "Harbour to station"}
	mux := http.NewServeMux()
	mux.Handle("GET /api/trips/fragments/trip/{id}", ui.View(func(r *http.Request) (ui.Component, error) {
		trip, ok := trips[r.PathValue("id")]
		if !ok {
			return nil, fault.New(fault.NotFound, "There is no such trip.")
		}
		return ui.Card{Title: trip, Body: ui.Button{Text: "All trips", Href: "/trips"}}, nil
	}))
}

// Components hold components.
func ExampleCard() {
	card := ui.Card{Title: "Owner", Tag: ui.Number(1), Body: ui.Paragraph{ui.Text("Ask "), ui.Link{Href: "mailto:ana@example.com", Text: "Ana & Ben"}, ui.Text(".")}}
	if err := card.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output: <databricks-card><header><h2>Owner</h2><databricks-tag>1</databricks-tag> </header><p>Ask <a href="mailto:ana@example.com">Ana &amp; Ben</a>.</p></databricks-card>
}

// Titles with a Sort are links, and so are the pages: both work without script.
func ExampleTable() {
	table := ui.Table{
		Label:   "Stops",
		Columns: []ui.Column{{Title: "Name", Sort: ui.Sort{Href: "?sort=name"}}, {Title: "Trips", Number: true}},
		Rows:    [][]ui.Component{{ui.Text("Harbour"), ui.Null{}}},
	}
	if err := table.Render(context.Background(), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output: <databricks-table tabindex="0" role="region" aria-label="Stops"><table><thead><tr><th scope="col" aria-sort="none"><a href="?sort=name">Name</a> </th><th scope="col" class="number">Trips </th></tr></thead> <tbody><tr><td>Harbour</td><td class="number null">NULL</td></tr></tbody></table></databricks-table>
}
