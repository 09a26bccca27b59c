package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"corbel.example/sdk/plugin"
)

const (
	// pagePlugins is how many plugins the measured page is made of: one fragment each.
	pagePlugins = 4
	// pagePluginPrefix begins their names. Each runs this program under its name.
	pagePluginPrefix = "page"
	// fragmentBytes is the size of a fragment.
	fragmentBytes = 2 << 10
)

// pagePlugin is a plugin with one fragment for the home page.
type pagePlugin struct {
	name   string
	served atomic.Int64
}

func pagePluginName(i int) string { return fmt.Sprintf("%s%d", pagePluginPrefix, i+1) }

func (p *pagePlugin) path() string { return "/api/" + p.name + "/fragment" }

func (p *pagePlugin) Manifest() plugin.Manifest {
	return plugin.Manifest{
		Name: p.name, Version: "1.0.0", Summary: "Offers a fragment of 2 KB for the home page.",
		Routes:    []plugin.Route{{Method: http.MethodGet, Pattern: p.path()}},
		Fragments: []plugin.Fragment{{ID: "rows", Slot: "home", Path: p.path(), Lines: 18}},
	}
}

func (p *pagePlugin) Configure(context.Context, plugin.Settings) plugin.Diagnostics { return nil }

func (p *pagePlugin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+p.path(), p.fragment)
	return mux
}

// fragment answers with a card with a table. With the parameter "changing" no two answers are the same.
func (p *pagePlugin) fragment(w http.ResponseWriter, r *http.Request) {
	n := int64(0)
	if r.URL.Query().Has("changing") {
		n = p.served.Add(1)
	}
	var b strings.Builder
	b.Grow(fragmentBytes + 256)
	fmt.Fprintf(&b, `<databricks-card><header><h2>Trips of %s</h2><databricks-tag>%d</databricks-tag></header><databricks-table tabindex="0"><table><thead><tr>`+
		`<th scope="col">zone</th><th scope="col" class="number">distance</th><th scope="col">state</th></tr></thead><tbody>`, p.name, n)
	for row := 0; b.Len() < fragmentBytes-60; row++ {
		fmt.Fprintf(&b, `<tr><td>zone %d</td><td class="number">%d.25</td><td><databricks-tag type="success">OK</databricks-tag></td></tr>`, row, row*7919%1000)
	}
	b.WriteString(`</tbody></table></databricks-table></databricks-card>`)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// A client that has left does not matter to the measurement: its own error counts.
	_, _ = w.Write([]byte(b.String()))
}
