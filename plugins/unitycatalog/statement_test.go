package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const statements = "/api/2.0/sql/statements"

func running(id string) string {
	return fmt.Sprintf(`{"statement_id":%q,"status":{"state":"RUNNING"}}`, id)
}

// succeeded is a result with one column n of type INT.
func succeeded(id, cells string) string {
	return fmt.Sprintf(`{"statement_id":%q,"status":{"state":"SUCCEEDED"},"manifest":{"total_chunk_count":1,"total_row_count":1,
		"schema":{"columns":[{"name":"n","position":0,"type_text":"INT","type_name":"INT"}]}},"result":{"data_array":%s}}`, id, cells)
}

func query(body string) request {
	return request{method: http.MethodPost, path: "/api/unitycatalog/query", body: body}
}

func TestQuerySendsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: answerJSON(200, succeeded("s1", `[["1"],[null]]`))})
	u := d.start(t, nil)
	w := query(`{"statement":"SELECT :a, :b","row_limit":7,"parameters":[
		{"name":"a","value":"x' OR 1=1","type":"string"},{"name":"b","value":null,"type":"DECIMAL(10,2)"},
		{"name":"c","value":9007199254740993},{"name":"d","value":1},{"name":"e","value":1.5},{"name":"f","value":true}]}`).do(t, u)
	want := `{"statement_id":"s1","state":"SUCCEEDED","columns":[{"name":"n","position":0,"type_text":"INT","type_name":"INT"}],` +
		`"rows":[[1],[null]],"row_count":1,"chunk_count":1,"truncated":false}`
	if diff := cmp.Diff(want, strings.TrimSpace(w.Body.String())); diff != "" {
		t.Error(diff)
	}
	sent := d.await(t, "POST "+statements)
	var body map[string]any
	if err := json.Unmarshal([]byte(sent.body), &body); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{
		"statement": "SELECT :a, :b", "warehouse_id": "wh", "catalog": "main", "schema": "samples", "row_limit": 7.0,
		"wait_timeout": "5s", "on_wait_timeout": "CONTINUE", "disposition": "INLINE", "format": "JSON_ARRAY",
		"parameters": []any{
			map[string]any{"name": "a", "value": "x' OR 1=1", "type": "STRING"},
			map[string]any{"name": "b", "type": "DECIMAL(10,2)"},
			map[string]any{"name": "c", "value": "9007199254740993", "type": "BIGINT"},
			map[string]any{"name": "d", "value": "1", "type": "INT"},
			map[string]any{"name": "e", "value": "1.5", "type": "DOUBLE"},
			map[string]any{"name": "f", "value": "true", "type": "BOOLEAN"},
		},
	}, body); diff != "" {
		t.Error(diff)
	}
	if sent.token != "token-of-ana" || sent.requestID != "request-1" {
		t.Errorf("sent as %q with request id %q", sent.token, sent.requestID)
	}
	logs := d.logs.String()
	if strings.Contains(logs, "OR 1=1") || strings.Contains(logs, "token-of") || !strings.Contains(logs, `"statement_id":"s1"`) {
		t.Errorf("logs hold a parameter or token, or lack the statement:\n%s", logs)
	}
}

