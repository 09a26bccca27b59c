package main

import (
	"fmt"
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
	next := links(page)["Next"]
	if !strings.HasPrefix(next, "/catalog/c/s/t/data?limit=2&page_token=") || links(page)["First"] != "" || links(page)["Previous"] != "" {
		t.Errorf("links %v", links(page))
	}
	second := fragment(t, u, fragments+"/rows/c/s/t?"+queryOf(next))
	for _, name := range []string{"First", "Previous"} {
		if got := links(second)[name]; got != "/catalog/c/s/t/data?limit=2" {
			t.Errorf("%s page: %q", name, got)
		}
	}
	if !strings.Contains(text(second), "Rows 3 to 4") {
		t.Errorf("second page: %s", text(second))
	}
	third := fragment(t, u, fragments+"/rows/c/s/t?"+queryOf(links(second)["Next"]))
	if previous := fragment(t, u, fragments+"/rows/c/s/t?"+queryOf(links(third)["Previous"])); !strings.Contains(text(previous), "Rows 3 to 4") {
		t.Errorf("before the third page comes %s", text(previous))
	}
}

func queryOf(address string) string {
	_, query, _ := strings.Cut(address, "?")
	return query
}

func TestRowsAreSortedByLinks(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, table(intColumn+`,{"name":"it's","position":1,"type_text":"string","type_name":"STRING"}`))
	d.answers["POST "+statements] = answerJSON(200, `{"statement_id":"s1","status":{"state":"SUCCEEDED"},"manifest":{"schema":{"columns":[
		{"name":"n","type_text":"INT","type_name":"INT"},{"name":"it's","type_text":"STRING","type_name":"STRING"},{"name":"m","type_text":"MAP<INT,INT>","type_name":"MAP"}]}},
		"result":{"data_array":[["1","x","{}"],["2","y","{}"]]}}`)
	u := d.start(t, nil)
	page := fragment(t, u, fragments+"/rows/c/s/t?limit=1")
	if _, sorts := links(page)["m"]; sorts || links(page)["it's"] != "/catalog/c/s/t/data?limit=1&sort=it%27s" {
		t.Errorf("links %v", links(page))
	}
	for query, want := range map[string]struct{ sql, direction, next string }{
		"sort=it%27s":            {"ORDER BY `it's`, `n` LIMIT", "ascending", "order=desc&sort=it%27s"},
		"sort=it%27s&order=desc": {"ORDER BY `it's` DESC, `n` LIMIT", "descending", "sort=it%27s"},
	} {
		page := fragment(t, u, fragments+"/rows/c/s/t?limit=1&"+query)
		all := d.received("POST " + statements)
		if sql := all[len(all)-1].body; !strings.Contains(sql, want.sql) {
			t.Errorf("%s asked %s", query, sql)
		}
		if got := attribute(find(page, "th")[1], "aria-sort"); got != want.direction || !strings.HasSuffix(links(page)["it's"], "?limit=1&"+want.next) {
			t.Errorf("%s is %s, and then %s", query, got, links(page)["it's"])
		}
		// A token is for one order.
		wrong := strings.NewReplacer("sort=it%27s", "sort=n").Replace(queryOf(links(page)["Next"]))
		if w := (request{path: fragments + "/rows/c/s/t?" + wrong}).do(t, u); problemOf(t, w).Code != "INVALID_PAGE_TOKEN" {
			t.Errorf("another order took the token: %d", w.Code)
		}
	}
	for _, query := range []string{"sort=m", "sort=absent", "order=up"} {
		if w := (request{path: fragments + "/rows/c/s/t?" + query}).do(t, u); w.Code != 400 {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

const trips = `{"name":"t","catalog_name":"c","schema_name":"s","table_type":"MANAGED","owner":"ana","comment":"Trips","created_at":1700000000000,
	"row_filter":{"function_name":"c.s.mine","input_column_names":["driver"]},"properties":{"b":"2","spark.sql.statistics.numRows":"1204"},
	"columns":[{"name":"id","type_text":"bigint","type_name":"LONG","nullable":false,"comment":"key"},
		{"name":"fare","type_text":"decimal(10,2)","type_name":"DECIMAL","nullable":true,"mask":{"function_name":"c.s.hide","using_column_names":["driver"]}},
		{"name":"stops","type_text":"array<struct<Name:string,latitude:double,longitude:double>>","type_name":"ARRAY","nullable":true}]}`

func TestTableIsShownOnTabs(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "tables/c.s.t": answerJSON(200, trips)})
	u := d.start(t, nil)
	for tab, wants := range map[string][]string{
		"columns": {"BIGINT", "key", "DECIMAL(10,2)", "masked", "array<struct<Name:string"},
		"data":    {"A row filter decides which rows you see. A mask may hide what is in fare."},
		"details": {"2023-11-14 22:13 UTC", "c.s.mine(driver)", "Mask of fare", "c.s.hide(driver)", "1,204", "numRows"},
	} {
		page := fragment(t, u, fragments+"/"+tab+"/c/s/t")
		all := text(page)
		for _, want := range append(wants, "Trips", "owned by ana", "MANAGED", "c.s.t") {
			if !strings.Contains(all, want) {
				t.Errorf("%s lacks %q", tab, want)
			}
		}
		if h := find(page, "h1"); len(h) != 1 || text(h[0]) != "t" {
			t.Errorf("%s has %d headings", tab, len(h))
		}
		var current []string
		for _, a := range find(find(page, "databricks-tabs")[0], "a") {
			if attribute(a, "aria-current") == "page" {
				current = append(current, attribute(a, "href"))
			}
		}
		want := "/catalog/c/s/t"
		if tab != "columns" {
			want += "/" + tab
		}
		if len(current) != 1 || current[0] != want {
			t.Errorf("%s: the current tabs are %v", tab, current)
		}
	}
}

