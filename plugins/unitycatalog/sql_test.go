package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// sqlForm sends the SQL page's form, and returns where it leads.
func sqlForm(t *testing.T, u *unityCatalog, user, path string, values url.Values) *url.URL {
	t.Helper()
	w := request{
		method: http.MethodPost, path: "/api/unitycatalog/sql/" + path, body: values.Encode(), user: user,
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}.do(t, u)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	address, err := url.Parse(w.Header().Get("Location"))
	if err != nil || address.Path != "/sql" {
		t.Fatalf("leads to %q", w.Header().Get("Location"))
	}
	return address
}

// external is a result of n rows, in chunks of size rows, behind links to the fake itself.
func external(d *databricks, id string, n, size int) {
	var chunks []string
	for from := 0; from < n; from += size {
		index, count := from/size, min(size, n-from)
		chunks = append(chunks, fmt.Sprintf(`{"chunk_index":%d,"row_offset":%d,"row_count":%d}`, index, from, count))
		next := ""
		if from+size < n {
			next = fmt.Sprintf(`,"next_chunk_index":%d`, index+1)
		}
		d.answers[fmt.Sprintf("GET %s/%s/result/chunks/%d", statements, id, index)] = func(w http.ResponseWriter, r *http.Request) {
			answerJSON(200, fmt.Sprintf(`{"external_links":[{"chunk_index":%d,"external_link":"%s/storage/%s/%d"%s}]}`, index, d.URL, id, index, next))(w, r)
		}
		var rows []string
		for i := from; i < from+count; i++ {
			rows = append(rows, fmt.Sprintf(`["%d","name \"%d\", é",%s]`, i, (i*7)%n, []string{"null", `"<b>"`}[i%2]))
		}
		d.answers[fmt.Sprintf("GET /storage/%s/%d", id, index)] = answerJSON(200, "["+strings.Join(rows, ",\n")+"]")
	}
	d.answers["GET "+statements+"/"+id] = answerJSON(200, fmt.Sprintf(`{"statement_id":%q,"status":{"state":"SUCCEEDED"},"manifest":{"total_row_count":%d,
		"total_chunk_count":%d,"chunks":[%s],"schema":{"columns":[{"name":"n","type_text":"BIGINT","type_name":"LONG"},{"name":"s","type_text":"STRING","type_name":"STRING"},
		{"name":"x","type_text":"STRING","type_name":"STRING"}]}},"result":{}}`, id, n, len(chunks), strings.Join(chunks, ",")))
}

const submitted = `{"statement_id":"s1","status":{"state":"PENDING"}}`