func TestQueryPollsUntilTheEnd(t *testing.T) {
	t.Parallel()
	var polls atomic.Int32
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements: answerJSON(200, `{"statement_id":"s1","status":{"state":"PENDING"}}`),
		"GET " + statements + "/s1": func(w http.ResponseWriter, r *http.Request) {
			if polls.Add(1) < 3 {
				answerJSON(200, running("s1"))(w, r)
				return
			}
			answerJSON(200, succeeded("s1", `[["5"]]`))(w, r)
		},
	})
	w := query(`{"statement":"SELECT 5"}`).do(t, d.start(t, nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"rows":[[5]]`) || polls.Load() != 3 {
		t.Errorf("%d after %d polls: %s", w.Code, polls.Load(), w.Body)
	}
}

func TestQueryErrors(t *testing.T) {
	t.Parallel()
	failed := func(message string) http.HandlerFunc {
		text, err := json.Marshal(message)
		if err != nil {
			t.Fatal(err)
		}
		return answerJSON(200, `{"statement_id":"s1","status":{"state":"FAILED","error":{"error_code":"BAD_REQUEST","message":`+string(text)+`}}}`)
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		status int
		code   string
		detail string
	}{
		"unknown table": {
			failed("[TABLE_OR_VIEW_NOT_FOUND] The table or view `nope` cannot be found. SQLSTATE: 42P01; line 1 pos 14;\n'Project [*]\n+- 'UnresolvedRelation [nope]"),
			404, "TABLE_OR_VIEW_NOT_FOUND", "The table or view `nope` cannot be found (SQLSTATE 42P01).",
		},
		"unknown column": {
			failed("[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `x` cannot be resolved. SQLSTATE: 42703"),
			422, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "A column with name `x` cannot be resolved (SQLSTATE 42703).",
		},
		"syntax": {
			failed("[PARSE_SYNTAX_ERROR] Syntax error at or near 'FORM'. SQLSTATE: 42601 (line 1, pos 9)\n\n== SQL ==\nSELECT * FORM secret\n---------^^^\n"),
			422, "PARSE_SYNTAX_ERROR", "Syntax error at or near 'FORM' (line 1, pos 9) (SQLSTATE 42601).",
		},
		"no permission": {
			failed("[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have USE CATALOG on Catalog 'x'. SQLSTATE: 42501"),
			403, "INSUFFICIENT_PERMISSIONS", "Insufficient privileges: User does not have USE CATALOG on Catalog 'x' (SQLSTATE 42501).",
		},
		"division":              {failed("[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012"), 422, "DIVIDE_BY_ZERO", "Division by zero (SQLSTATE 22012)."},
		"of no class":           {failed("something is off"), 422, "BAD_REQUEST", "something is off"},
		"warehouse is denied":   {answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"no CAN_USE on endpoint wh"}`), 403, "PERMISSION_DENIED", "no CAN_USE on endpoint wh"},
		"warehouse is absent":   {answerJSON(404, `{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no wh"}`), 503, "WAREHOUSE_NOT_FOUND", "The SQL warehouse of this application does not exist or is not yours to use. Check DATABRICKS_WAREHOUSE_ID."},
		"warehouse is down":     {answerJSON(503, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"down"}`), 503, "TEMPORARILY_UNAVAILABLE", "Databricks is not available right now. Try again in a moment."},
		"garbage":               {answerJSON(200, `<html>`), 502, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"rows of another width": {answerJSON(200, succeeded("s1", `[["1","2"]]`)), 502, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"no id":                 {answerJSON(200, `{}`), 502, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"unknown state":         {answerJSON(200, `{"statement_id":"s1","status":{"state":"DREAMING"}}`), 502, "UPSTREAM", "Databricks gave an answer that makes no sense. Try again; if it stays, tell your administrator."},
		"cancelled elsewhere":   {answerJSON(200, `{"statement_id":"s1","status":{"state":"CANCELED"}}`), 409, "STATEMENT_CANCELED", "The statement was cancelled."},
		"closed":                {answerJSON(200, `{"statement_id":"s1","status":{"state":"CLOSED"}}`), 409, "STATEMENT_CLOSED", "The result is no longer kept. Run the statement again."},
		"dropped connection": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
			}
		}, 503, "UNAVAILABLE", "Databricks cannot be reached right now. Try again in a moment."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: tt.answer})
			w := query(`{"statement":"SELECT 1"}`).do(t, d.start(t, nil))
			p := problemOf(t, w)
			if w.Code != tt.status || p.Code != tt.code || p.Detail != tt.detail {
				t.Errorf("got %d %s %q\nwant %d %s %q", w.Code, p.Code, p.Detail, tt.status, tt.code, tt.detail)
			}
			if n := len(d.received("POST " + statements)); n != 1 {
				t.Errorf("the statement was submitted %d times", n)
			}
		})
	}
}

func TestQueryRefusesBadRequests(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, nil)
	u := d.start(t, nil)
	for name, tt := range map[string]struct {
		body  string
		field string
	}{
		"empty":                     {``, ""},
		"cut off":                   {`{"statement":"SEL`, ""},
		"not an object":             {`[]`, ""},
		"two values":                {`{"statement":"SELECT 1"}{}`, ""},
		"not UTF-8":                 {"{\"statement\":\"\xff\"}", ""},
		"unknown field":             {`{"statement":"SELECT 1","rowlimit":3}`, "/rowlimit"},
		"no statement":              {`{}`, "/statement"},
		"blank statement":           {`{"statement":" \n"}`, "/statement"},
		"statement of another type": {`{"statement":5}`, "/statement"},
		"row_limit 0":               {`{"statement":"SELECT 1","row_limit":0}`, "/row_limit"},
		"row_limit -1":              {`{"statement":"SELECT 1","row_limit":-1}`, "/row_limit"},
		"row_limit 10^9":            {`{"statement":"SELECT 1","row_limit":1000000000}`, "/row_limit"},
		"row_limit abc":             {`{"statement":"SELECT 1","row_limit":"abc"}`, "/row_limit"},
		"parameter without name":    {`{"statement":"SELECT 1","parameters":[{"value":1}]}`, "/parameters/0/name"},
		"parameter given twice":     {`{"statement":"SELECT 1","parameters":[{"name":"a"},{"name":"a"}]}`, "/parameters/1/name"},
		"parameter of a bad type":   {`{"statement":"SELECT 1","parameters":[{"name":"a","type":"INT; DROP"}]}`, "/parameters/0/type"},
		"parameter with an object":  {`{"statement":"SELECT 1","parameters":[{"name":"a","value":{}}]}`, "/parameters/0/value"},
		"parameter, unknown field":  {`{"statement":"SELECT 1","parameters":[{"name":"a","val":1}]}`, "/val"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := query(tt.body).do(t, u)
			p := problemOf(t, w)
			if w.Code != 400 || p.Detail == "" || (tt.field != "") != (len(p.Errors) == 1) || (tt.field != "" && p.Errors[0].Path != tt.field) {
				t.Errorf("got %d %+v", w.Code, p)
			}
		})
	}
	big := query(`{"statement":"`+strings.Repeat("x", 1<<20)+`"}`).do(t, u)
	if p := problemOf(t, big); big.Code != 413 || p.Code != "TOO_LARGE" {
		t.Errorf("large body: %d %+v", big.Code, p)
	}
	form := request{method: "POST", path: "/api/unitycatalog/query", body: "x=1", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}.do(t, u)
	if p := problemOf(t, form); form.Code != 400 || !strings.Contains(p.Detail, "application/json") {
		t.Errorf("form: %d %+v", form.Code, p)
	}
	if n := len(d.received("POST " + statements)); n != 0 {
		t.Errorf("%d statements were submitted", n)
	}
}