func TestListsAreSortedAndPagedByLinks(t *testing.T) {
	t.Parallel()
	var tables []string
	for i := range 250 {
		tables = append(tables, fmt.Sprintf(`{"name":"t%03d","owner":"%s","updated_at":%d}`, i, []string{"ben", "Ana"}[i%2], 250-i))
	}
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "tables": answerJSON(200, `{"tables":[`+strings.Join(tables, ",")+`]}`)})
	u := d.start(t, nil)
	for query, want := range map[string]struct {
		first, says string
		rows        int
		next        string
	}{
		"":                               {"t000", "1-100 of 250", 100, "?page=2"},
		"?page=3":                        {"t200", "201-250 of 250", 50, ""},
		"?page=99":                       {"t200", "201-250 of 250", 50, ""},
		"?page=-1":                       {"t000", "1-100 of 250", 100, "?page=2"},
		"?sort=name&order=desc&page=2":   {"t149", "101-200 of 250", 100, "?order=desc&page=3&sort=name"},
		"?sort=owner":                    {"t001", "1-100 of 250", 100, "?page=2&sort=owner"},
		"?sort=updated":                  {"t249", "1-100 of 250", 100, "?page=2&sort=updated"},
		"?sort=nothing&order=sideways":   {"t000", "1-100 of 250", 100, "?order=sideways&page=2&sort=nothing"},
		"?sort=%22%3E%3Cscript%3E&page=": {"t000", "1-100 of 250", 100, "?page=2&sort=%22%3E%3Cscript%3E"},
	} {
		page := fragment(t, u, fragments+"/tables/c/s"+query)
		rows := find(find(page, "tbody")[0], "tr")
		if len(rows) != want.rows || text(find(rows[0], "a")[0]) != want.first || !strings.Contains(text(page), want.says) {
			t.Errorf("%s: %d rows from %s", query, len(rows), text(rows[0]))
		}
		if got := strings.TrimPrefix(links(page)["Next"], "/catalog/c/s"); got != want.next {
			t.Errorf("%s goes on at %q, want %q", query, got, want.next)
		}
	}
}

