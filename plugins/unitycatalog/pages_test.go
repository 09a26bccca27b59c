package main

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const fragments = "/api/unitycatalog/fragments"

// fragment gets a fragment and returns it as its links, its text, and its elements of a class.
func fragment(t *testing.T, u *unityCatalog, path string) *html.Node {
	t.Helper()
	w := request{path: path}.do(t, u)
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	node, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return node
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(text(c))
	}
	return strings.TrimSpace(b.String())
}

// find returns the elements of a name.
func find(n *html.Node, name string) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			found = append(found, d)
		}
	}
	return found
}

// links maps the text of links to their addresses.
func links(n *html.Node) map[string]string {
	found := map[string]string{}
	for _, a := range find(n, "a") {
		found[text(a)] = attribute(a, "href")
	}
	return found
}

const hostile = `<script>alert("x")</script>/..%2F?a=b#c`

func TestListsLinkToTheNextLevelAndEscape(t *testing.T) {
	t.Parallel()
	quoted := `"<script>alert(\"x\")</script>/..%2F?a=b#c"`
	escaped := "%3Cscript%3Ealert%28%22x%22%29%3C%2Fscript%3E%2F..%252F%3Fa=b%23c"
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": answerJSON(200, `{"catalogs":[{"name":`+quoted+`,"comment":`+quoted+`},{"name":"main"}]}`),
		"GET " + uc + "schemas":  answerJSON(200, `{"schemas":[{"name":`+quoted+`}]}`),
		"GET " + uc + "tables":   answerJSON(200, `{"tables":[{"name":`+quoted+`,"table_type":"MATERIALIZED_VIEW"}]}`),
	})
	u := d.start(t, nil)
	for path, want := range map[string]string{
		"/catalogs":       "/catalog/" + escaped,
		"/schemas/main":   "/catalog/main/" + escaped,
		"/tables/main/s1": "/catalog/main/s1/" + escaped,
		"/home":           "/catalog/" + escaped,
	} {
		page := fragment(t, u, fragments+path)
		if got := links(page)[hostile]; got != want {
			t.Errorf("%s links to %q, want %q", path, got, want)
		}
		if n := len(find(page, "script")); n != 0 {
			t.Errorf("%s has %d scripts", path, n)
		}
	}
	crumbs := links(fragment(t, u, fragments+"/tables/main/s1"))
	if crumbs["Catalog"] != "/catalog" || crumbs["main"] != "/catalog/main" {
		t.Errorf("breadcrumb %v", crumbs)
	}
	if got := links(fragment(t, u, fragments+"/home"))["main.samples"]; got != "/catalog/main/samples" {
		t.Errorf("home links the default schema to %q", got)
	}
}

func TestEmptyListsSayWhatToDo(t *testing.T) {
	t.Parallel()
	empty := answerJSON(200, `{}`)
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "catalogs": empty, "GET " + uc + "schemas": empty, "GET " + uc + "tables": empty})
	u := d.start(t, nil)
	for path, want := range map[string]string{"/catalogs": "USE CATALOG", "/schemas/c": "USE SCHEMA", "/tables/c/s": "SELECT", "/home": "no catalog"} {
		if page := fragment(t, u, fragments+path); !strings.Contains(text(page), want) {
			t.Errorf("%s: %s", path, text(page))
		}
	}
}

func TestRowsFragment(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 300)
	d := newDatabricks(t, table(intColumn))
	d.answers["POST "+statements] = answerJSON(200, `{"statement_id":"s1","status":{"state":"SUCCEEDED"},"manifest":{"schema":{"columns":[
		{"name":"n","type_text":"BIGINT","type_name":"LONG"},{"name":"s","type_text":"STRING","type_name":"STRING"}]}},
		"result":{"data_array":[["1",null],[null,"<b>`+long+`"],["3","x"]]}}`)
	u := d.start(t, nil)
	page := fragment(t, u, fragments+"/rows/c/s/t?limit=2")
	cells := find(page, "td")
	if len(cells) != 4 {
		t.Fatalf("%d cells, want 4", len(cells))
	}
	for i, want := range []struct{ class, text string }{{"number", "1"}, {"null", "NULL"}, {"number null", "NULL"}, {"truncate", "<b>" + long[:2*197] + "…"}} {
		if class := attribute(cells[i], "class"); class != want.class || text(cells[i]) != want.text {
			t.Errorf("cell %d: class %q, text %q, want %+v", i, class, text(cells[i]), want)
		}
	}
	if title := attribute(cells[3], "title"); title != "<b>"+long {
		t.Errorf("title %q", title)
	}
	next := links(page)["Next page"]
	if !strings.HasPrefix(next, "/catalog/c/s/t?limit=2&page_token=") || links(page)["First page"] != "" {
		t.Errorf("links %v", links(page))
	}
	_, query, _ := strings.Cut(strings.TrimSuffix(next, "#rows"), "?")
	second := fragment(t, u, fragments+"/rows/c/s/t?"+query)
	if got := links(second)["First page"]; got != "/catalog/c/s/t?limit=2#rows" {
		t.Errorf("first page: %q", got)
	}
	if !strings.Contains(text(second), "Rows 3 to 4") {
		t.Errorf("second page: %s", text(second))
	}
}

func TestTableFragment(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "tables/c.s.t": answerJSON(200, `{
		"name":"t","catalog_name":"c","schema_name":"s","table_type":"MANAGED","owner":"ana","comment":"Trips","created_at":1700000000000,
		"properties":{"b":"2","a":"1"},"columns":[{"name":"id","type_text":"bigint","type_name":"LONG","nullable":false,"comment":"key"}]}`)})
	page := fragment(t, d.start(t, nil), fragments+"/table/c/s/t")
	all := text(page)
	for _, want := range []string{"Trips", "bigint", "key", "ana", "2023-11-14 22:13 UTC", "MANAGED"} {
		if !strings.Contains(all, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if h := find(page, "h1"); len(h) != 1 || text(h[0]) != "t" {
		t.Errorf("%d headings", len(h))
	}
}

func TestFragmentsFailAsFaults(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "tables/c.s.t": answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have SELECT on Table 'c.s.t'."}`),
	})
	u := d.start(t, nil)
	for path, status := range map[string]int{"/table/c/s/t": 403, "/rows/c/s/t": 403, "/rows/c/s/t?limit=0": 400, "/table/c/s/absent": 404} {
		if w := (request{path: fragments + path}).do(t, u); problemOf(t, w).Status != status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
