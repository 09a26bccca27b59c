package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"corbel.example/e2e/stack"
	"corbel.example/sdk/fault"
)

const api = "/api/unitycatalog"

// object is an entry of one of the catalog's lists.
type object struct {
	Name string `json:"name"`
}

// rowPage is a page of rows.
type rowPage struct {
	Columns []struct {
		Name     string `json:"name"`
		TypeText string `json:"type_text"`
	} `json:"columns"`
	Rows          [][]json.RawMessage `json:"rows"`
	NextPageToken string              `json:"next_page_token"`
}

// result is a statement's result.
type result struct {
	ID   string              `json:"statement_id"`
	Rows [][]json.RawMessage `json:"rows"`
}

// names returns the names in one of the lists: names(t, v, "/catalogs", "catalogs").
func names(t *testing.T, v *stack.Visitor, path, list string) []string {
	t.Helper()
	lists := decode[map[string]json.RawMessage](t, get(t, v, http.StatusOK, api+path))
	var objects []object
	if err := json.Unmarshal(lists[list], &objects); err != nil {
		t.Fatalf("%s has no list %s: %v", path, list, err)
	}
	var all []string
	for _, o := range objects {
		all = append(all, o.Name)
	}
	return all
}

func tablePath(parts ...string) string {
	path := api
	for i, kind := range []string{"/catalogs/", "/schemas/", "/tables/"} {
		path += kind + url.PathEscape(parts[i])
	}
	return path
}

func TestCatalogToRows(t *testing.T) {
	t.Parallel()
	v := as(t, ana)
	if got := names(t, v, "/catalogs", "catalogs"); !slices.Contains(got, "samples") || !slices.Contains(got, "main") {
		t.Fatalf("catalogs %v: want samples and main among them", got)
	}
	if got := names(t, v, "/catalogs/samples/schemas", "schemas"); !slices.Contains(got, "science") {
		t.Fatalf("schemas of samples %v: want science among them", got)
	}
	if got := names(t, v, "/catalogs/samples/schemas/science/tables", "tables"); !slices.Contains(got, "penguins") {
		t.Fatalf("tables of samples.science %v: want penguins among them", got)
	}
	table := decode[struct {
		Owner   string `json:"owner"`
		Comment string `json:"comment"`
		Columns []struct {
			Name     string `json:"name"`
			TypeText string `json:"type_text"`
		} `json:"columns"`
	}](t, get(t, v, http.StatusOK, tablePath("samples", "science", "penguins")))
	if table.Owner == "" || table.Comment == "" || len(table.Columns) < 5 {
		t.Errorf("samples.science.penguins is %+v: want an owner, a comment and its columns", table)
	}
	for _, c := range table.Columns {
		if c.Name == "" || c.TypeText == "" {
			t.Errorf("column %+v has no name or no type", c)
		}
	}
}

