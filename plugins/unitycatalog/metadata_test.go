package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const uc = "/api/2.1/unity-catalog/"

func TestListsFollowEveryPage(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Query().Get("page_token") {
			case "":
				answerJSON(200, `{"catalogs":[{"name":"main","owner":"ana","secret_field":1}],"next_page_token":"two"}`)(w, r)
			case "two":
				answerJSON(200, `{"next_page_token":"three"}`)(w, r)
			default:
				answerJSON(200, `{"catalogs":[{"name":"samples","comment":"of \"data\""}]}`)(w, r)
			}
		},
	})
	got := request{path: "/api/unitycatalog/catalogs"}.do(t, d.start(t, nil))
	want := `{"catalogs":[{"name":"main","owner":"ana"},{"name":"samples","comment":"of \"data\""}],"truncated":false}`
	if diff := cmp.Diff(want, strings.TrimSpace(got.Body.String())); diff != "" || got.Header().Get("Cache-Control") != "no-store" {
		t.Error(diff, got.Header())
	}
}

func TestAnEndlessListIsCut(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "schemas": answerJSON(200, `{"schemas":[{"name":"s"}],"next_page_token":"again"}`),
	})
	var got struct {
		Schemas   []any
		Truncated bool
	}
	w := request{path: "/api/unitycatalog/catalogs/c/schemas"}.do(t, d.start(t, nil))
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || !got.Truncated || len(got.Schemas) != 200 {
		t.Errorf("%v: %d schemas, truncated %t", err, len(got.Schemas), got.Truncated)
	}
}

func TestNamesReachTheWorkspaceUnharmed(t *testing.T) {
	t.Parallel()
	for escaped, name := range map[string]string{
		"a%2Fb":                        "a/b",
		"it's%22%60quoted%60":          "it's\"`quoted`",
		"%E8%A1%A8%20%F0%9F%A6%86":     "表 🦆",
		"1%3B%20DROP%20TABLE%20x%20--": "1; DROP TABLE x --",
		"%3Fq=1%26x%23y":               "?q=1&x#y",
		"100%25":                       "100%",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answered, err := json.Marshal(map[string]any{"name": name, "catalog_name": "c", "schema_name": "s", "columns": []any{}})
			if err != nil {
				t.Fatal(err)
			}
			var asked string
			d := newDatabricks(t, nil)
			d.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasPrefix(r.URL.Path, uc) {
					http.NotFound(w, r)
					return
				}
				asked = r.URL.Path + "?" + r.URL.Query().Get("schema_name")
				answerJSON(200, string(answered))(w, r)
			})
			u := d.start(t, nil)
			w := request{path: "/api/unitycatalog/catalogs/c/schemas/s/tables/" + escaped}.do(t, u)
			if want := uc + "tables/c.s." + name + "?"; w.Code != 200 || asked != want {
				t.Errorf("status %d, the workspace was asked for %q, want %q", w.Code, asked, want)
			}
			if (request{path: "/api/unitycatalog/catalogs/c/schemas/" + escaped + "/tables"}).do(t, u); asked != uc+"tables?"+name {
				t.Errorf("the workspace was asked for %q", asked)
			}
		})
	}
}

func TestNamesThatCannotBeAreNotFound(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, nil)
	u := d.start(t, nil)
	for path, status := range map[string]int{
		"/api/unitycatalog/catalogs/a.b/schemas":                      404,
		"/api/unitycatalog/catalogs/c/schemas/s/tables/a.b":           404,
		"/api/unitycatalog/catalogs/c/schemas/s.t/tables/u/rows":      404,
		"/api/unitycatalog/catalogs/%FF/schemas":                      400,
		"/api/unitycatalog/catalogs/c/schemas/s/tables/t%00x/columns": 404,
	} {
		if w := (request{path: path}).do(t, u); w.Code != status {
			t.Errorf("%s: %d, want %d: %s", path, w.Code, status, w.Body)
		}
	}
	if n := len(d.received("GET " + uc + "schemas")); n != 0 {
		t.Errorf("the workspace was asked %d times", n)
	}
}