func TestSQLPageRunsAndPagesAndSorts(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: answerJSON(200, submitted)})
	external(d, "s1", 250, 60)
	u := d.start(t, nil)
	address := sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT *\r\nFROM t"}, "catalog": {"c"}, "schema": {"s"}, "limit": {"100000"}})
	if got := address.Query(); got.Get("run") != "s1" || got.Get("statement") != "SELECT *\nFROM t" {
		t.Errorf("leads to %s", address)
	}
	var sent map[string]any
	if err := json.Unmarshal([]byte(d.await(t, "POST "+statements).body), &sent); err != nil {
		t.Fatal(err)
	}
	if sent["disposition"] != "EXTERNAL_LINKS" || sent["wait_timeout"] != "0s" || sent["catalog"] != "c" || sent["row_limit"] != 100000.0 {
		t.Errorf("sent %v", sent)
	}
	first := func(query string) string {
		page := fragment(t, u, fragments+"/sql-result?run=s1"+query)
		rows := find(page, "tr")
		return text(rows[1]) + " .. " + text(rows[len(rows)-1]) + " of " + fmt.Sprint(len(rows)-1)
	}
	for query, want := range map[string]string{
		"":                            `0name "0", éNULL .. 99name "193", é<b> of 100`,
		"&from=100":                   `100name "200", éNULL .. 199name "143", é<b> of 100`,
		"&from=240":                   `240name "180", éNULL .. 249name "243", é<b> of 10`,
		"&sort=0&order=desc":          `249name "243", é<b> .. 150name "50", éNULL of 100`,
		"&sort=0&order=desc&from=200": `49name "93", é<b> .. 0name "0", éNULL of 50`,
		"&sort=2&from=249":            `248name "236", éNULL .. 248name "236", éNULL of 1`,
	} {
		if got := first(query); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	for _, s := range d.received("GET /storage/s1/0") {
		if s.token != "" {
			t.Fatal("the user's token was sent to the storage")
		}
	}
	// Another user has neither the run nor its text.
	d.mu.Lock()
	d.answers["GET "+statements+"/s1"] = answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"not yours"}`)
	d.mu.Unlock()
	w := request{path: fragments + "/sql-result?run=s1", user: "ben"}.do(t, u)
	if w.Code != 200 || !strings.Contains(w.Body.String(), "no such statement of yours") {
		t.Errorf("ben sees %d %s", w.Code, w.Body)
	}
	if w := (request{path: fragments + "/sql-editor?run=s1", user: "ben"}).do(t, u); strings.Contains(w.Body.String(), "FROM t") {
		t.Error("ben sees ana's statement")
	}
}

func TestCSVIsTheWholeResult(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{})
	external(d, "s1", 7, 3)
	u := d.start(t, nil)
	w := request{path: "/api/unitycatalog/statements/s1/csv"}.do(t, u)
	want := "n,s,x\r\n0,\"name \"\"0\"\", é\",\r\n1,\"name \"\"0\"\", é\",<b>\r\n"
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), want) || strings.Count(w.Body.String(), "\r\n") != 8 || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	if w := (request{path: "/api/unitycatalog/statements/s1/rows/4/columns/1"}).do(t, u); w.Body.String() != `name "0", é` {
		t.Errorf("the cell is %q", w.Body)
	}
	for _, cell := range []string{"rows/7/columns/0", "rows/0/columns/3", "rows/-1/columns/0"} {
		if w := (request{path: "/api/unitycatalog/statements/s1/" + cell}).do(t, u); w.Code != 404 {
			t.Errorf("%s: %d", cell, w.Code)
		}
	}
	// A chunk that breaks off must not look like the end.
	d.mu.Lock()
	d.answers["GET /storage/s1/1"] = answerJSON(200, `[["3","x",null],["4`)
	d.mu.Unlock()
	defer func() {
		if recover() != http.ErrAbortHandler { //nolint:errorlint // what panics is the value itself
			t.Error("a result that broke off was ended as if it were whole")
		}
	}()
	request{path: "/api/unitycatalog/statements/s1/csv"}.do(t, u)
}

func TestSQLErrorsAreExplainedAndUnderlined(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements: answerJSON(200, submitted),
		"GET " + statements + "/s1": answerJSON(200, `{"statement_id":"s1","status":{"state":"FAILED","error":{"error_code":"BAD_REQUEST",
			"message":"[PARSE_SYNTAX_ERROR] Syntax error at or near 'FORM'. SQLSTATE: 42601 (line 2, pos 3)\n\n== SQL ==\n"}}}`),
	})
	u := d.start(t, nil)
	sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT '😀'\n,* FORM <t>"}})
	page := request{path: fragments + "/sql-result?run=s1"}.do(t, u).Body.String()
	for _, want := range []string{"PARSE_SYNTAX_ERROR", `data-error-start="15" data-error-end="19"`, "Line 2", "&lt;", "<u>FORM</u>", "request-1", "Check the spelling"} {
		if !strings.Contains(page, want) {
			t.Errorf("the result lacks %q: %s", want, page)
		}
	}
	editor := request{path: fragments + "/sql-editor?run=s1"}.do(t, u).Body.String()
	if !strings.Contains(editor, `data-error-start="15"`) || !strings.Contains(editor, "FORM &lt;t&gt;") {
		t.Error(editor)
	}
}

func TestParametersAreFoundAndAskedFor(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: answerJSON(200, submitted)})
	u := d.start(t, nil)
	values := url.Values{"statement": {"SELECT :a, :b, ':c' -- :d"}}
	address := sqlForm(t, u, "", "run", values)
	page := fragment(t, u, fragments+"/sql-result?"+address.RawQuery)
	if !strings.Contains(text(page), "was not run") || len(d.received("POST "+statements)) != 0 {
		t.Error(text(page))
	}
	editor := request{path: fragments + "/sql-editor?" + address.RawQuery}.do(t, u).Body.String()
	for _, want := range []string{`name="p.a"`, `name="t.b"`, `name="n.b"`} {
		if !strings.Contains(editor, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	if strings.Contains(editor, `name="p.c"`) || strings.Contains(editor, `name="p.d"`) {
		t.Error("what stands in a string or comment was taken for a parameter")
	}
	values.Set("p.a", "")
	values.Set("p.b", "")
	values.Set("t.b", "DATE")
	address = sqlForm(t, u, "", "run", values)
	if editor := (request{path: fragments + "/sql-editor?" + address.RawQuery}).do(t, u).Body.String(); !strings.Contains(editor, `type="date"`) || !strings.Contains(editor, "choose NULL for none") {
		t.Error(editor)
	}
	values.Set("n.b", "1")
	sqlForm(t, u, "", "run", values)
	if sent := d.await(t, "POST "+statements).body; !strings.Contains(sent, `[{"name":"a","value":"","type":"STRING"},{"name":"b","type":"DATE"}]`) {
		t.Errorf("sent %s", sent)
	}
	if w := (request{path: fragments + "/sql-controls?name=x&p.x=%3Cb%3E"}).do(t, u); !strings.Contains(w.Body.String(), `name="p.x" value="&lt;b&gt;"`) {
		t.Error(w.Body.String())
	}
}

func TestTextsTooLongForALinkStillRun(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: answerJSON(200, submitted)})
	external(d, "s1", 1, 1)
	u := d.start(t, nil)
	long := "SELECT 1 -- " + strings.Repeat("x", 1_000_000)
	address := sqlForm(t, u, "", "run", url.Values{"statement": {long}})
	if address.RawQuery != "run=s1" {
		t.Errorf("leads to %.200s", address)
	}
	if editor := (request{path: fragments + "/sql-editor?run=s1"}).do(t, u).Body.String(); !strings.Contains(editor, "too long for a link") || !strings.Contains(editor, long) {
		t.Error("the text is gone")
	}
	w := request{
		method: http.MethodPost, path: "/api/unitycatalog/sql/run", body: url.Values{"statement": {long + long}}.Encode(),
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	}.do(t, u)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MB: %d", w.Code)
	}
}

