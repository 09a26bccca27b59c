package mount

import (
	"slices"
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/plugin"
)

func TestManifestIsRefusedWithTheItemAndTheWayOut(t *testing.T) {
	t.Parallel()
	route := func(method, pattern string) plugin.Manifest {
		return plugin.Manifest{Name: "hello", Routes: []plugin.Route{{Method: method, Pattern: pattern}}}
	}
	page := func(p plugin.Page, fragments ...plugin.Fragment) plugin.Manifest {
		return plugin.Manifest{
			Name: "hello", Routes: []plugin.Route{{Method: "GET", Pattern: "/api/hello/f/{x}"}, {Method: "POST", Pattern: "/api/hello/p"}},
			Pages: []plugin.Page{p}, Fragments: fragments,
		}
	}
	good := plugin.Fragment{ID: "f", Path: "/api/hello/f/{x}"}
	for name, test := range map[string]struct {
		manifest plugin.Manifest
		want     []string
	}{
		"no name":                 {plugin.Manifest{}, []string{"the name", "lower-case"}},
		"name with a slash":       {plugin.Manifest{Name: "a/b"}, []string{"the name"}},
		"no pattern":              {route("GET", ""), []string{`route GET ""`, "empty", "/api/hello/{name}"}},
		"method in the pattern":   {route("", "GET /x"), []string{`"GET /x"`, "field Method"}},
		"host in the pattern":     {route("GET", "example.com/x"), []string{"no host"}},
		"query in the pattern":    {route("GET", "/x?y=1"), []string{"query"}},
		"unclosed wildcard":       {route("GET", "/x/{y"), []string{`"/x/{y"`, "not a pattern of http.ServeMux", "bad wildcard"}},
		"bad escape":              {route("GET", "/x/%zz"), []string{"%zz"}},
		"dots":                    {route("GET", "/x/../y"), []string{`".."`, "clients remove it"}},
		"lower-case method":       {route("get", "/x"), []string{`route get "/x"`, "capitals"}},
		"connect":                 {route("CONNECT", "/x"), []string{"method"}},
		"home page":               {route("GET", "/"), []string{"home page", `slot "home"`}},
		"home page alone":         {route("GET", "/{$}"), []string{"home page"}},
		"everything":              {route("GET", "/{rest...}"), []string{"wildcard", "/hello/{rest...}"}},
		"reserved":                {route("GET", "/healthz"), []string{"/healthz", "host's own"}},
		"below reserved":          {route("GET", "/assets/x"), []string{"/assets/"}},
		"escaped reserved":        {route("GET", "/%68ealthz"), []string{"/healthz"}},
		"reserved api":            {route("GET", "/api/user/x"), []string{"/api/user/"}},
		"api of another":          {route("GET", "/api/other/x"), []string{"/api/hello/"}},
		"api of anybody":          {route("GET", "/api/{x}/y"), []string{"/api/hello/"}},
		"negative timeout":        {plugin.Manifest{Name: "hello", Routes: []plugin.Route{{Pattern: "/x", Timeout: -time.Second}}}, []string{"timeout"}},
		"negative body":           {plugin.Manifest{Name: "hello", Routes: []plugin.Route{{Pattern: "/x", MaxBodyBytes: -1}}}, []string{"largest body"}},
		"two routes for one path": {routes("hello", "GET /x/{a}", "GET /x/{b}").Manifest, []string{`"/x/{b}"`, `"/x/{a}"`, "manifest"}},
		"page under api":          {page(plugin.Page{Path: "/api/hello/page"}), []string{`page "/api/hello/page"`, "/api/"}},
		"unknown layout":          {page(plugin.Page{Path: "/p", Layout: "wide"}), []string{`"wide"`, "single, split, grid"}},
		"unknown slot":            {page(plugin.Page{Path: "/p", Slots: []plugin.Slot{{Name: "aside", Fragment: "f"}}}, good), []string{`"aside"`, "main"}},
		"unknown fragment":        {page(plugin.Page{Path: "/p", Slots: []plugin.Slot{{Name: "main", Fragment: "g"}}}, good), []string{`"g"`, "fragments"}},
		"two primaries": {
			page(plugin.Page{Path: "/p", Slots: []plugin.Slot{{Name: "main", Fragment: "f"}, {Name: "main", Fragment: "g"}}},
				plugin.Fragment{ID: "f", Path: "/api/hello/f/{x}", Primary: true}, plugin.Fragment{ID: "g", Path: "/api/hello/f/{y}", Primary: true}),
			[]string{`"f"`, `"g"`, "primary"},
		},
		"fragment without a route":  {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "f", Path: "/api/hello/nothing"}), []string{`fragment "f"`, "GET route"}},
		"fragment on a POST route":  {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "f", Path: "/api/hello/p"}), []string{"GET route"}},
		"fragment on a page":        {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "f", Path: "/p"}), []string{"GET route"}},
		"fragment of another":       {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "f", Path: "/api/other/f/x"}), []string{"GET route"}},
		"fragment with a bad id":    {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "F", Path: "/api/hello/f/x"}), []string{`"F"`, "lower-case"}},
		"fragment with a bad path":  {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "f", Path: "f"}), []string{"slash"}},
		"two fragments of one id":   {page(plugin.Page{Path: "/p"}, good, good), []string{"two fragments"}},
		"home fragment needs value": {page(plugin.Page{Path: "/p"}, plugin.Fragment{ID: "f", Slot: "home", Path: "/api/hello/f/{x}"}), []string{"{x}", `"home"`}},
		"nav to nowhere":            {plugin.Manifest{Name: "hello", Nav: []plugin.NavItem{{Title: "Hello", Path: "/hello"}}}, []string{`nav "Hello"`, `"/hello"`}},
		"nav elsewhere":             {plugin.Manifest{Name: "hello", Nav: []plugin.NavItem{{Title: "Hello", Path: "//evil.example/x"}}}, []string{`nav "Hello"`}},
		"nav without a title": {
			plugin.Manifest{Name: "hello", Routes: []plugin.Route{{Pattern: "/x"}}, Nav: []plugin.NavItem{{Path: "/x"}}},
			[]string{`"/x"`, "title"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conflicts := NewTable(reserved).Set([]Mounted{mounted(test.manifest)})
			if len(conflicts) != 1 {
				t.Fatalf("%d conflicts, want one: %v", len(conflicts), conflicts)
			}
			if conflicts[0].Plugin != test.manifest.Name {
				t.Errorf("conflict is about %q, want %q", conflicts[0].Plugin, test.manifest.Name)
			}
			for _, part := range test.want {
				if !strings.Contains(conflicts[0].Error(), part) {
					t.Errorf("conflict %q does not name %q", conflicts[0], part)
				}
			}
		})
	}
}

func TestEveryFindingIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	conflicts := NewTable(reserved).Set([]Mounted{routes("hello", "GET x", "GET /healthz", "GET /good")})
	if len(conflicts) != 2 {
		t.Errorf("conflicts: %v, want two", conflicts)
	}
}

func TestManifestOfEveryKindIsAccepted(t *testing.T) {
	t.Parallel()
	manifest := plugin.Manifest{
		Name: "unitycatalog",
		Routes: []plugin.Route{
			{Method: "GET", Pattern: "/api/unitycatalog/fragments/{catalog}"},
			{Method: "GET", Pattern: "/api/unitycatalog/fragments/home"},
			{Pattern: "/downloads/"},
			{Method: "POST", Pattern: "/sql"},
		},
		Pages: []plugin.Page{
			{Path: "/catalog", Title: "Catalog"},
			{Path: "/sql", Title: "SQL"},
			{Path: "/catalog/{catalog}", Title: "Catalog", Layout: "split", Slots: []plugin.Slot{{Name: "aside", Fragment: "home"}, {Name: "main", Fragment: "catalog"}, {Name: "main", Fragment: "home"}}},
		},
		Nav: []plugin.NavItem{{Title: "Catalog", Path: "/catalog"}, {Title: "Main", Path: "/catalog/main"}},
		Fragments: []plugin.Fragment{
			{ID: "catalog", Path: "/api/unitycatalog/fragments/{catalog}", Primary: true}, {ID: "home", Slot: "home", Path: "/api/unitycatalog/fragments/home"},
		},
	}
	if conflicts := NewTable(reserved).Set([]Mounted{mounted(manifest)}); len(conflicts) > 0 {
		t.Errorf("conflicts: %v", conflicts)
	}
}

func FuzzMount(f *testing.F) {
	for _, seed := range [][3]string{
		{"/api/a/{x}", "/api/a/{y...}", "/api/a/b%2Fc"}, {"/x/{$}", "/x/", "//x"}, {"GET /x", "h/x", "/x/../y"}, {"/{", "/%zz", "*"}, {"/x/{a}/{a}", "/%2F/y", "/%2F/y"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, first, second, path string) {
		one, two := routes("a", first), routes("b", second)
		one.Manifest.Fragments = []plugin.Fragment{{ID: "f", Path: first}}
		one.Manifest.Nav = []plugin.NavItem{{Title: "A", Path: path}}
		table := NewTable(reserved)
		conflicts := table.Set([]Mounted{one, two})
		r := request(t, "GET", "/")
		r.URL.Path, r.URL.RawPath = path, path
		target, err := table.Lookup(r)
		if (err == nil) != (target.Backend != nil) {
			t.Fatalf("Lookup(%q) = %+v, %v", path, target, err)
		}
		if slices.ContainsFunc(conflicts, func(c Conflict) bool { return c.Plugin == target.Plugin }) {
			t.Fatalf("Lookup(%q) found plugin %q, which is left out", path, target.Plugin)
		}
		if fragment, ok := table.Fragment("a", "f"); ok {
			escaped, err := fragment.Expand(func(string) string { return path })
			if err != nil && path != "" {
				t.Fatalf("Expand(%q): %v", path, err)
			}
			if slices.Contains(strings.Split(escaped, "/"), "..") || strings.ContainsAny(escaped, "?#\r\n ") {
				t.Fatalf("fragment path %q leads elsewhere", escaped)
			}
		}
	})
}