func TestTableHasColumnsAndProperties(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "tables/c.s.t": answerJSON(200, `{
		"name":"t","catalog_name":"c","schema_name":"s","table_type":"MANAGED","data_source_format":"DELTA","owner":"ana","comment":"x",
		"created_at":1700000000000,"properties":{"delta.minReaderVersion":"1"},"full_name":"c.s.t","metastore_id":"m",
		"columns":[{"name":"id","position":0,"type_text":"bigint","type_name":"LONG","type_json":"{}","nullable":false,"comment":"key"}]}`)})
	got := request{path: "/api/unitycatalog/catalogs/c/schemas/s/tables/t"}.do(t, d.start(t, nil))
	want := `{"catalog_name":"c","schema_name":"s","name":"t","table_type":"MANAGED","data_source_format":"DELTA","comment":"x","owner":"ana","created_at":1700000000000,` +
		`"columns":[{"name":"id","position":0,"type_text":"bigint","type_name":"LONG","nullable":false,"comment":"key"}],"properties":{"delta.minReaderVersion":"1"}}`
	if diff := cmp.Diff(want, strings.TrimSpace(got.Body.String())); diff != "" {
		t.Error(diff)
	}
}

func TestMetadataErrorsKeepDatabricksCode(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		status int
		code   string
	}{
		"denied":        {answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"User does not have USE CATALOG on Catalog 'c'."}`), 403, "PERMISSION_DENIED"},
		"absent":        {answerJSON(404, `{"error_code":"CATALOG_DOES_NOT_EXIST","message":"Catalog 'c' does not exist."}`), 404, "CATALOG_DOES_NOT_EXIST"},
		"expired token": {answerJSON(401, `{"error_code":"UNAUTHENTICATED","message":"expired"}`), 401, "UNAUTHENTICATED"},
		"garbage":       {answerJSON(200, `{"schemas": {`), 502, "UPSTREAM"},
		"other garbage": {answerJSON(200, `{"schemas": "none"}`), 502, "UPSTREAM"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "schemas": tt.answer})
			w := request{path: "/api/unitycatalog/catalogs/c/schemas"}.do(t, d.start(t, nil))
			if p := problemOf(t, w); w.Code != tt.status || p.Code != tt.code || strings.Contains(p.Detail, "127.0.0.1") {
				t.Errorf("got %d %+v", w.Code, p)
			}
		})
	}
}

// What one caller was shown is never shown to another, nor to the same user with another token.
func TestMetadataIsKeptForEachUserAndTokenApart(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "catalogs": func(w http.ResponseWriter, r *http.Request) {
			answerJSON(200, fmt.Sprintf(`{"catalogs":[{"name":%q}]}`, "for "+r.Header.Get("Authorization")))(w, r)
		},
	})
	u := d.start(t, nil)
	var wg sync.WaitGroup
	for range 25 {
		for _, user := range []string{"ana", "ben"} {
			for _, token := range []string{user + "-1", user + "-2"} {
				wg.Go(func() {
					w := request{path: "/api/unitycatalog/catalogs", user: user, token: token}.do(t, u)
					if want := `"for Bearer ` + token + `"`; !strings.Contains(w.Body.String(), want) {
						t.Errorf("%s with %s got %s", user, token, w.Body)
					}
				})
			}
		}
	}
	wg.Wait()
	if n := len(d.received("GET " + uc + "catalogs")); n != 4 {
		t.Errorf("the workspace was asked %d times for 4 callers", n)
	}
}

func TestSchemasAreForgottenForTheirCaller(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + uc + "tables":               answerJSON(200, `{"tables":[{"name":"hut"}]}`),
		"GET " + uc + "tables/main.alps.hut": answerJSON(200, `{"name":"hut"}`),
	})
	u := d.start(t, nil)
	const schema = "/api/unitycatalog/catalogs/main/schemas/alps"
	look := func(user string) {
		t.Helper()
		for _, path := range []string{schema + "/tables", schema + "/tables/hut"} {
			if w := (request{path: path, user: user}).do(t, u); w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	}
	look("ana")
	look("ben")
	for _, other := range []string{schema, "/api/unitycatalog/catalogs/main/schemas/andes"} {
		if w := (request{method: http.MethodDelete, path: other + "/copies", user: "ana"}).do(t, u); w.Code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", other, w.Code, w.Body)
		}
	}
	look("ana")
	look("ben")
	lists, tables := len(d.received("GET "+uc+"tables")), len(d.received("GET "+uc+"tables/main.alps.hut"))
	if lists != 3 || tables != 3 {
		t.Errorf("%d lists and %d tables were asked for, want 2 of ana and 1 of ben of each", lists, tables)
	}
}

func TestMetadataIsNotKeptWithoutTTL(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "catalogs": answerJSON(200, `{}`)})
	u := d.start(t, map[string]any{"cache_ttl": "0s"})
	for range 2 {
		if w := (request{path: "/api/unitycatalog/catalogs"}).do(t, u); strings.TrimSpace(w.Body.String()) != `{"catalogs":[],"truncated":false}` {
			t.Errorf("got %s", w.Body)
		}
	}
	if n := len(d.received("GET " + uc + "catalogs")); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}
