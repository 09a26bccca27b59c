package mount

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

var reserved = []string{"/healthz", "/readyz", "/api/user/", "/_fragment/", "/assets/", "/_design"}

type backend string

func (b backend) Name() string { return string(b) }

func (backend) Forward(http.ResponseWriter, *http.Request, wire.Exchange) error { return nil }

func mounted(manifest plugin.Manifest) Mounted {
	return Mounted{Manifest: manifest, Backend: backend(manifest.Name), State: Ready}
}

func routes(name string, patterns ...string) Mounted {
	manifest := plugin.Manifest{Name: name}
	for _, pattern := range patterns {
		method, path, found := strings.Cut(pattern, " ")
		if !found {
			method, path = "", pattern
		}
		manifest.Routes = append(manifest.Routes, plugin.Route{Method: method, Pattern: path})
	}
	return mounted(manifest)
}

func tableOf(t *testing.T, plugins ...Mounted) *Table {
	t.Helper()
	table := NewTable(reserved)
	for _, conflict := range table.Set(plugins) {
		t.Errorf("unexpected conflict: %v", conflict)
	}
	return table
}

func request(t *testing.T, method, target string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, target, nil)
}

func TestLookupFindsThePluginOfAPath(t *testing.T) {
	t.Parallel()
	catalog := routes("unitycatalog",
		"GET /api/unitycatalog/catalogs", "GET /api/unitycatalog/catalogs/{catalog}", "POST /api/unitycatalog/query", "/api/unitycatalog/any", "GET /files/{path...}")
	catalog.Manifest.Pages = []plugin.Page{{Path: "/catalog/{catalog}", Title: "Catalog"}}
	table := tableOf(t, catalog, routes("hello", "GET /api/hello/{name}"))

	for _, test := range []struct{ method, path, plugin, pattern, value string }{
		{"GET", "/api/unitycatalog/catalogs", "unitycatalog", "/api/unitycatalog/catalogs", ""},
		{"HEAD", "/api/unitycatalog/catalogs", "unitycatalog", "/api/unitycatalog/catalogs", ""},
		{"GET", "/api/unitycatalog/catalogs/a%2Fb", "unitycatalog", "/api/unitycatalog/catalogs/{catalog}", "a/b"},
		{"GET", "/api/unitycatalog/catalogs/%60x%60.%22y%22", "unitycatalog", "/api/unitycatalog/catalogs/{catalog}", "`x`.\"y\""},
		{"GET", "/api/unitycatalog/catalogs/%2e%2e", "unitycatalog", "/api/unitycatalog/catalogs/{catalog}", ".."},
		{"POST", "/api/unitycatalog/query", "unitycatalog", "/api/unitycatalog/query", ""},
		{"DELETE", "/api/unitycatalog/any", "unitycatalog", "/api/unitycatalog/any", ""},
		{"GET", "/files/a/b/c?x=1", "unitycatalog", "/files/{path...}", ""},
		{"GET", "/catalog/main", "unitycatalog", "/catalog/{catalog}", "main"},
		{"GET", "/api/hello/you", "hello", "/api/hello/{name}", ""},
	} {
		r := request(t, test.method, test.path)
		target, err := table.Lookup(r)
		if err != nil {
			t.Errorf("%s %s: %v", test.method, test.path, err)
			continue
		}
		if target.Plugin != test.plugin || target.Backend.Name() != test.plugin || target.Pattern != test.pattern {
			t.Errorf("%s %s: plugin %q, pattern %q, want %q, %q", test.method, test.path, target.Plugin, target.Pattern, test.plugin, test.pattern)
		}
		if isPage := target.Page != nil; isPage != strings.HasPrefix(test.path, "/catalog") {
			t.Errorf("%s %s: page %v", test.method, test.path, isPage)
		}
		if got := r.PathValue("catalog"); got != test.value {
			t.Errorf("%s %s: {catalog} = %q, want %q", test.method, test.path, got, test.value)
		}
		if strings.Contains(test.path, "%2F") && r.URL.EscapedPath() != test.path {
			t.Errorf("%s became %s", test.path, r.URL.EscapedPath())
		}
	}
}