func TestPagesOfRowsAreTheWholeTable(t *testing.T) {
	t.Parallel()
	v := as(t, ana)
	rows := tablePath("samples", "science", "penguins") + "/rows"
	whole := decode[rowPage](t, get(t, v, http.StatusOK, rows+"?limit=1000"))
	if len(whole.Rows) < 100 || whole.NextPageToken != "" {
		t.Fatalf("%d rows in one page of 1000, next page %q: want all of some hundred", len(whole.Rows), whole.NextPageToken)
	}

	var paged [][]json.RawMessage
	token, pages := "", 0
	for {
		page := decode[rowPage](t, get(t, v, http.StatusOK, rows+"?limit=50&page_token="+url.QueryEscape(token)))
		paged = append(paged, page.Rows...)
		pages++
		if token = page.NextPageToken; token == "" || pages > len(whole.Rows) {
			break
		}
	}
	if want := (len(whole.Rows) + 49) / 50; pages != want {
		t.Errorf("%d pages of 50 for %d rows, want %d", pages, len(whole.Rows), want)
	}
	if asJSON(t, paged) != asJSON(t, whole.Rows) {
		t.Error("the pages together are not the table")
	}
	if !strings.Contains(asJSON(t, whole.Rows), "null") {
		t.Error("no NULL among the penguins: the data has some, and they must stay null")
	}
	if first := decode[rowPage](t, get(t, v, http.StatusOK, rows)); len(first.Rows) != 100 {
		t.Errorf("%d rows without a limit, want 100", len(first.Rows))
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStatementsTakeTypedParameters(t *testing.T) {
	t.Parallel()
	hostile := `x'; DROP TABLE samples.science.penguins; --`
	body := asJSON(t, map[string]any{
		"statement": "SELECT :text AS text, :number + 1 AS number, CAST(:nothing AS STRING) AS nothing, :day AS day",
		"parameters": []map[string]any{
			{"name": "text", "value": hostile},
			{"name": "number", "value": 41},
			{"name": "nothing", "value": nil},
			{"name": "day", "type": "DATE", "value": "2024-02-29"},
		},
	})
	got := decode[result](t, post(t, as(t, ana), http.StatusOK, api+"/query", body))
	if want := asJSON(t, [][]any{{hostile, 42, nil, "2024-02-29"}}); asJSON(t, got.Rows) != want {
		t.Errorf("rows %s, want %s", asJSON(t, got.Rows), want)
	}
}

func TestUsersSeeOnlyWhatIsTheirs(t *testing.T) {
	t.Parallel()
	everything := names(t, as(t, ana), "/catalogs/samples/schemas", "schemas")
	some := names(t, as(t, ben), "/catalogs/samples/schemas", "schemas")
	if len(some) == 0 || len(some) >= len(everything) {
		t.Errorf("ben sees %v of %v: want some and not all", some, everything)
	}
	if got := names(t, as(t, cleo), "/catalogs", "catalogs"); len(got) > 0 {
		t.Errorf("cleo sees %v: want nothing", got)
	}
	for _, schema := range everything {
		if slices.Contains(some, schema) {
			continue
		}
		refused := post(t, as(t, ben), http.StatusForbidden, api+"/query", asJSON(t, map[string]string{"statement": "SHOW TABLES IN samples." + schema}))
		if problem := decode[fault.Problem](t, refused); problem.Code == "" || problem.Code == "FORBIDDEN" {
			t.Errorf("ben is refused %s with code %q: want Databricks' error class", schema, problem.Code)
		}
	}
	a, err := as(t, cleo).Get(t.Context(), tablePath("samples", "science", "penguins")+"/rows")
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
		t.Errorf("cleo reads the penguins: status %d: %.300s", a.Status, a.Body)
	}
}

func TestStatementsOfOthersAreNotThere(t *testing.T) {
	t.Parallel()
	mine := decode[result](t, post(t, as(t, ana), http.StatusOK, api+"/query", `{"statement": "SELECT 1"}`))
	if mine.ID == "" {
		t.Fatal("the result has no statement id")
	}
	get(t, as(t, ana), http.StatusOK, api+"/statements/"+mine.ID)
	get(t, as(t, ben), http.StatusNotFound, api+"/statements/"+mine.ID)
	get(t, as(t, ben), http.StatusNotFound, api+"/statements/"+mine.ID+"/chunks/0")
	post(t, as(t, ben), http.StatusNotFound, api+"/statements/"+mine.ID+"/cancel", "")
}

func TestPageTokensBelongToOneUserAndTable(t *testing.T) {
	t.Parallel()
	page := decode[rowPage](t, get(t, as(t, ana), http.StatusOK, tablePath("samples", "science", "penguins")+"/rows?limit=10"))
	if page.NextPageToken == "" {
		t.Fatal("no second page")
	}
	token := "?limit=10&page_token=" + url.QueryEscape(page.NextPageToken)
	get(t, as(t, ana), http.StatusBadRequest, tablePath("samples", "science", "earthquakes")+"/rows"+token)
	for _, broken := range []string{"x", page.NextPageToken[:len(page.NextPageToken)/2], page.NextPageToken + "A", "%00", strings.Repeat("A", 5000)} {
		a := get(t, as(t, ana), http.StatusBadRequest, tablePath("samples", "science", "penguins")+"/rows?page_token="+url.QueryEscape(broken))
		if problem := decode[fault.Problem](t, a); !strings.Contains(problem.Detail, "page") {
			t.Errorf("a broken page token gets %q: want what to do", problem.Detail)
		}
	}
}

// Names hold whatever Databricks allows. They must reach the right table, and never become SQL.
func TestTablesWithAwkwardNames(t *testing.T) {
	t.Parallel()
	v := as(t, ana)
	for i, name := range []string{
		"it's", `say"hi"`, "back`tick", "semi;colon", "żółw🐢", "a';DROP-TABLE-kept;--", "percent%2Cescape", "select", "UPPERlower", "question?mark#hash", "<b>bold<b>", "a+b&c=d",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quoted := "main.samples.`" + strings.ReplaceAll(name, "`", "``") + "`"
			post(t, v, http.StatusOK, api+"/query", asJSON(t, map[string]string{"statement": "CREATE OR REPLACE TABLE " + quoted + " AS SELECT " + strconv.Itoa(i) + " AS n"}))
			page := decode[rowPage](t, get(t, v, http.StatusOK, tablePath("main", "samples", name)+"/rows"))
			if got, want := asJSON(t, page.Rows), "[["+strconv.Itoa(i)+"]]"; got != want {
				t.Errorf("rows %s, want %s", got, want)
			}
			html := get(t, v, http.StatusOK, "/catalog/main/samples/"+url.PathEscape(name), "Accept", "text/html")
			if strings.Contains(html.Body, "<b>bold") {
				t.Error("the page has the name as markup")
			}
		})
	}
	// Unity Catalog takes no dots, slashes, spaces and control characters; asking for them must harm nothing either.
	for _, absent := range []string{"../penguins", "a/b", "a.b", "penguins` WHERE 1=1", "\x00", strings.Repeat("n", 300)} {
		a, err := v.Get(t.Context(), tablePath("samples", "science", absent))
		if err != nil {
			t.Fatal(err)
		}
		if a.Status < 400 || a.Status >= 500 {
			t.Errorf("table %.40q: status %d, want a refusal: %.300s", absent, a.Status, a.Body)
		}
	}
}
