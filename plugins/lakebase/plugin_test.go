package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/plugins/lakebase/internal/postgrestest"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/sdktest"
)

var server *postgrestest.Server

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m, &server)) }

// caller is the test's own header that says who calls: it stands for the platform's proxy.
const caller = "Test-Caller"

func configuration(t *testing.T) json.RawMessage {
	t.Helper()
	s := server.Database(t)
	raw, err := json.Marshal(map[string]any{
		"database_host": s.Host, "database_port": s.Port, "database": s.Name, "database_user": s.User, "database_token": server.Password, "ssl_mode": "disable",
		"acquire_timeout": "20s", "statement_timeout": "20s", "min_connections": 0, "max_connections": 5, "history_limit": 5,
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func start(t *testing.T) *client {
	t.Helper()
	h := sdktest.Start(t, &lakebase{}, sdktest.Options{Config: configuration(t), Caller: func(r *http.Request) identity.User {
		return identity.User{ID: r.Header.Get(caller), Email: r.Header.Get(caller) + "@example.com"}
	}})
	return &client{t: t, url: h.URL, user: "ana"}
}

// client calls the API as a user.
type client struct {
	t         *testing.T
	url, user string
}

func (c *client) as(user string) *client { return &client{t: c.t, url: c.url, user: user} }

type response struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

func (c *client) do(method, path, body string, header ...string) response {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/api/lakebase"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set(caller, c.user)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	out := response{status: answer.StatusCode, header: answer.Header, body: string(text)}
	if bytes.HasPrefix(text, []byte("{")) {
		if err := json.Unmarshal(text, &out.json); err != nil {
			c.t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return out
}

// field is the first refused field of a problem.
func (r response) field() string {
	list, _ := r.json["errors"].([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(map[string]any)
	path, _ := first["path"].(string)
	return path
}

func TestConformance(t *testing.T) {
	t.Parallel()
	sdktest.Conformance(t, func() plugin.Plugin { return &lakebase{} }, sdktest.Options{Config: configuration(t)})
}

func TestPreferencesOverHTTP(t *testing.T) {
	t.Parallel()
	c := start(t)
	if r := c.do("GET", "/preferences", ""); r.status != 200 || r.body != "{}\n" || r.header.Get("ETag") != `"0"` {
		t.Errorf("before: %d %q %s", r.status, r.body, r.header.Get("ETag"))
	}
	if r := c.do("PUT", "/preferences", `{"theme":"dark","page_size":50}`, "If-Match", `"0"`); r.status != 200 || r.header.Get("ETag") != `"1"` {
		t.Errorf("put: %d %s", r.status, r.body)
	}
	if r := c.do("PATCH", "/preferences", `{"theme":null,"default_schema":"x"}`, "Content-Type", "application/merge-patch+json"); r.status != 200 ||
		r.body != `{"page_size":50,"default_schema":"x"}`+"\n" || r.header.Get("ETag") != `"2"` {
		t.Errorf("patch: %d %s", r.status, r.body)
	}
	if r := c.do("GET", "/preferences", "", "If-None-Match", `"2"`); r.status != 304 || r.body != "" {
		t.Errorf("unchanged: %d %q", r.status, r.body)
	}
	if r := c.as("ben").do("GET", "/preferences", ""); r.body != "{}\n" {
		t.Errorf("ben: %s", r.body)
	}
	if r := c.as("").do("GET", "/preferences", ""); r.status != 401 {
		t.Errorf("nobody: %d", r.status)
	}
}

func TestBadInputIsNamedAndWritesNothing(t *testing.T) {
	t.Parallel()
	c := start(t)
	query := c.do("POST", "/saved-queries", `{"name":"q","statement":"SELECT 1"}`)
	if query.status != 201 || query.header.Get("Location") == "" {
		t.Fatalf("%d %s", query.status, query.body)
	}
	one := strings.TrimPrefix(query.header.Get("Location"), "/api/lakebase")
	deep := strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)
	for name, test := range map[string]struct {
		method, path, body string
		header             []string
		status             int
		field              string
	}{
		"no JSON":              {"PUT", "/preferences", "{", nil, 400, ""},
		"not an object":        {"PUT", "/preferences", "[]", nil, 400, ""},
		"patch, not an object": {"PATCH", "/preferences", `"x"`, nil, 400, ""},
		"unknown field":        {"PUT", "/preferences", `{"colour":"red"}`, nil, 400, "/colour"},
		"patch, unknown field": {"PATCH", "/preferences", `{"colour":"red"}`, nil, 400, "/colour"},
		"wrong type":           {"PUT", "/preferences", `{"page_size":"many"}`, nil, 400, "/page_size"},
		"out of range":         {"PATCH", "/preferences", `{"page_size":0}`, nil, 400, "/page_size"},
		"unknown theme":        {"PUT", "/preferences", `{"theme":"pink"}`, nil, 400, "/theme"},
		"NUL":                  {"PUT", "/preferences", `{"default_catalog":"a\u0000b"}`, nil, 400, "/default_catalog"},
		"NUL in a patch":       {"PATCH", "/preferences", `{"default_schema":"\u0000"}`, nil, 400, "/default_schema"},
		"long":                 {"PUT", "/preferences", `{"warehouse_id":"` + strings.Repeat("x", 201) + `"}`, nil, 400, "/warehouse_id"},
		"10 MB":                {"PUT", "/preferences", `{"theme":"` + strings.Repeat("x", 10<<20) + `"}`, nil, 413, ""},
		"10 MB patch":          {"PATCH", "/preferences", strings.Repeat(" ", 10<<20) + "{}", nil, 413, ""},
		"deep":                 {"POST", "/saved-queries", `{"name":` + deep + `}`, nil, 400, ""},
		"other media type":     {"PUT", "/preferences", `{}`, []string{"Content-Type", "text/plain"}, 400, "Content-Type"},
		"not UTF-8":            {"PUT", "/preferences", "{\"theme\":\"\xff\"}", nil, 400, ""},
		"stale ETag":           {"PUT", "/preferences", `{}`, []string{"If-Match", `"7"`}, 412, ""},
		"no ETag of ours":      {"PUT", "/preferences", `{}`, []string{"If-Match", `W/"1"`}, 412, "If-Match"},
		"empty name":           {"POST", "/saved-queries", `{"name":" ","statement":"SELECT 1"}`, nil, 400, "/name"},
		"empty statement":      {"POST", "/saved-queries", `{"name":"x","statement":""}`, nil, 400, "/statement"},
		"long name":            {"POST", "/saved-queries", `{"name":"` + strings.Repeat("é", 201) + `","statement":"SELECT 1"}`, nil, 400, "/name"},
		"long statement":       {"POST", "/saved-queries", `{"name":"x","statement":"` + strings.Repeat("x", 1<<20+1) + `"}`, nil, 400, "/statement"},
		"name twice":           {"POST", "/saved-queries", `{"name":"q","statement":"SELECT 2"}`, nil, 409, "/name"},
		"forged user":          {"POST", "/saved-queries", `{"name":"x","statement":"SELECT 1","user_id":"ben"}`, nil, 400, "/user_id"},
		"stale query":          {"PUT", one, `{"name":"q","statement":"SELECT 2"}`, []string{"If-Match", `"9"`}, 412, ""},
		"no id":                {"GET", "/saved-queries/1", "", nil, 404, ""},
		"an id of nobody":      {"DELETE", "/saved-queries/00000000-0000-0000-0000-000000000000", "", nil, 404, ""},
		"limit":                {"GET", "/saved-queries?limit=501", "", nil, 400, "limit"},
		"page token":           {"GET", "/history?page_token=x", "", nil, 400, "page_token"},
		"page token of notes":  {"GET", "/notes?page_token=x", "", nil, 400, "page_token"},
		"NUL in a page token":  {"GET", "/saved-queries?page_token=%00", "", nil, 400, "page_token"},
		"status":               {"POST", "/history", `{"statement":"SELECT 1","status":"GREAT"}`, nil, 400, "/status"},
		"negative":             {"POST", "/history", `{"statement":"SELECT 1","status":"FAILED","row_count":-1}`, nil, 400, "/row_count"},
		"empty title":          {"POST", "/notes", `{"title":"","body":""}`, nil, 400, "/title"},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.do(test.method, test.path, test.body, test.header...)
			if r.status != test.status || r.field() != test.field || r.header.Get("Content-Type") != fault.ProblemContentType {
				t.Errorf("%d %s %.300s, want %d %s", r.status, r.field(), r.body, test.status, test.field)
			}
		})
	}
	for path, want := range map[string]string{
		"/preferences": "{}\n", "/history": `{"history":[],"next_page_token":""}` + "\n", "/notes": `{"next_page_token":"","notes":[]}` + "\n",
	} {
		if r := c.do("GET", path, ""); r.body != want {
			t.Errorf("%s afterwards: %s", path, r.body)
		}
	}
	if r := c.do("GET", one, ""); r.json["statement"] != "SELECT 1" || r.header.Get("ETag") != `"1"` {
		t.Errorf("the query afterwards: %s", r.body)
	}
}

func TestForgedUsersAreIgnored(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, user := range []string{"ana", "ben"} {
		if r := c.as(user).do("POST", "/notes", fmt.Sprintf(`{"title":"of %s","body":""}`, user)); r.status != 201 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	ofBen := c.as("ben").do("GET", "/notes", "")
	list, _ := ofBen.json["notes"].([]any)
	note, _ := list[0].(map[string]any)
	id, _ := note["id"].(string)
	forgery := []string{
		"X-Forwarded-User", "ben", "X-Forwarded-Email", "ben@example.com", "X-User-Id", "ben", "Cookie", "user_id=ben; corbel_user=ben", "Authorization", "Bearer ben",
	}
	for path, status := range map[string]int{
		"/notes?user_id=ben": 200, "/notes?user=ben&user_id=eq.ben": 200, "/notes/" + id: 404, "/notes/" + id + "?user_id=ben": 404,
	} {
		r := c.do("GET", path, "", forgery...)
		if r.status != status || strings.Contains(r.body, "of ben") {
			t.Errorf("GET %s: %d %s", path, r.status, r.body)
		}
	}
	if r := c.do("DELETE", "/notes/"+id, "", forgery...); r.status != 404 {
		t.Errorf("delete: %d", r.status)
	}
	if r := c.do("PUT", "/notes/"+id, `{"title":"mine","body":""}`, forgery...); r.status != 404 {
		t.Errorf("put: %d", r.status)
	}
	if after := c.as("ben").do("GET", "/notes", ""); after.body != ofBen.body {
		t.Errorf("ben's notes were %s, are %s", ofBen.body, after.body)
	}
}

func TestHistoryOverHTTP(t *testing.T) {
	t.Parallel()
	c := start(t)
	for i := range 7 {
		body := fmt.Sprintf(`{"statement":"SELECT %d","status":"SUCCEEDED","row_count":1,"duration_ms":12}`, i)
		if r := c.do("POST", "/history", body); r.status != 201 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	var statements []string
	for token := ""; ; {
		r := c.do("GET", "/history?limit=2&page_token="+token, "")
		list, _ := r.json["history"].([]any)
		for _, entry := range list {
			e, _ := entry.(map[string]any)
			statements = append(statements, fmt.Sprint(e["statement"]))
		}
		if token, _ = r.json["next_page_token"].(string); token == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"SELECT 6", "SELECT 5", "SELECT 4", "SELECT 3", "SELECT 2"}, statements); diff != "" {
		t.Error(diff)
	}
	if r := c.do("DELETE", "/history", ""); r.status != 204 {
		t.Errorf("clear: %d", r.status)
	}
}

func TestDeepCheckSeesTheDatabase(t *testing.T) {
	t.Parallel()
	p := &lakebase{}
	if h := p.Check(t.Context(), plugin.Deep); h.Status != plugin.NotServing {
		t.Errorf("unconfigured: %v", h)
	}
	h := sdktest.Start(t, p, sdktest.Options{Config: configuration(t)})
	c := &client{t: t, url: h.URL, user: "ana"}
	if r := c.do("GET", "/preferences", ""); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := p.Check(context.WithoutCancel(t.Context()), plugin.Deep); got.Status != plugin.Serving || len(got.Resources) != 1 {
		t.Errorf("%+v", got)
	}
}
