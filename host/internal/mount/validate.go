package mount

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"corbel.example/sdk/plugin"
	"corbel.example/web"
)

// maxName is the longest name of a plugin or fragment, in bytes.
const maxName = 40

// validation checks one manifest and collects what is wrong with it.
type validation struct {
	manifest plugin.Manifest
	reserved []string
	// get has the routes and pages that answer GET.
	get       *http.ServeMux
	fragments map[string]plugin.Fragment
	found     []Conflict
}

// validate returns what is wrong with a manifest, apart from other plugins.
func validate(manifest plugin.Manifest, reserved []string) []Conflict {
	v := &validation{manifest: manifest, reserved: reserved, get: http.NewServeMux(), fragments: map[string]plugin.Fragment{}}
	if !validName(manifest.Name) {
		v.refuse("the name", "it is not 1 to %d lower-case letters, digits and dashes beginning with a letter", maxName)
		return v.found
	}
	v.routes()
	v.pagePaths()
	if len(v.found) > 0 {
		// What follows is matched against routes and pages: with those wrong it would only repeat them.
		return v.found
	}
	v.assets()
	v.fragmentPaths()
	for _, page := range manifest.Pages {
		v.slots(page)
	}
	v.nav()
	return v.found
}

func (v *validation) refuse(item, format string, args ...any) {
	v.found = append(v.found, Conflict{Plugin: v.manifest.Name, Message: item + ": " + fmt.Sprintf(format, args...)})
}

func validName(name string) bool { return validID(name) && name[0] >= 'a' }