func TestTreeIsOpenOnTheWayToThePage(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": answerJSON(200, `{"catalogs":[{"name":"main"},{"name":"other"}]}`),
		"GET " + uc + "schemas":  answerJSON(200, `{"schemas":[{"name":"s1"},{"name":"s 2"}]}`),
		"GET " + uc + "tables":   answerJSON(200, `{"tables":[{"name":"t1"},{"name":"v1","table_type":"VIEW"}]}`),
	})
	u := d.start(t, nil)
	for path, want := range map[string]string{
		"/tree":                           "[main] [other]",
		"/tree/main":                      "main* ([s1] [s 2]) [other]",
		"/tree/MAIN/s1":                   "main (s1* (t1 v1) [s 2]) [other]",
		"/tree/main/s1/v1":                "main (s1 (t1 v1*) [s 2]) [other]",
		"/tree/main/absent":               "main ([s1] [s 2]) [other]",
		"/branch?catalog=main":            "[s1] [s 2]",
		"/branch?catalog=main&schema=s+2": "t1 v1",
	} {
		page := fragment(t, u, fragments+path)
		if got := outline(find(page, "ul")[0]); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	page := fragment(t, u, fragments+"/tree/main?q=%22%3Ctrips")
	for _, li := range find(page, "li") {
		if source := attribute(li, "data-src"); text(li) == "s 2" && source != "/_fragment/unitycatalog/branch?catalog=main&schema=s+2" {
			t.Errorf("s 2 is loaded from %q", source)
		}
	}
	if value := attribute(find(page, "input")[0], "value"); value != `"<trips` {
		t.Errorf("the search holds %q", value)
	}
}

// outline writes a list: [name] can be loaded, name* is current, what is in something stands in brackets behind it.
func outline(list *html.Node) string {
	var all []string
	for li := range list.ChildNodes() {
		a := find(li, "a")[0]
		name := text(a)
		if attribute(a, "aria-current") == "page" {
			name += "*"
		}
		if attribute(li, "data-src") != "" {
			name = "[" + name + "]"
		}
		if below := find(li, "ul"); len(below) > 0 {
			name += " (" + outline(below[0]) + ")"
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

func TestTreeStandsWithoutWhatMayNotBeSeen(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": answerJSON(200, `{"catalogs":[{"name":"main"}]}`),
		"GET " + uc + "schemas":  answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have USE CATALOG on Catalog 'main'."}`),
	})
	if got := outline(find(fragment(t, d.start(t, nil), fragments+"/tree/main"), "ul")[0]); got != "[main*]" {
		t.Error(got)
	}
}

func TestLongLevelsOfTheTreeAreCut(t *testing.T) {
	t.Parallel()
	var catalogs []string
	for i := range 1300 {
		catalogs = append(catalogs, fmt.Sprintf(`{"name":"c%04d"}`, i))
	}
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": answerJSON(200, `{"catalogs":[`+strings.Join(catalogs, ",")+`]}`), "GET " + uc + "schemas": answerJSON(200, `{}`),
	})
	page := fragment(t, d.start(t, nil), fragments+"/tree/c0900")
	if n := len(find(page, "li")); n != 202 || links(page)["c0900"] == "" || links(page)["1,099 more"] != "/catalog" {
		t.Errorf("%d branches, the rest at %q", n, links(page)["1,099 more"])
	}
}

func TestFragmentsFailAsFaults(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "tables/c.s.t": answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have USE SCHEMA on Schema 'c.s'."}`),
	})
	u := d.start(t, nil)
	for path, status := range map[string]int{"/columns/c/s/t": 403, "/details/c/s/t": 403, "/permissions/c/s/t": 403, "/rows/c/s/t": 403, "/rows/c/s/t?limit=0": 400, "/columns/c/s/absent": 404} {
		p := problemOf(t, request{path: fragments + path}.do(t, u))
		if p.Status != status {
			t.Errorf("%s: %+v", path, p)
		}
		if want := "This needs USE SCHEMA on the schema c.s, which you don't have. Ask its owner or an administrator of the workspace to grant it to you."; status == 403 && (p.Detail != want || p.Code != "PERMISSION_DENIED") {
			t.Errorf("%s: %s %s", path, p.Code, p.Detail)
		}
	}
}
