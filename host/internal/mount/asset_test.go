package mount

import (
	"strings"
	"testing"
	"time"

	"corbel.example/sdk/plugin"
)

func TestAssetsAreCheckedBeforeTheyAreMounted(t *testing.T) {
	t.Parallel()
	good := plugin.Asset{Name: "charts.js", ContentType: "text/javascript", Integrity: "sha384-" + strings.Repeat("A", 64), Path: "/api/hello/a/charts.js"}
	with := func(change func(*plugin.Asset)) []plugin.Asset {
		a := good
		change(&a)
		return []plugin.Asset{a}
	}
	for name, test := range map[string]struct {
		assets []plugin.Asset
		want   string
	}{
		"good":             {[]plugin.Asset{good}, ""},
		"stylesheet":       {with(func(a *plugin.Asset) { a.ContentType, a.Name = "text/css", "charts.css" }), ""},
		"other type":       {with(func(a *plugin.Asset) { a.ContentType = "text/html" }), `"text/html"`},
		"no digest":        {with(func(a *plugin.Asset) { a.Integrity = "" }), "sha384-"},
		"other digest":     {with(func(a *plugin.Asset) { a.Integrity = "sha256-AAAA" }), "sha384-"},
		"short digest":     {with(func(a *plugin.Asset) { a.Integrity = "sha384-AAAA" }), "length"},
		"no base64":        {with(func(a *plugin.Asset) { a.Integrity = "sha384-!" }), "base64"},
		"name with slash":  {with(func(a *plugin.Asset) { a.Name = "a/b.js" }), "lower-case"},
		"name of dots":     {with(func(a *plugin.Asset) { a.Name = ".." }), "lower-case"},
		"path elsewhere":   {with(func(a *plugin.Asset) { a.Path = "/api/other/x.js" }), "no GET route"},
		"path with a host": {with(func(a *plugin.Asset) { a.Path = "//evil.example/api/hello/a/x.js" }), "no GET route"},
		"wildcard":         {with(func(a *plugin.Asset) { a.Path = "/api/hello/a/{name}" }), "no GET route"},
		"twice":            {[]plugin.Asset{good, good}, "two assets"},
	} {
		manifest := plugin.Manifest{Name: "hello", Routes: []plugin.Route{{Method: "GET", Pattern: "/api/hello/a/{name}"}}, Assets: test.assets}
		found := validate(manifest, nil)
		switch {
		case test.want == "" && len(found) > 0:
			t.Errorf("%s: %v", name, found)
		case test.want != "" && (len(found) != 1 || !strings.Contains(found[0].Message, test.want) || !strings.Contains(found[0].Message, "asset ")):
			t.Errorf("%s: %v, want one with %q", name, found, test.want)
		}
	}
}

func TestFragmentsSayWhatThePageNeedsToKnow(t *testing.T) {
	t.Parallel()
	for want, fragment := range map[string]plugin.Fragment{
		"lines":     {Lines: -1},
		"cache ttl": {CacheTTL: -time.Second},
		`"x.js"`:    {Assets: []string{"x.js"}},
	} {
		fragment.ID, fragment.Path = "f", "/api/hello/f"
		found := validate(plugin.Manifest{Name: "hello", Routes: []plugin.Route{{Method: "GET", Pattern: "/api/hello/f"}}, Fragments: []plugin.Fragment{fragment}}, nil)
		if len(found) != 1 || !strings.Contains(found[0].Message, want) {
			t.Errorf("%v, want one with %q", found, want)
		}
	}
}

func TestTableKnowsWhatItIsMadeOf(t *testing.T) {
	t.Parallel()
	table := NewTable(nil)
	before := table.Generation()
	table.Set([]Mounted{{Generation: 7, Manifest: plugin.Manifest{
		Name: "hello", Version: "1.2.3", Routes: []plugin.Route{{Method: "GET", Pattern: "/api/hello/{x...}"}},
		Fragments: []plugin.Fragment{{ID: "f", Path: "/api/hello/{a}/{b}"}},
		Assets:    []plugin.Asset{{Name: "x.css", ContentType: "text/css", Integrity: "sha384-" + strings.Repeat("A", 64), Path: "/api/hello/x.css"}},
	}}})
	if table.Generation() == before {
		t.Error("the table has changed and its generation has not")
	}
	f, ok := table.Fragment("hello", "f")
	if !ok || f.Version != "1.2.3" || f.Generation != 7 || strings.Join(f.Wildcards(), " ") != "a b" {
		t.Errorf("fragment %+v, wildcards %v", f, f.Wildcards())
	}
	if assets := table.Assets("hello"); len(assets) != 1 || assets[0].Generation != 7 || assets[0].Name != "x.css" {
		t.Errorf("assets %+v", assets)
	}
	if table.Assets("other") != nil {
		t.Error("assets of a plugin that is not there")
	}
}