func TestLookupNeverRedirects(t *testing.T) {
	t.Parallel()
	table := tableOf(t, routes("hello", "GET /api/hello/{name}", "GET /tree/", "POST /only-post"))
	for _, path := range []string{
		"/", "/nothing", "//api/hello/x", "/api//hello/x", "/api/hello/../hello/x", "/api/hello/./x", "/api/hello/x/", "/tree", "/api/hello/", "/only-post/",
	} {
		r := request(t, http.MethodGet, "/")
		r.URL.Path = path
		_, err := table.Lookup(r)
		if f := new(fault.Error); !errors.As(err, &f) || f.Kind != fault.NotFound {
			t.Errorf("GET %s: %v, want not found", path, err)
		}
	}
	if _, err := table.Lookup(request(t, http.MethodConnect, "/api/hello/x")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("CONNECT: %v, want not found", err)
	}
	star := request(t, http.MethodOptions, "/")
	star.RequestURI, star.URL.Path = "*", "*"
	if _, err := table.Lookup(star); fault.KindOf(err) != fault.NotFound {
		t.Errorf("OPTIONS *: %v, want not found", err)
	}
}

func TestWrongMethodSaysWhichAreAllowed(t *testing.T) {
	t.Parallel()
	table := tableOf(t, routes("hello", "GET /x", "PUT /x"))
	_, err := table.Lookup(request(t, http.MethodPost, "/x"))
	if fault.KindOf(err) != fault.MethodNotAllowed {
		t.Fatalf("POST /x: %v, want method not allowed", err)
	}
	var allowed *AllowedMethods
	if !errors.As(err, &allowed) || allowed.Allow != "GET, HEAD, PUT" {
		t.Errorf("allowed: %v, want GET, HEAD, PUT", allowed)
	}
}

func TestSetReplacesTheWholeTable(t *testing.T) {
	t.Parallel()
	table := tableOf(t, routes("one", "GET /one"))
	if conflicts := table.Set([]Mounted{routes("two", "GET /two")}); len(conflicts) > 0 {
		t.Fatal(conflicts)
	}
	if _, err := table.Lookup(request(t, http.MethodGet, "/one")); fault.KindOf(err) != fault.NotFound {
		t.Errorf("/one: %v, want not found", err)
	}
	if target, err := table.Lookup(request(t, http.MethodGet, "/two")); err != nil || target.Plugin != "two" {
		t.Errorf("/two: %q, %v", target.Plugin, err)
	}
}

func TestLaterPluginIsLeftOutAsAWhole(t *testing.T) {
	t.Parallel()
	first := routes("first", "GET /things/{id}")
	second := routes("second", "GET /second", "GET /things/{name}")
	second.Manifest.Nav = []plugin.NavItem{{Title: "Second", Path: "/second"}}
	second.Manifest.Fragments = []plugin.Fragment{{ID: "f", Slot: "home", Path: "/second"}}
	third := routes("third", "GET /third")

	table := NewTable(reserved)
	conflicts := table.Set([]Mounted{first, second, third, routes("first", "GET /other")})
	want := []Conflict{
		{"second", "first", `route GET "/things/{name}" matches paths that route GET "/things/{id}" of plugin "first" has, and neither is more specific: change one of the patterns, or disable one of the two plugins in the configuration`},
		{"first", "first", `another plugin is called "first" already: rename or disable one of them in the configuration`},
	}
	if diff := cmp.Diff(want, conflicts); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
	for path, name := range map[string]string{"/things/1": "first", "/third": "third", "/second": "", "/other": ""} {
		target, err := table.Lookup(request(t, http.MethodGet, path))
		if target.Plugin != name || (err == nil) != (name != "") {
			t.Errorf("GET %s: plugin %q (%v), want %q", path, target.Plugin, err, name)
		}
	}
	if len(table.Nav()) > 0 || len(table.Fragments("home")) > 0 {
		t.Errorf("navigation %v and fragments %v of a plugin that is left out", table.Nav(), table.Fragments("home"))
	}
}