func TestQueryWithoutWarehouseNamesTheVariable(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"GET " + uc + "catalogs": answerJSON(200, `{}`)})
	u := d.start(t, map[string]any{"warehouse_id": ""})
	w := query(`{"statement":"SELECT 1"}`).do(t, u)
	if p := problemOf(t, w); w.Code != 503 || p.Code != "WAREHOUSE_MISSING" || !strings.Contains(p.Detail, "DATABRICKS_WAREHOUSE_ID") {
		t.Errorf("got %d %+v", w.Code, p)
	}
	if w := (request{path: "/api/unitycatalog/catalogs"}).do(t, u); w.Code != 200 {
		t.Errorf("metadata without warehouse: %d", w.Code)
	}
}

func TestStatementIsCancelledWhenTheClientLeaves(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements:                answerJSON(200, running("s1")),
		"GET " + statements + "/s1":         answerJSON(200, running("s1")),
		"POST " + statements + "/s1/cancel": answerJSON(200, `{}`),
	})
	u := d.start(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	done := make(chan int, 1)
	go func() {
		q := query(`{"statement":"SELECT 1"}`)
		q.ctx = ctx
		done <- q.do(t, u).Code
	}()
	d.await(t, "GET "+statements+"/s1")
	leave()
	if code := <-done; code != 499 {
		t.Errorf("status %d, want 499", code)
	}
	if got := d.await(t, "POST "+statements+"/s1/cancel"); got.token != "token-of-ana" || got.requestID != "request-1" {
		t.Errorf("cancelled as %q with request id %q", got.token, got.requestID)
	}
}

// The client leaves before the workspace has said which statement it is.
func TestStatementIsCancelledWhenTheClientLeavesDuringSubmission(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements: func(w http.ResponseWriter, r *http.Request) {
			<-left
			answerJSON(200, running("s1"))(w, r)
		},
		"POST " + statements + "/s1/cancel": answerJSON(200, `{}`),
	})
	u := d.start(t, nil)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	done := make(chan int, 1)
	go func() {
		q := query(`{"statement":"SELECT 1"}`)
		q.ctx = ctx
		done <- q.do(t, u).Code
	}()
	d.await(t, "POST "+statements)
	leave()
	if code := <-done; code != 499 {
		t.Errorf("status %d, want 499", code)
	}
	close(left)
	d.await(t, "POST "+statements+"/s1/cancel")
}

func TestStatementOfAWarehouseThatStartsTooSlowlyIsToBeTriedAgain(t *testing.T) {
	t.Parallel()
	const pending = `{"statement_id":"s1","status":{"state":"PENDING"}}`
	for name, poll := range map[string]http.HandlerFunc{
		"polls are answered": answerJSON(200, pending),
		"a poll is not":      func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDatabricks(t, map[string]http.HandlerFunc{
				"POST " + statements: answerJSON(200, pending), "GET " + statements + "/s1": poll,
				"POST " + statements + "/s1/cancel": answerJSON(200, `{}`),
			})
			w := query(`{"statement":"SELECT 1"}`).do(t, d.start(t, map[string]any{"statement_timeout": "1s"}))
			if p := problemOf(t, w); w.Code != 503 || p.Code != "WAREHOUSE_STARTING" || w.Header().Get("Retry-After") != "5" {
				t.Errorf("%d %s, Retry-After %q", w.Code, p.Code, w.Header().Get("Retry-After"))
			}
			d.await(t, "POST "+statements+"/s1/cancel")
		})
	}
}