func TestRunningStatementsAreFollowedAndCancelled(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements: answerJSON(200, submitted), "GET " + statements + "/s1": answerJSON(200, submitted),
		"GET /api/2.0/sql/warehouses/wh": answerJSON(200, `{"state":"STARTING"}`),
	})
	d.answers["POST "+statements+"/s1/cancel"] = func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		d.answers["GET "+statements+"/s1"] = answerJSON(200, `{"statement_id":"s1","status":{"state":"CANCELED"}}`)
		d.mu.Unlock()
		answerJSON(200, `{}`)(w, r)
	}
	u := d.start(t, nil)
	sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT 1"}})
	page := request{path: fragments + "/sql-result?run=s1"}.do(t, u).Body.String()
	for _, want := range []string{"The SQL warehouse is starting", `action="/api/unitycatalog/sql/cancel"`, `loading="eager"`, "PENDING"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %s", want, page)
		}
	}
	address := sqlForm(t, u, "", "cancel", url.Values{"run": {"s1"}})
	if got := text(fragment(t, u, fragments+"/sql-result?"+address.RawQuery)); !strings.Contains(got, "was cancelled") {
		t.Error(got)
	}
}

func TestChartsAreChosenByTheColumns(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{})
	u := d.start(t, nil)
	column := func(name, kind string) string {
		return fmt.Sprintf(`{"name":%q,"type_text":%q,"type_name":%q}`, name, kind, kind)
	}
	for name, tt := range map[string]struct{ columns, rows, want string }{
		"line":      {column("d", "DATE") + "," + column("n", "INT"), `[["2024-02-02","2"],["2024-02-01","1"],[null,"4"]]`, "Line chart"},
		"bar":       {column("s", "STRING") + "," + column("n", "DOUBLE"), `[["a","2"],[null,"1.5"],["b",null]]`, "Bar chart"},
		"scatter":   {column("m", "INT") + "," + column("n", "INT"), `[["1","2"],["2","4"],["3",null]]`, "Scatter chart"},
		"histogram": {column("n", "LONG"), `[["1"],["2"],[null]]`, "Histogram"},
		"none":      {column("s", "STRING"), `[["x"],["y"],["z"]]`, "Nothing to draw"},
	} {
		d.mu.Lock()
		d.answers["GET "+statements+"/"+name] = answerJSON(200, `{"statement_id":"`+name+`","status":{"state":"SUCCEEDED"},"manifest":{"total_row_count":3,"schema":{"columns":[`+tt.columns+`]}}}`)
		d.answers["GET "+statements+"/"+name+"/result/chunks/0"] = answerJSON(200, `{"data_array":`+tt.rows+`}`)
		d.mu.Unlock()
		w := request{path: fragments + "/sql-result?view=chart&run=" + name}.do(t, u)
		if w.Code != 200 || !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := (request{path: "/api/unitycatalog/statements/line/points?kind=line&x=0&y=1"}).do(t, u); !strings.Contains(w.Body.String(), `"times":true,"x":[1.7067456e+09,1.706832e+09]`) {
		t.Error(w.Body.String())
	}
}

func TestASessionThatEndedKeepsTheText(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: answerJSON(401, `{"error_code":"UNAUTHENTICATED","message":"expired"}`)})
	u := d.start(t, nil)
	address := sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT 'kept'"}})
	if got := text(fragment(t, u, fragments+"/sql-result?"+address.RawQuery)); !strings.Contains(got, "Your session has ended") {
		t.Error(got)
	}
	if got := text(fragment(t, u, fragments+"/sql-editor?"+address.RawQuery)); !strings.Contains(got, "SELECT 'kept'") {
		t.Error(got)
	}
}
