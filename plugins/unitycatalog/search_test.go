package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// searchable is a workspace of two catalogs, one of which may not be read.
func searchable() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": answerJSON(200, `{"catalogs":[{"name":"trips_eu","comment":"Europe"},{"name":"other"}]}`),
		"GET " + uc + "schemas": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("catalog_name") == "other" {
				answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"no"}`)(w, r)
				return
			}
			answerJSON(200, `{"schemas":[{"name":"s"},{"name":"information_schema"}]}`)(w, r)
		},
		"GET " + uc + "tables": answerJSON(200, `{"tables":[{"name":"Trips","table_type":"VIEW"},{"name":"more_trips","columns":[{"name":"trips","type_text":"bigint"},{"name":"n"}]}]}`),
	}
}

// matches returns what the table of matches lists: "kind name in".
func matches(page *html.Node) []string {
	var all []string
	for _, body := range find(page, "tbody") {
		for _, row := range find(body, "tr") {
			cells := find(row, "td")
			all = append(all, text(cells[1])+" "+text(find(cells[0], "a")[0])+" "+text(cells[2]))
		}
	}
	return all
}

func TestSearchFindsNamesOfEveryLevel(t *testing.T) {
	t.Parallel()
	u := newDatabricks(t, searchable()).start(t, nil)
	for query, want := range map[string]string{
		"TRIPS":       "view Trips trips_eu.s, column trips trips_eu.s.more_trips, catalog trips_eu , table more_trips trips_eu.s",
		"s.more":      "table more_trips trips_eu.s",
		"n":           "column n trips_eu.s.more_trips",
		"no+such":     "",
		"information": "",
	} {
		page := fragment(t, u, fragments+"/search?q="+query)
		if got := strings.Join(matches(page), ", "); got != want {
			t.Errorf("%s found %s, want %s", query, got, want)
		}
		if all := text(page); want == "" && !strings.Contains(all, "Nothing found") || strings.Contains(all, "There may be more") {
			t.Errorf("%s: %s", query, all)
		}
	}
	page := fragment(t, u, fragments+"/search?q=trips")
	if got := links(page)["trips_eu.s.more_trips"]; got != "/catalog/trips_eu/s/more_trips" {
		t.Errorf("a column leads to %q", got)
	}
}

func TestSearchSaysWhenItStopped(t *testing.T) {
	t.Parallel()
	var schemas, tables []string
	for i := range 400 {
		schemas = append(schemas, fmt.Sprintf(`{"name":"s%d"}`, i))
		tables = append(tables, fmt.Sprintf(`{"name":"t%d"}`, i))
	}
	many := searchable()
	many["GET "+uc+"schemas"] = answerJSON(200, `{"schemas":[`+strings.Join(schemas, ",")+`]}`)
	broken := searchable()
	broken["GET "+uc+"tables"] = answerJSON(400, `{"error_code":"INVALID_STATE","message":"no"}`)
	crowded := searchable()
	crowded["GET "+uc+"tables"] = answerJSON(200, `{"tables":[`+strings.Join(tables, ",")+`]}`)
	for name, tt := range map[string]struct {
		answers map[string]http.HandlerFunc
		query   string
		most    int
	}{"too many schemas": {many, "more_t", 300}, "a part that fails": {broken, "trips", 1}, "too many matches": {crowded, "t", 100}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabricks(t, tt.answers)
			page := fragment(t, d.start(t, nil), fragments+"/search?q="+tt.query)
			if n := len(matches(page)); !strings.Contains(text(page), "There may be more") || n == 0 || n > min(tt.most, 100) {
				t.Errorf("%d matches: %.300s", n, text(page))
			}
			if n := len(d.received("GET " + uc + "tables")); n > 300 {
				t.Errorf("%d schemas were read", n)
			}
		})
	}
}

func TestSearchWithoutTextAsksForOne(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, searchable())
	u := d.start(t, nil)
	for _, query := range []string{"", "?q=", "?q=%20%20"} {
		if page := text(fragment(t, u, fragments+"/search"+query)); !strings.Contains(page, "What are you looking for?") {
			t.Errorf("%s: %s", query, page)
		}
	}
	if n := len(d.received("GET " + uc + "tables")); n != 0 {
		t.Errorf("%d schemas were read for nothing", n)
	}
	if w := (request{path: fragments + "/search?q=" + strings.Repeat("x", 256)}).do(t, u); w.Code != 400 {
		t.Errorf("a long text: %d", w.Code)
	}
}

// The page of the search takes the address of a catalog of this name, which must be reached all the same.
func TestCatalogNamedSearchHasItsPage(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, searchable())
	d.answers["GET "+uc+"catalogs"] = answerJSON(200, `{"catalogs":[{"name":"search"}]}`)
	page := fragment(t, d.start(t, nil), fragments+"/search")
	if got := links(page)["s"]; got != "/catalog/search/s" {
		t.Errorf("schemas of search: %v", links(page))
	}
}

func TestSearchEscapesWhatItWasAskedFor(t *testing.T) {
	t.Parallel()
	page := fragment(t, newDatabricks(t, searchable()).start(t, nil), fragments+"/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E")
	if len(find(page, "script")) > 0 || !strings.Contains(text(page), "<script>alert(1)</script>") {
		t.Error(text(page))
	}
}