func TestStatementIsCancelledWhenItsTimeIsUp(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements:                answerJSON(200, running("s1")),
		"GET " + statements + "/s1":         answerJSON(200, running("s1")),
		"POST " + statements + "/s1/cancel": answerJSON(200, `{}`),
	})
	w := query(`{"statement":"SELECT 1"}`).do(t, d.start(t, map[string]any{"statement_timeout": "1s"}))
	if p := problemOf(t, w); w.Code != 504 || p.Code != "STATEMENT_TIMEOUT" {
		t.Errorf("got %d %+v", w.Code, p)
	}
	d.await(t, "POST "+statements+"/s1/cancel")
}

func TestAsyncQueryIsFollowedByItsID(t *testing.T) {
	t.Parallel()
	var state atomic.Value
	state.Store(running("s1"))
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"POST " + statements:                        answerJSON(200, `{"statement_id":"s1","status":{"state":"PENDING"}}`),
		"GET " + statements + "/s1":                 func(w http.ResponseWriter, r *http.Request) { answerJSON(200, state.Load().(string))(w, r) },
		"GET " + statements + "/s1/result/chunks/1": answerJSON(200, `{"chunk_index":1,"row_offset":1,"data_array":[[null]],"next_chunk_index":2}`),
		"GET " + statements + "/s1/result/chunks/7": answerJSON(404, `{"error_code":"NOT_FOUND","message":"no chunk 7"}`),
		"POST " + statements + "/s1/cancel":         answerJSON(200, ``),
	})
	u := d.start(t, nil)
	q := query(`{"statement":"SELECT 1"}`)
	q.header = http.Header{"Prefer": {"wait=1, respond-async"}}
	w := q.do(t, u)
	if w.Code != 202 || w.Header().Get("Location") != "/api/unitycatalog/statements/s1" || !strings.Contains(d.await(t, "POST "+statements).body, `"wait_timeout":"0s"`) {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
	const path = "/api/unitycatalog/statements/s1"
	if w := (request{path: path}).do(t, u); w.Code != 200 || !strings.Contains(w.Body.String(), `"state":"RUNNING"`) {
		t.Errorf("running: %d %s", w.Code, w.Body)
	}
	if w := (request{path: path + "/chunks/1"}).do(t, u); w.Code != 409 {
		t.Errorf("chunk of a running statement: %d %s", w.Code, w.Body)
	}
	state.Store(succeeded("s1", `[["1"]]`))
	if w := (request{path: path}).do(t, u); !strings.Contains(w.Body.String(), `"rows":[[1]]`) {
		t.Errorf("succeeded: %d %s", w.Code, w.Body)
	}
	want := `{"statement_id":"s1","chunk":1,"row_offset":1,"columns":[{"name":"n","position":0,"type_text":"INT","type_name":"INT"}],"rows":[[null]],"next_chunk":2}`
	if w := (request{path: path + "/chunks/1"}).do(t, u); strings.TrimSpace(w.Body.String()) != want {
		t.Errorf("chunk: %s", w.Body)
	}
	if w := (request{path: path + "/chunks/7"}).do(t, u); w.Code != 404 || problemOf(t, w).Code != "CHUNK_NOT_FOUND" {
		t.Errorf("chunk beyond the last: %d %s", w.Code, w.Body)
	}
	if w := (request{path: path + "/chunks/x"}).do(t, u); w.Code != 400 {
		t.Errorf("chunk x: %d", w.Code)
	}
	if w := (request{method: "POST", path: path + "/cancel"}).do(t, u); w.Code != 204 {
		t.Errorf("cancel: %d %s", w.Code, w.Body)
	}
}

func TestAForeignStatementIsNotFound(t *testing.T) {
	t.Parallel()
	denied := answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"not the owner of statement s1"}`)
	d := newDatabricks(t, map[string]http.HandlerFunc{
		"GET " + statements + "/s1": denied, "POST " + statements + "/s1/cancel": denied,
		"GET " + statements + "/s2": answerJSON(404, `{"error_code":"NOT_FOUND","message":"no s2"}`),
	})
	u := d.start(t, nil)
	for _, q := range []request{
		{path: "/api/unitycatalog/statements/s1"},
		{path: "/api/unitycatalog/statements/s1/chunks/0"},
		{method: "POST", path: "/api/unitycatalog/statements/s1/cancel"},
		{path: "/api/unitycatalog/statements/s2"},
		{path: "/api/unitycatalog/statements/..%2F..%2Fjobs"},
	} {
		w := q.do(t, u)
		if p := problemOf(t, w); w.Code != 404 || p.Code != "STATEMENT_NOT_FOUND" {
			t.Errorf("%s %s: %d %+v", q.method, q.path, w.Code, p)
		}
	}
}
