package pages

import (
	"net/http"
	"net/url"
	"time"

	"corbel.example/plugins/modelserving/internal/api"
	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

const (
	fragments = api.Root + "/fragments/"
	listPage  = "/models"
	// metadataTimeout and answerTimeout are how long a page waits for a fragment. An answer may have to be computed.
	metadataTimeout = 6 * time.Second
	answerTimeout   = 30 * time.Second
)

// Pages answers the fragments.
type Pages struct {
	Endpoints *endpoint.Reader
	Invoker   *invocation.Invoker
	Meter     *usage.Meter
	// DefaultEndpoint is the one to offer first; empty for none.
	DefaultEndpoint string
}

var manifestFragments = []plugin.Fragment{
	{ID: "endpoints", Path: fragments + "endpoints", Timeout: metadataTimeout, Primary: true, Required: true, Lines: 12},
	{ID: "endpoint", Path: fragments + "endpoint/{name}", Timeout: metadataTimeout, Primary: true, Required: true, Lines: 24},
	{ID: "answer", Path: fragments + "answer/{name}", Timeout: answerTimeout, Assets: assetNames(), Lines: 12},
	{ID: "usage", Path: fragments + "usage/{name}", Timeout: metadataTimeout, Lines: 6},
	{ID: "home", Slot: "home", Path: fragments + "home", Timeout: metadataTimeout, Lines: 8},
}

var manifestPages = []plugin.Page{
	{Path: listPage, Title: titleModels, Slots: []plugin.Slot{{Name: "main", Fragment: "endpoints"}}},
	{Path: listPage + "/{name}", Title: titleModel, Slots: []plugin.Slot{
		{Name: "main", Fragment: "endpoint"}, {Name: "main", Fragment: "answer"}, {Name: "main", Fragment: "usage"},
	}},
}

// Describe adds pages, fragments and assets with their routes, and navigation to a manifest.
func Describe(m *plugin.Manifest) {
	m.Pages = append(m.Pages, manifestPages...)
	m.Fragments = append(m.Fragments, manifestFragments...)
	for _, f := range manifestFragments {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: f.Path, Timeout: f.Timeout})
	}
	for _, a := range manifestAssets {
		m.Assets = append(m.Assets, a.Asset)
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: a.Path})
	}
	m.Nav = append(m.Nav, plugin.NavItem{Title: titleModels, Path: listPage, Group: groupAI, Order: 10})
}

// Register adds fragments and assets to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	views := map[string]ui.View{"endpoints": p.endpoints, "endpoint": p.endpoint, "answer": p.answer, "usage": p.usage, "home": p.home}
	for _, f := range manifestFragments {
		mux.Handle("GET "+f.Path, views[f.ID])
	}
	for _, a := range manifestAssets {
		mux.Handle("GET "+a.Path, a)
	}
}

func pageOf(name string) string { return listPage + "/" + url.PathEscape(name) }
