package mount

import (
	"crypto/sha512"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"corbel.example/sdk/plugin"
)

// snapshot is one state of the table. It does not change once it is current.
type snapshot struct {
	mux       *http.ServeMux
	nav       []NavGroup
	fragments map[fragmentKey]Fragment
	slots     map[string][]Fragment
	assets    map[string][]Asset
	// generation is 0 for the table without plugins.
	generation uint64
}

type fragmentKey struct{ plugin, id string }

// Fragment is a plugin's fragment.
type Fragment struct {
	plugin.Fragment
	// Plugin is the plugin's name, Version its version.
	Plugin, Version string
	// Generation is that of the plugin's process.
	Generation uint64
	path       path
}

// Asset is a plugin's asset.
type Asset struct {
	plugin.Asset
	// Digest is what Integrity says, undone from base64.
	Digest [sha512.Size384]byte
	// Backend is where it comes from, Generation that of its process.
	Backend    Backend
	Generation uint64
}

// Wildcards returns the names of the path's wildcards.
func (f Fragment) Wildcards() []string { return f.path.wildcards() }

// Expand returns the escaped path to get, with the wildcards' values in place. Its error is a *MissingValueError.
func (f Fragment) Expand(value func(name string) string) (string, error) { return f.path.expand(value) }

func newSnapshot() *snapshot {
	return &snapshot{
		mux: http.NewServeMux(), fragments: map[fragmentKey]Fragment{}, slots: map[string][]Fragment{}, assets: map[string][]Asset{},
	}
}

// claim is a pattern that a plugin wants to have.
type claim struct {
	// item names it as the manifest does: `route GET "/x"`.
	item    string
	pattern string
	entry   *entry
}

// build makes a snapshot of the plugins that are valid and in nobody's way.
func build(plugins []Mounted, reserved []string) (*snapshot, []Conflict) {
	var (
		conflicts []Conflict
		accepted  []claim
		mounted   []*Mounted
		names     = map[string]bool{}
	)
	s := newSnapshot()
	plugins = slices.Clone(plugins)
	for i := range plugins {
		m := &plugins[i]
		found := validate(m.Manifest, reserved)
		if names[m.Manifest.Name] {
			found = append(found, Conflict{Plugin: m.Manifest.Name, Other: m.Manifest.Name, Message: fmt.Sprintf(
				"another plugin is called %q already: rename or disable one of them in the configuration", m.Manifest.Name)})
		}
		if len(found) == 0 {
			found = s.register(claims(m), accepted)
			if len(found) > 0 {
				// The claims before the refused one are in the mux, and nothing can be taken out of it: begin anew
				// with those that have passed.
				s.mux = http.NewServeMux()
				s.register(accepted, nil)
			}
		}
		if len(found) > 0 {
			conflicts = append(conflicts, found...)
			continue
		}
		names[m.Manifest.Name] = true
		accepted = append(accepted, claims(m)...)
		mounted = append(mounted, m)
	}
	s.addFragments(mounted)
	s.addAssets(mounted)
	s.nav = navigation(mounted)
	return s, conflicts
}

// claims returns the patterns of a plugin's routes and pages.
func claims(m *Mounted) []claim {
	manifest := &m.Manifest
	list := make([]claim, 0, len(manifest.Routes)+len(manifest.Pages))
	for _, route := range manifest.Routes {
		list = append(list, claim{routeItem(route), muxPattern(route.Method, route.Pattern), &entry{Target{
			Plugin: manifest.Name, Backend: m.Backend, Route: route, Pattern: route.Pattern,
		}}})
	}
	for i := range manifest.Pages {
		page := &manifest.Pages[i]
		list = append(list, claim{pageItem(*page), muxPattern(http.MethodGet, page.Path), &entry{Target{
			Plugin: manifest.Name, Backend: m.Backend, Page: page, Pattern: page.Path,
		}}})
	}
	return list
}

func routeItem(r plugin.Route) string {
	return strings.Join(strings.Fields(fmt.Sprintf("route %s %q", r.Method, r.Pattern)), " ")
}

func pageItem(p plugin.Page) string { return fmt.Sprintf("page %q", p.Path) }

func muxPattern(method, pattern string) string {
	if method == "" {
		return pattern
	}
	return method + " " + pattern
}

// register puts the claims into the mux and returns the conflicts, with earlier ones and among themselves.
func (s *snapshot) register(list, earlier []claim) []Conflict {
	var conflicts []Conflict
	for i, c := range list {
		if err := handle(s.mux, c); err != nil {
			conflicts = append(conflicts, conflictOf(c, slices.Concat(earlier, list[:i]), err))
		}
	}
	return conflicts
}

// handle registers a claim; ServeMux panics when it is refused.
func handle(mux *http.ServeMux, c claim) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("register %s: %v", c.item, reason)
		}
	}()
	mux.Handle(c.pattern, c.entry)
	return nil
}

// conflictOf finds the claim that c is in conflict with. ServeMux tells only people.
func conflictOf(c claim, others []claim, refusal error) Conflict {
	name := c.entry.target.Plugin
	i := slices.IndexFunc(others, func(other claim) bool {
		pair := http.NewServeMux()
		return handle(pair, other) == nil && handle(pair, c) != nil
	})
	if i < 0 {
		return Conflict{Plugin: name, Message: refusal.Error()}
	}
	other := others[i]
	holder := other.entry.target.Plugin
	if name == holder {
		return Conflict{Plugin: name, Other: holder, Message: fmt.Sprintf(
			"%s and %s match the same paths, and neither is more specific: change one of them in the manifest", c.item, other.item)}
	}
	return Conflict{Plugin: name, Other: holder, Message: fmt.Sprintf(
		"%s matches paths that %s of plugin %q has, and neither is more specific: change one of the patterns, or disable one of the two plugins in the configuration",
		c.item, other.item, holder)}
}

// addFragments collects the fragments and sorts those of each slot: by order, then as the plugins are configured.
func (s *snapshot) addFragments(mounted []*Mounted) {
	for _, m := range mounted {
		for _, fragment := range m.Manifest.Fragments {
			parsed, err := parsePath(fragment.Path)
			if err != nil {
				continue // validate has refused such a manifest.
			}
			f := Fragment{Fragment: fragment, Plugin: m.Manifest.Name, Version: m.Manifest.Version, Generation: m.Generation, path: parsed}
			s.fragments[fragmentKey{f.Plugin, f.ID}] = f
			if f.Slot != "" {
				s.slots[f.Slot] = append(s.slots[f.Slot], f)
			}
		}
	}
	for _, fragments := range s.slots {
		slices.SortStableFunc(fragments, func(a, b Fragment) int { return a.Order - b.Order })
	}
}

func (s *snapshot) addAssets(mounted []*Mounted) {
	for _, m := range mounted {
		for _, asset := range m.Manifest.Assets {
			digest, err := parseIntegrity(asset.Integrity)
			if err != nil {
				continue // validate has refused such a manifest.
			}
			s.assets[m.Manifest.Name] = append(s.assets[m.Manifest.Name], Asset{
				Asset: asset, Digest: digest, Backend: m.Backend, Generation: m.Generation,
			})
		}
	}
}
