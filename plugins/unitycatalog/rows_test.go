package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const rowsPath = "/api/unitycatalog/catalogs/c/schemas/s/tables/t/rows"

// table is c.s.t with the given columns and no rows.
func table(columns string) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET " + uc + "tables/c.s.t": answerJSON(200, `{"name":"t","catalog_name":"c","schema_name":"s","columns":[`+columns+`]}`),
		"POST " + statements:         answerJSON(200, succeeded("s1", `[]`)),
	}
}

const intColumn = `{"name":"n","position":0,"type_text":"int","type_name":"INT"}`

// slice answers a page's statement with the numbers that its LIMIT and OFFSET select.
func slice(d *databricks, total int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		all := d.received("POST " + statements)
		var body struct{ Statement string }
		if err := json.Unmarshal([]byte(all[len(all)-1].body), &body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var limit, offset int
		_, tail, _ := strings.Cut(body.Statement, " LIMIT ")
		if _, err := fmt.Sscanf(tail, "%d OFFSET %d", &limit, &offset); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		cells := make([]string, 0, limit)
		for i := offset; i < min(offset+limit, total); i++ {
			cells = append(cells, fmt.Sprintf(`["%d"]`, i))
		}
		answerJSON(200, succeeded("s1", "["+strings.Join(cells, ",")+"]"))(w, r)
	}
}

type rowsAnswer struct {
	Rows          [][]int `json:"rows"`
	Offset        int     `json:"offset"`
	NextPageToken string  `json:"next_page_token"`
}

func TestRowsArePagedWithoutGapOrRepetition(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ total, limit, pages int }{{0, 100, 1}, {250, 100, 3}, {200, 100, 2}, {3, 1, 3}, {1001, 1000, 2}} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			t.Parallel()
			d := newDatabricks(t, table(intColumn))
			d.answers["POST "+statements] = slice(d, tt.total)
			u := d.start(t, nil)
			next, pages, got := "", 0, 0
			for {
				path := fmt.Sprintf("%s?limit=%d", rowsPath, tt.limit)
				if next != "" {
					path += "&page_token=" + next
				}
				w := request{path: path}.do(t, u)
				var answer rowsAnswer
				if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
					t.Fatalf("%d %v: %s", w.Code, err, w.Body)
				}
				if answer.Offset != got {
					t.Errorf("page %d begins at %d, want %d", pages, answer.Offset, got)
				}
				for _, row := range answer.Rows {
					if row[0] != got {
						t.Fatalf("row %d holds %d", got, row[0])
					}
					got++
				}
				pages++
				if next = answer.NextPageToken; next == "" {
					break
				}
			}
			if got != tt.total || pages != tt.pages {
				t.Errorf("%d rows in %d pages, want %d in %d", got, pages, tt.total, tt.pages)
			}
		})
	}
}

