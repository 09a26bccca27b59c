package pages

import (
	"net/http"
	"net/url"
	"time"

	"corbel.example/plugins/sampledata/internal/api"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/ui"
)

const (
	page      = "/sample-data"
	fragments = api.Root + "/fragments/"
	forms     = api.Root + "/forms/"
	// timeout is how long a page waits for a fragment: rows are counted by a warehouse that may be busy.
	timeout = 15 * time.Second
	// homeTimeout is for the home page, which asks no warehouse.
	homeTimeout = 5 * time.Second
	// formTimeout bounds the start of a run.
	formTimeout = 30 * time.Second
	maxForm     = 4 << 10
)

// Pages answers the fragments and forms.
type Pages struct {
	Runs    *run.Manager
	Targets *api.Targets
}

var manifestFragments = []plugin.Fragment{
	{ID: "overview", Path: fragments + "overview", Timeout: timeout, Primary: true, Required: true, Assets: []string{script.Name}, Lines: 24},
	{ID: "progress", Path: fragments + "progress", Timeout: homeTimeout, Lines: 24},
	{ID: "home", Slot: "home", Path: fragments + "home", Timeout: homeTimeout, Order: 50, Lines: 6},
}

// Describe adds the page, fragments, forms and the script with their routes, and navigation to a manifest.
func Describe(m *plugin.Manifest) {
	m.Pages = append(m.Pages, plugin.Page{Path: page, Title: titlePage, Slots: []plugin.Slot{{Name: "main", Fragment: "overview"}}})
	m.Fragments = append(m.Fragments, manifestFragments...)
	for _, f := range manifestFragments {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: f.Path, Timeout: f.Timeout})
	}
	m.Assets = append(m.Assets, script.Asset)
	m.Routes = append(m.Routes, plugin.Route{Method: http.MethodGet, Pattern: script.Path})
	for _, form := range []string{"set-up", "clean-up"} {
		m.Routes = append(m.Routes, plugin.Route{Method: http.MethodPost, Pattern: forms + form, Timeout: formTimeout, MaxBodyBytes: maxForm})
	}
	m.Nav = append(m.Nav, plugin.NavItem{Title: titlePage, Path: page, Group: groupData, Order: 40})
}

// Register adds fragments, forms and the script to mux.
func (p *Pages) Register(mux *http.ServeMux) {
	views := map[string]ui.View{"overview": p.overview, "progress": p.progress, "home": p.home}
	for _, f := range manifestFragments {
		mux.Handle("GET "+f.Path, views[f.ID])
	}
	mux.Handle("GET "+script.Path, script)
	mux.Handle("POST "+forms+"set-up", p.begin(run.SetUp))
	mux.Handle("POST "+forms+"clean-up", p.begin(run.CleanUp))
}

// begin starts a run and leads to the page that shows it.
func (p *Pages) begin(kind run.Kind) fault.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			return fault.FromRequest(err)
		}
		names := r.PostForm["target"]
		if len(names) == 0 {
			names = api.Names()
		}
		plan, err := p.Targets.Plan(kind, names)
		if err != nil {
			return err
		}
		started, _, err := p.Runs.Start(r.Context(), plan)
		if err != nil {
			return err
		}
		w.Header().Set("Location", page+"?"+url.Values{"run": {started.ID}}.Encode())
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
}

func userOf(r *http.Request) string {
	id, _ := identity.FromContext(r.Context())
	return id.User.ID
}