func validID(id string) bool {
	return len(id) > 0 && len(id) <= maxName && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (v *validation) routes() {
	for _, route := range v.manifest.Routes {
		item := routeItem(route)
		if strings.Trim(route.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || route.Method == http.MethodConnect {
			v.refuse(item, `the method is none that a route can have: give one in capitals, or "" for all`)
			continue
		}
		switch {
		case route.Timeout < 0:
			v.refuse(item, "the timeout is negative: give a duration, or 0 for the host's default")
		case route.MaxBodyBytes < 0:
			v.refuse(item, "the largest body is negative: give a number of bytes, or 0 for the host's default")
		case v.claim(item, route.Pattern) && (route.Method == "" || route.Method == http.MethodGet):
			v.answersGet(item, route.Pattern)
		}
	}
}

func (v *validation) pagePaths() {
	for _, page := range v.manifest.Pages {
		item := pageItem(page)
		switch {
		case strings.HasPrefix(page.Path, "/api/"):
			v.refuse(item, "pages do not stand under /api/: give it a path for people")
		case v.claim(item, page.Path):
			v.answersGet(item, page.Path)
		}
	}
}

// answersGet remembers a pattern for the checks that follow.
func (v *validation) answersGet(item, pattern string) {
	// A conflict within the plugin is reported when the plugin is registered.
	_ = handle(v.get, claim{item: item, pattern: muxPattern(http.MethodGet, pattern), entry: &entry{}})
}

// claim checks that the plugin may have a pattern.
func (v *validation) claim(item, pattern string) bool {
	p, err := parsePath(pattern)
	if err != nil {
		v.refuse(item, "%v", err)
		return false
	}
	name := v.manifest.Name
	first := p[0]
	switch {
	case len(p) == 1 && (first.text == "" || first.text == endOfPath):
		v.refuse(item, `"/" is the host's home page: take a path of your own and offer a fragment for the slot "home"`)
	case first.wildcard:
		v.refuse(item, "it begins with a wildcard and would take paths of everybody: begin with a word, such as %q", "/"+name+pattern)
	case v.isReserved(p) != "":
		v.refuse(item, "%s is the host's own: take another path", v.isReserved(p))
	case first.text == "api" && (len(p) < 3 || p[1].wildcard || p[1].text != name):
		v.refuse(item, "API routes of this plugin stand under /api/%s/: write %q", name, "/api/"+name+"/...")
	default:
		return true
	}
	return false
}

// isReserved returns the reserved path that the pattern is at or below, or "".
func (v *validation) isReserved(p path) string {
	for _, reserved := range v.reserved {
		words := strings.Split(strings.Trim(reserved, "/"), "/")
		if len(p) < len(words) {
			continue
		}
		if slices.EqualFunc(words, p[:len(words)], func(word string, s segment) bool { return !s.wildcard && s.text == word }) {
			return reserved
		}
	}
	return ""
}

func (v *validation) fragmentPaths() {
	for _, fragment := range v.manifest.Fragments {
		item := fmt.Sprintf("fragment %q", fragment.ID)
		if !validID(fragment.ID) {
			v.refuse(item, "the id is not 1 to %d lower-case letters, digits and dashes", maxName)
			continue
		}
		if _, twice := v.fragments[fragment.ID]; twice {
			v.refuse(item, "two fragments have this id: rename one")
			continue
		}
		v.fragments[fragment.ID] = fragment
		p, err := parsePath(fragment.Path)
		switch {
		case err != nil:
			v.refuse(item, "path %q: %v", fragment.Path, err)
		case fragment.Lines < 0:
			v.refuse(item, "its lines are negative: give its height in lines of text, or 0 for the host's default")
		case fragment.CacheTTL < 0:
			v.refuse(item, "the cache ttl is negative: give a duration, or 0 for no copies")
		case v.unknownAsset(fragment) != "":
			v.refuse(item, "it needs the asset %q, which the manifest does not have: declare it under assets", v.unknownAsset(fragment))
		case fragment.Timeout < 0:
			v.refuse(item, "the timeout is negative: give a duration, or 0 for the host's default")
		case !v.matches(p.sample(), false):
			v.refuse(item, "no GET route of the plugin matches its path %q: declare one under routes", fragment.Path)
		case fragment.Slot != "" && len(p.wildcards()) > 0:
			v.refuse(item, "it offers itself for the slot %q, where nothing gives {%s} a value: take a path without wildcards",
				fragment.Slot, p.wildcards()[0])
		}
	}
}

// matches says whether a GET of the escaped path reaches a route of the plugin or, if allowed, a page.
func (v *validation) matches(escaped string, pages bool) bool {
	u, err := url.ParseRequestURI(escaped)
	if err != nil || u.Host != "" {
		return false
	}
	f := &finder{}
	r := &http.Request{Method: http.MethodGet, URL: u}
	v.get.ServeHTTP(f, r)
	if f.entry == nil {
		return false
	}
	return pages || !slices.ContainsFunc(v.manifest.Pages, func(page plugin.Page) bool {
		return muxPattern(http.MethodGet, page.Path) == r.Pattern
	})
}

func (v *validation) slots(page plugin.Page) {
	item := pageItem(page)
	known, ok := web.LayoutSlots(page.Layout)
	if !ok {
		v.refuse(item, "there is no layout %q: take one of %s", page.Layout, strings.Join(web.Layouts(), ", "))
		return
	}
	primary := ""
	for _, slot := range page.Slots {
		if !slices.Contains(known, slot.Name) {
			v.refuse(item, "its layout has no slot %q: take one of %s", slot.Name, strings.Join(known, ", "))
		}
		fragment, ok := v.fragments[slot.Fragment]
		if !ok {
			v.refuse(item, "slot %q names the fragment %q, which the manifest does not have: declare it under fragments", slot.Name, slot.Fragment)
			continue
		}
		if fragment.Primary && primary != "" {
			v.refuse(item, "the fragments %q and %q are both primary: a page has one status", primary, fragment.ID)
		}
		if fragment.Primary {
			primary = fragment.ID
		}
	}
}

func (v *validation) nav() {
	for _, nav := range v.manifest.Nav {
		item := fmt.Sprintf("nav %q", nav.Title)
		switch {
		case nav.Title == "":
			v.refuse(fmt.Sprintf("nav to %q", nav.Path), "it has no title: people need something to read")
		case !v.matches(nav.Path, true):
			v.refuse(item, "no page and no GET route of the plugin matches its path %q: name one, with values in place of wildcards", nav.Path)
		}
	}
}