func TestRowsStatementQuotesNamesAndOrders(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ columns, order string }{
		"sortable columns": {intColumn, " ORDER BY `n`"},
		"some are not":     {`{"name":"a` + "`" + `b","type_text":"string"},{"name":"m","type_text":"map<string,int>"}`, " ORDER BY `a``b`"},
		"none is":          {`{"name":"v","type_text":"variant"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := table(tt.columns)
			answers["GET "+uc+"tables/c.s.%60%3B%20DROP%20TABLE%20x"] = answers["GET "+uc+"tables/c.s.t"]
			d := newDatabricks(t, answers)
			w := request{path: "/api/unitycatalog/catalogs/c/schemas/s/tables/%60%3B%20DROP%20TABLE%20x/rows"}.do(t, d.start(t, nil))
			if w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			var body struct{ Statement string }
			if err := json.Unmarshal([]byte(d.await(t, "POST "+statements).body), &body); err != nil {
				t.Fatal(err)
			}
			if want := "SELECT * FROM `c`.`s`.```; DROP TABLE x`" + tt.order + " LIMIT 101 OFFSET 0"; body.Statement != want {
				t.Errorf("got  %s\nwant %s", body.Statement, want)
			}
		})
	}
}

func TestRowsLimitIsBounded(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, table(intColumn))
	u := d.start(t, nil)
	for _, limit := range []string{"0", "-1", "1000000000", "1001", "abc", "", "1.5", "99999999999999999999"} {
		w := request{path: rowsPath + "?limit=" + limit}.do(t, u)
		p := problemOf(t, w)
		if w.Code != 400 || len(p.Errors) != 1 || p.Errors[0].Path != "limit" || p.Detail != "limit must be a whole number from 1 to 1000." {
			t.Errorf("limit %q: %d %+v", limit, w.Code, p)
		}
	}
	if n := len(d.received("POST " + statements)); n != 0 {
		t.Errorf("%d statements ran", n)
	}
}

func TestRowsTokenOfElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, table(intColumn))
	d.answers["POST "+statements] = slice(d, 5)
	d.answers["GET "+uc+"tables/c.s.other"] = d.answers["GET "+uc+"tables/c.s.t"]
	u := d.start(t, nil)
	var first rowsAnswer
	if err := json.Unmarshal(request{path: rowsPath + "?limit=2"}.do(t, u).Body.Bytes(), &first); err != nil || first.NextPageToken == "" {
		t.Fatalf("no token: %v", err)
	}
	token := first.NextPageToken
	damaged := "B" + token[1:]
	for name, q := range map[string]request{
		"damaged":       {path: rowsPath + "?page_token=" + damaged},
		"cut off":       {path: rowsPath + "?page_token=" + token[:10]},
		"rubbish":       {path: rowsPath + "?page_token=%00%FF"},
		"of a table":    {path: strings.Replace(rowsPath, "/t/", "/other/", 1) + "?page_token=" + token},
		"of a user":     {path: rowsPath + "?page_token=" + token, user: "ben"},
		"very long one": {path: rowsPath + "?page_token=" + strings.Repeat("A", 5000)},
	} {
		w := q.do(t, u)
		p := problemOf(t, w)
		if w.Code != 400 || p.Code != "INVALID_PAGE_TOKEN" || !strings.Contains(p.Detail, "Start again") {
			t.Errorf("%s: %d %+v", name, w.Code, p)
		}
	}
	renewed := request{path: rowsPath + "?limit=2&page_token=" + token, token: "ana's next token"}.do(t, u)
	if renewed.Code != 200 {
		t.Errorf("after the user's token was renewed: %d %s", renewed.Code, renewed.Body)
	}
}

func TestRowsInSeveralChunks(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, table(intColumn))
	chunked := strings.Replace(succeeded("s1", `[["0"],["1"]]`), `"total_chunk_count":1`, `"total_chunk_count":2`, 1)
	d.answers["POST "+statements] = answerJSON(200, strings.Replace(chunked, `"data_array"`, `"next_chunk_index":1,"data_array"`, 1))
	d.answers["GET "+statements+"/s1/result/chunks/1"] = answerJSON(200, `{"chunk_index":1,"data_array":[["2"],["3"]]}`)
	w := request{path: rowsPath + "?limit=3"}.do(t, d.start(t, nil))
	if !strings.Contains(w.Body.String(), `"rows":[[0],[1],[2]]`) || !strings.Contains(w.Body.String(), "next_page_token") {
		t.Errorf("got %s", w.Body)
	}
}

// The description is kept for minutes; a column may be dropped meanwhile.
func TestRowsSurviveADroppedColumn(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, table(intColumn+`,{"name":"gone","type_text":"int","type_name":"INT"}`))
	u := d.start(t, nil)
	if w := (request{path: rowsPath}).do(t, u); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	d.mu.Lock()
	d.answers["GET "+uc+"tables/c.s.t"] = table(intColumn)["GET "+uc+"tables/c.s.t"]
	d.answers["POST "+statements] = func(w http.ResponseWriter, r *http.Request) {
		all := d.received("POST " + statements)
		if strings.Contains(all[len(all)-1].body, "gone") {
			answerJSON(200, `{"statement_id":"s2","status":{"state":"FAILED","error":{"message":"[UNRESOLVED_COLUMN.WITH_SUGGESTION] no gone. SQLSTATE: 42703"}}}`)(w, r)
			return
		}
		answerJSON(200, succeeded("s3", `[["1"]]`))(w, r)
	}
	d.mu.Unlock()
	if w := (request{path: rowsPath}).do(t, u); w.Code != 200 || !strings.Contains(w.Body.String(), `"rows":[[1]]`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
