package page

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"corbel.example/host/internal/mount"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/logging"
	"corbel.example/sdk/plugin"
	"corbel.example/web"
)

func TestThemeComesFromTheCookie(t *testing.T) {
	t.Parallel()
	c := composer(t, Limits{})
	for cookie, want := range map[string]string{
		"": `<html lang="en">`, "light": `data-theme="light"`, "dark": `data-theme="dark"`, "system": `<html lang="en">`, `"><script>`: `<html lang="en">`, "DARK": `<html lang="en">`,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Cookie", web.ThemeCookie+"="+cookie)
		w := httptest.NewRecorder()
		if err := c.ServeHome(w, r, exchange()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(w.Body.String(), want) || strings.Contains(w.Body.String(), `"><script>`) {
			t.Errorf("theme %q: page begins with %.60q", cookie, w.Body)
		}
	}
}

// listed are assets of two plugins, of which one is the same.
type listed struct{}

func (listed) Of(plugin string, names []string) []web.Asset {
	var list []web.Asset
	for _, name := range names {
		asset := web.Asset{Href: "/assets/0/" + plugin + "/" + name, Integrity: "sha384-" + plugin + name, Type: web.TypeModule}
		if strings.HasSuffix(name, ".css") {
			asset.Type = web.TypeStylesheet
		}
		if name == "shared.js" {
			asset.Integrity = "sha384-same"
		}
		list = append(list, asset)
	}
	return list
}

func TestPagesNameTheAssetsOfTheirFragments(t *testing.T) {
	t.Parallel()
	home := func(name string, assets ...string) mount.Mounted {
		path := "/api/" + name + "/f"
		var declared []plugin.Asset
		for _, asset := range assets {
			declared = append(declared, plugin.Asset{Name: asset, ContentType: web.TypeModule, Path: path, Integrity: "sha384-" + strings.Repeat("A", 64)})
		}
		return mount.Mounted{State: mount.Ready, Backend: new(backend).on(path, htmlOf("x")), Manifest: plugin.Manifest{
			Name: name, Assets: declared, Routes: []plugin.Route{{Method: "GET", Pattern: path}},
			Pages:     []plugin.Page{{Path: "/" + name, Title: name}},
			Fragments: []plugin.Fragment{{ID: "f", Slot: HomeSlot, Path: path, Assets: assets}},
		}}
	}
	table := mount.NewTable(nil)
	if conflicts := table.Set([]mount.Mounted{home("one", "one.css", "shared.js"), home("two", "shared.js")}); len(conflicts) > 0 {
		t.Fatal(conflicts)
	}
	c := New(Params{Table: table, Logger: discard, Assets: listed{}})
	ask := serve(t, c)
	head, _, _ := strings.Cut(ask(http.MethodGet, "/").all(t), "</head>")
	for _, want := range []string{
		`<link rel="stylesheet" href="/assets/0/one/one.css" integrity="sha384-oneone.css">`,
		`<script type="module" async src="/assets/0/one/shared.js" integrity="sha384-same"></script>`,
	} {
		if !strings.Contains(head, want) {
			t.Errorf("the head lacks %s:\n%s", want, head)
		}
	}
	if strings.Contains(head, "/assets/0/two/") {
		t.Errorf("the same content twice:\n%s", head)
	}
	if page := ask(http.MethodGet, "/two").all(t); strings.Contains(page, "/assets/0/") {
		t.Error("a page without their fragments names assets")
	}
}

func TestFragmentsAreLogged(t *testing.T) {
	t.Parallel()
	b := new(backend).on("/f/good", htmlOf("<p>x</p>")).on("/f/bad", fails(fault.New(fault.Unavailable, ""))).on("/f/late", hangs)
	for level, want := range map[slog.Level][]string{
		slog.LevelDebug: {"bad failed 503 0 UNAVAILABLE", "good fresh 200 8 ", "late failed 504 0 TIMEOUT"},
		slog.LevelInfo:  {"bad failed 503 0 UNAVAILABLE", "late failed 504 0 TIMEOUT"},
	} {
		var log bytes.Buffer
		table := mount.NewTable(nil)
		table.Set([]mount.Mounted{catalog(b, plugin.Fragment{ID: "bad"}, plugin.Fragment{ID: "good"}, plugin.Fragment{ID: "late", Timeout: 20 * time.Millisecond})})
		// One fragment after the other: so do the lines come.
		c := New(Params{Table: table, Limits: Limits{MaxAtOnce: 1}, Logger: slog.New(logging.New(&log, logging.Options{Level: level}))})
		if _, _, err := get(t, c, "/catalog/main", exchange()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(log.String()) {
			var f struct {
				Plugin, Fragment, From, Code string
				Status, Bytes                int
				DurationMS                   float64 `json:"duration_ms"`
			}
			if err := json.Unmarshal([]byte(line), &f); err != nil || f.Plugin != "catalog" || f.DurationMS < 0 {
				t.Errorf("line %s: %v", line, err)
			}
			text, err := json.Marshal([]any{f.Status, f.Bytes})
			if err != nil {
				t.Fatal(err)
			}
			numbers := strings.ReplaceAll(strings.Trim(string(text), "[]"), ",", " ")
			got = append(got, f.Fragment+" "+f.From+" "+numbers+" "+f.Code)
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("level %s: lines of\n%q\nwant\n%q", level, got, want)
		}
	}
}

func TestGalleryShowsEveryElementAsAFragmentWould(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/_design", nil)
	if err := composer(t, Limits{}).ServeDesign(w, r, exchange()); err != nil {
		t.Fatal(err)
	}
	document, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	elements, ids, labels, headings := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for n := range document.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		elements[n.Data]++
		if n.Data == "h1" {
			headings++
		}
		for _, a := range n.Attr {
			if a.Key == "id" {
				ids[a.Val]++
			}
			if a.Key == "for" {
				labels[a.Val]++
			}
		}
	}
	for _, name := range []string{"button", "card", "table", "tree", "tabs", "dialog", "chart", "banner", "toast", "fragment", "input", "skeleton"} {
		if elements["databricks-"+name] == 0 {
			t.Errorf("no databricks-%s", name)
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d elements have the id %q", n, id)
		}
	}
	for id, n := range labels {
		if n != 1 || ids[id] != 1 {
			t.Errorf("%d labels are for the %d elements with the id %q", n, ids[id], id)
		}
	}
	if headings != 1 {
		t.Errorf("%d headings of the first rank", headings)
	}
}

func TestGalleryEndsWithItsReader(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	if err := composer(t, Limits{}).ServeDesign(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/_design", nil), exchange()); err == nil || w.Body.Len() > 0 {
		t.Errorf("%v with %d bytes", err, w.Body.Len())
	}
}
