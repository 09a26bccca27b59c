package main

import (
	"encoding/json"
	"time"

	"corbel.example/sdk/plugin"
)

// manifestView is a manifest as `corbel plugins describe` prints it.
type manifestView struct {
	Name             string           `json:"name"`
	Version          string           `json:"version"`
	Summary          string           `json:"summary,omitempty"`
	Contract         uint32           `json:"contract_minor"`
	Capabilities     []string         `json:"capabilities,omitempty"`
	Routes           []routeView      `json:"routes,omitempty"`
	Pages            []pageView       `json:"pages,omitempty"`
	Nav              []navView        `json:"nav,omitempty"`
	Fragments        []fragmentView   `json:"fragments,omitempty"`
	Assets           []assetView      `json:"assets,omitempty"`
	ConfigSchema     any              `json:"config_schema,omitempty"`
	Resources        []resourceView   `json:"resources,omitempty"`
	UserScopes       []string         `json:"user_scopes,omitempty"`
	NeedsAccessToken bool             `json:"needs_access_token,omitempty"`
	Environment      []string         `json:"environment,omitempty"`
	Calls            []callTargetView `json:"calls,omitempty"`
	Commands         []commandView    `json:"commands,omitempty"`
}

type routeView struct {
	Method       string `json:"method,omitempty"`
	Pattern      string `json:"pattern"`
	Auth         string `json:"auth"`
	Timeout      string `json:"timeout,omitempty"`
	MaxBodyBytes int64  `json:"max_body_bytes,omitempty"`
	Streaming    bool   `json:"streaming,omitempty"`
}

type pageView struct {
	Path   string     `json:"path"`
	Title  string     `json:"title"`
	Layout string     `json:"layout,omitempty"`
	Slots  []slotView `json:"slots,omitempty"`
}

type slotView struct {
	Name     string `json:"name"`
	Fragment string `json:"fragment"`
}

type navView struct {
	Title string `json:"title"`
	Path  string `json:"path"`
	Group string `json:"group,omitempty"`
	Order int    `json:"order,omitempty"`
}

type fragmentView struct {
	ID       string   `json:"id"`
	Slot     string   `json:"slot,omitempty"`
	Path     string   `json:"path"`
	Timeout  string   `json:"timeout,omitempty"`
	Required bool     `json:"required,omitempty"`
	Primary  bool     `json:"primary,omitempty"`
	CacheTTL string   `json:"cache_ttl,omitempty"`
	Fallback string   `json:"fallback,omitempty"`
	Assets   []string `json:"assets,omitempty"`
	Order    int      `json:"order,omitempty"`
	Lines    int      `json:"lines,omitempty"`
}

type assetView struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Integrity   string `json:"integrity"`
	Path        string `json:"path"`
}

type resourceView struct {
	Kind        string `json:"kind"`
	Key         string `json:"key"`
	Permission  string `json:"permission,omitempty"`
	Env         string `json:"env,omitempty"`
	Description string `json:"description,omitempty"`
}

type callTargetView struct {
	Plugin  string `json:"plugin"`
	Method  string `json:"method,omitempty"`
	Pattern string `json:"pattern,omitempty"`
}

type commandView struct {
	Name        string `json:"name"`
	Summary     string `json:"summary"`
	FlagsSchema any    `json:"flags_schema,omitempty"`
	Method      string `json:"method"`
	Route       string `json:"route"`
}

func viewOf(m *plugin.Manifest) manifestView {
	v := manifestView{
		Name: m.Name, Version: m.Version, Summary: m.Summary, Contract: m.ContractMinor, Capabilities: m.Capabilities,
		ConfigSchema: document(m.ConfigSchema), UserScopes: m.UserScopes, NeedsAccessToken: m.NeedsAccessToken, Environment: m.Environment,
		Routes: viewAll(m.Routes, viewOfRoute), Pages: viewAll(m.Pages, viewOfPage), Fragments: viewAll(m.Fragments, viewOfFragment),
		Commands:  viewAll(m.Commands, viewOfCommand),
		Nav:       viewAll(m.Nav, func(n plugin.NavItem) navView { return navView(n) }),
		Assets:    viewAll(m.Assets, func(a plugin.Asset) assetView { return assetView(a) }),
		Resources: viewAll(m.Resources, func(r plugin.Resource) resourceView { return resourceView(r) }),
		Calls:     viewAll(m.Calls, func(c plugin.CallTarget) callTargetView { return callTargetView(c) }),
	}
	return v
}

func viewAll[T, V any](list []T, view func(T) V) []V {
	views := make([]V, len(list))
	for i, item := range list {
		views[i] = view(item)
	}
	return views
}

func viewOfRoute(r plugin.Route) routeView {
	auth := "signed in"
	if r.Auth == plugin.Anyone {
		auth = "anyone"
	}
	return routeView{
		Method: r.Method, Pattern: r.Pattern, Auth: auth, Timeout: duration(r.Timeout), MaxBodyBytes: r.MaxBodyBytes, Streaming: r.Streaming,
	}
}

func viewOfPage(p plugin.Page) pageView {
	return pageView{
		Path: p.Path, Title: p.Title, Layout: p.Layout,
		Slots: viewAll(p.Slots, func(s plugin.Slot) slotView { return slotView(s) }),
	}
}

func viewOfFragment(f plugin.Fragment) fragmentView {
	return fragmentView{
		ID: f.ID, Slot: f.Slot, Path: f.Path, Timeout: duration(f.Timeout), Required: f.Required, Primary: f.Primary,
		CacheTTL: duration(f.CacheTTL), Fallback: f.Fallback, Assets: f.Assets, Order: f.Order, Lines: f.Lines,
	}
}

func viewOfCommand(c plugin.Command) commandView {
	return commandView{Name: c.Name, Summary: c.Summary, FlagsSchema: document(c.FlagsSchema), Method: c.Method, Route: c.Route}
}

// duration prints nothing for the default.
func duration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// document returns JSON as it is, and what is no JSON as the text that it is.
func document(raw json.RawMessage) any {
	switch {
	case len(raw) == 0:
		return nil
	case json.Valid(raw):
		return raw
	default:
		return string(raw)
	}
}