func TestNavigationAndSlotsAreInOrder(t *testing.T) {
	t.Parallel()
	one := routes("one", "GET /a", "GET /b", "GET /c")
	one.Manifest.Nav = []plugin.NavItem{{Title: "B", Path: "/b", Group: "Data", Order: 2}, {Title: "C", Path: "/c", Group: "Admin"}}
	one.Manifest.Fragments = []plugin.Fragment{{ID: "late", Slot: "home", Path: "/a", Order: 5}, {ID: "own", Path: "/b"}}
	two := routes("two", "GET /z")
	two.State = "restarting"
	two.Manifest.Nav = []plugin.NavItem{{Title: "Z", Path: "/z", Group: "Data", Order: 1}}
	two.Manifest.Fragments = []plugin.Fragment{{ID: "early", Slot: "home", Path: "/z", Order: 1}}
	table := tableOf(t, one, two)

	var nav []string
	for _, group := range table.Nav() {
		for _, item := range group.Items {
			nav = append(nav, group.Title+"/"+item.Title+" "+item.Path+" "+item.Plugin+" "+item.State)
		}
	}
	if diff := cmp.Diff([]string{"Data/Z /z two restarting", "Data/B /b one ready", "Admin/C /c one ready"}, nav); diff != "" {
		t.Errorf("navigation (-want +got):\n%s", diff)
	}
	var home []string
	for _, fragment := range table.Fragments("home") {
		home = append(home, fragment.Plugin+"/"+fragment.ID)
	}
	if diff := cmp.Diff([]string{"two/early", "one/late"}, home); diff != "" {
		t.Errorf("home (-want +got):\n%s", diff)
	}
	if _, ok := table.Fragment("one", "own"); !ok {
		t.Error("fragment one/own is not there")
	}
	if _, ok := table.Fragment("two", "own"); ok {
		t.Error("fragment two/own is there")
	}
}

func TestFragmentPathTakesValuesAsSingleSegments(t *testing.T) {
	t.Parallel()
	one := routes("one", "GET /api/one/{a}/{rest...}")
	one.Manifest.Fragments = []plugin.Fragment{{ID: "f", Path: "/api/one/{a}/{rest...}"}}
	table := tableOf(t, one)
	fragment, _ := table.Fragment("one", "f")
	for _, test := range []struct{ a, rest, want string }{
		{"main", "x", "/api/one/main/x"},
		{"a/b?c#d", "x/y z", "/api/one/a%2Fb%3Fc%23d/x/y%20z"},
		{"..", "../.", "/api/one/%2E%2E/%2E%2E/%2E"},
		{"héß\x00", "%2F", "/api/one/h%C3%A9%C3%9F%00/%252F"},
	} {
		values := map[string]string{"a": test.a, "rest": test.rest}
		got, err := fragment.Expand(func(name string) string { return values[name] })
		if err != nil || got != test.want {
			t.Errorf("Expand(%q, %q) = %q, %v, want %q", test.a, test.rest, got, err, test.want)
		}
	}
	var missing *MissingValueError
	if _, err := fragment.Expand(func(string) string { return "" }); !errors.As(err, &missing) || missing.Name != "a" {
		t.Errorf("Expand without values: %v", err)
	}
}

func TestTableIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	table := tableOf(t, routes("one", "GET /one/{x}"))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 200 {
				if _, err := table.Lookup(request(t, http.MethodGet, "/one/1")); err != nil {
					t.Errorf("GET /one/1: %v", err)
				}
				table.Nav()
			}
		})
		group.Go(func() {
			for range 50 {
				table.Set([]Mounted{routes("one", "GET /one/{x}"), routes("two", "GET /two")})
			}
		})
	}
	group.Wait()
}

func BenchmarkLookup(b *testing.B) {
	table := NewTable(reserved)
	table.Set([]Mounted{routes("unitycatalog",
		"GET /api/unitycatalog/catalogs", "GET /api/unitycatalog/catalogs/{catalog}/schemas", "POST /api/unitycatalog/query"), routes("hello", "GET /api/hello/{name}")})
	for name, path := range map[string]string{"literal": "/api/unitycatalog/catalogs", "wildcard": "/api/hello/world"} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := table.Lookup(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
