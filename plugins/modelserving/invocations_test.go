package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	root       = "/api/modelserving"
	massPath   = root + "/endpoints/mass/invocations"
	chatPath   = root + "/endpoints/chat/invocations"
	goodRecord = `{"dataframe_records":[{"species":"Adelie","bill_length_mm":39.1}]}`
	goodChat   = `{"messages":[{"role":"user","content":"secret words"}],"stream":true}`
)

func TestEndpointsAreListedAndDescribed(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	for range 2 {
		var list struct {
			Endpoints []struct {
				Name, Task string
				State      struct{ Ready string }
			}
		}
		if err := json.Unmarshal([]byte(do(t, h, "GET", root+"/endpoints", "").body), &list); err != nil || len(list.Endpoints) != 2 ||
			list.Endpoints[0].Name != "chat" || list.Endpoints[0].Task != "llm/v1/chat" || list.Endpoints[1].State.Ready != "READY" {
			t.Fatalf("%v %+v", err, list)
		}
		var one struct {
			ServedEntities []struct {
				EntityName string `json:"entity_name"`
			} `json:"served_entities"`
			Schema struct {
				Formats []string
				Fields  []struct {
					Name, Type, Example string
					Required            bool
					Values              []string
				}
				Example json.RawMessage
			}
		}
		if err := json.Unmarshal([]byte(do(t, h, "GET", root+"/endpoints/mass", "").body), &one); err != nil {
			t.Fatal(err)
		}
		fields := one.Schema.Fields
		if len(one.ServedEntities) != 1 || len(one.Schema.Formats) != 2 || len(fields) != 4 || fields[0].Name != "species" || len(fields[0].Values) != 2 ||
			!fields[1].Required || fields[1].Type != "number" || fields[2].Required || fields[2].Type != "string" || !strings.Contains(string(one.Schema.Example), "39.1") {
			t.Errorf("%+v", one)
		}
	}
	if n := len(d.received("GET /api/2.0/serving-endpoints/mass")); n != 1 {
		t.Errorf("the description was read %d times, want 1", n)
	}
	for _, s := range d.received("GET /api/2.0/serving-endpoints") {
		if s.token != "token-of-the-caller" {
			t.Errorf("asked with the token %q", s.token)
		}
	}
}

func TestRefusedInputIsNotSentAndTheFieldIsNamed(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	record := func(fields string) string {
		return `{"dataframe_records":[{"species":"Adelie","bill_length_mm":1},{` + fields + `}]}`
	}
	for name, tt := range map[string]struct{ body, field, code string }{
		"missing field":     {record(`"species":"Adelie"`), "/dataframe_records/1/bill_length_mm", "INPUT_SCHEMA_MISMATCH"},
		"wrong type":        {record(`"species":"Adelie","bill_length_mm":"long"`), "/dataframe_records/1/bill_length_mm", "INPUT_SCHEMA_MISMATCH"},
		"word for a number": {record(`"species":"Adelie","bill_length_mm":"NaN"`), "/dataframe_records/1/bill_length_mm", "INPUT_SCHEMA_MISMATCH"},
		"unknown class":     {record(`"species":"Dodo","bill_length_mm":1`), "/dataframe_records/1/species", "INPUT_SCHEMA_MISMATCH"},
		"too small":         {record(`"species":"Adelie","bill_length_mm":1,"year":1900`), "/dataframe_records/1/year", "INPUT_SCHEMA_MISMATCH"},
		"NaN":               {record(`"species":"Adelie","bill_length_mm":NaN`), "/dataframe_records/1/bill_length_mm", "INPUT_INVALID"},
		"infinity":          {record(`"bill_length_mm":-Infinity`), "/dataframe_records/1/bill_length_mm", "INPUT_INVALID"},
		"too large":         {record(`"species":"Adelie","bill_length_mm":1e999`), "/dataframe_records/1/bill_length_mm", "INPUT_INVALID"},
		"cut off":           {`{"dataframe_records":[{"species":"Ad`, "/dataframe_records/0/species", "INPUT_INVALID"},
		"two values":        {goodRecord + `{}`, "", "INPUT_INVALID"},
		"no records":        {`{"dataframe_records":[]}`, "/dataframe_records", "INPUT_INVALID"},
		"no array":          {`{"dataframe_records":{}}`, "/dataframe_records", "INPUT_INVALID"},
		"not an object":     {`[1]`, "", "INPUT_INVALID"},
		"nothing":           {`{}`, "", "INPUT_INVALID"},
		"two inputs":        {`{"dataframe_records":[{}],"inputs":[1]}`, "/inputs", "INPUT_INVALID"},
		"another format":    {`{"inputs":[[1]]}`, "/inputs", "INPUT_SCHEMA_MISMATCH"},
		"split: short row":  {`{"dataframe_split":{"columns":["species","bill_length_mm"],"data":[["Adelie"]]}}`, "/dataframe_split/data/0", "INPUT_INVALID"},
		"split: wrong type": {`{"dataframe_split":{"columns":["bill_length_mm","species"],"data":[[1,"Adelie"],["x","Adelie"]]}}`, "/dataframe_split/data/1/0", "INPUT_SCHEMA_MISMATCH"},
		"split: no column":  {`{"dataframe_split":{"columns":["species"],"data":[["Adelie"]]}}`, "/dataframe_split/columns", "INPUT_SCHEMA_MISMATCH"},
		"split: no rows":    {`{"dataframe_split":{"columns":["species"],"data":[]}}`, "/dataframe_split/data", "INPUT_INVALID"},
		"stream of numbers": {`{"dataframe_records":[{"species":"Adelie","bill_length_mm":1}],"stream":true}`, "/stream", "STREAMING_NOT_SUPPORTED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := do(t, h, "POST", massPath, tt.body).problem(t)
			if p.Status != 400 || p.Code != tt.code || tt.field != "" && (len(p.Errors) == 0 || p.Errors[0].Path != tt.field) {
				t.Errorf("%+v", p)
			}
			if tt.field != "" && !strings.Contains(p.Detail, tt.field) && p.Errors[0].Message != "is not valid JSON" {
				t.Errorf("the message does not name %s: %s", tt.field, p.Detail)
			}
			if strings.Contains(p.Detail, "Dodo") || strings.Contains(p.Detail, "long\"") {
				t.Errorf("the message repeats what was sent, and so would the log: %s", p.Detail)
			}
		})
	}
	t.Cleanup(func() {
		if n := len(d.received(invokeMass)); n != 0 {
			t.Errorf("%d refused requests were sent", n)
		}
	})
}

func TestGoodInputIsSentAsItIs(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	for _, body := range []string{
		goodRecord, `{"dataframe_split":{"columns":["bill_length_mm","species"],"data":[[1.50,"Adelie"]]}}`,
		`{"dataframe_records":[{"species":"Adelie","bill_length_mm":1e0,"sex":null,"more":[1]}], "params": {}}`,
	} {
		r := do(t, h, "POST", massPath, body, "Accept", "application/json")
		if r.status != 200 || r.body != `{"predictions":[3750.5]}` || !strings.HasPrefix(r.header.Get("Server-Timing"), "model;dur=") {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
		if sent := d.received(invokeMass); sent[len(sent)-1].body != body {
			t.Errorf("sent %s", sent[len(sent)-1].body)
		}
	}
}

func TestFaultsSayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		route  string
		answer http.HandlerFunc
		status int
		code   string
		says   string
	}{
		"unknown endpoint":    {"GET /api/2.0/serving-endpoints/mass", answerJSON(404, `{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"x"}`), 404, "ENDPOINT_NOT_FOUND", "no such serving endpoint"},
		"not ready":           {"GET /api/2.0/serving-endpoints/mass", answerJSON(200, strings.Replace(tabular, `"READY"`, `"NOT_READY"`, 1)), 503, "ENDPOINT_NOT_READY", "not ready"},
		"no permission":       {invokeMass, answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"You need CAN_QUERY."}`), 403, "PERMISSION_DENIED", "CAN_QUERY"},
		"the endpoint's no":   {invokeMass, answerJSON(400, `{"error_code":"BAD_REQUEST","message":"bill_length_mm is too long"}`), 400, "BAD_REQUEST", "too long"},
		"the model fails":     {invokeMass, answerJSON(500, `{"error_code":"INTERNAL_ERROR","message":"division by zero"}`), 502, "MODEL_ERROR", "division by zero"},
		"half a JSON":         {invokeMass, answerJSON(200, `{"predictions":[1`), 502, "MODEL_ANSWER_INVALID", "no sense"},
		"the connection ends": {invokeMass, breakOff, 503, "ANSWER_BROKEN", "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newFake(t, map[string]http.HandlerFunc{tt.route: tt.answer})
			p := do(t, d.start(t, nil), "POST", massPath, goodRecord).problem(t)
			if p.Status != tt.status || p.Code != tt.code || !strings.Contains(p.Detail, tt.says) {
				t.Errorf("%+v", p)
			}
			if n := len(d.received(invokeMass)); n > 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func breakOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"predictions":[`)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestPassingFailuresAreRepeated(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]http.HandlerFunc{
		"429": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "1")
			answerJSON(429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"x"}`)(w, r)
		},
		"503":           answerJSON(503, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"x"}`),
		"gateway":       answerJSON(502, `<html>`),
		"no connection": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var tries atomic.Int64
			begun := time.Now()
			d := newFake(t, map[string]http.HandlerFunc{invokeMass: func(w http.ResponseWriter, r *http.Request) {
				if tries.Add(1) == 1 {
					first(w, r)
					return
				}
				answerJSON(200, `{"predictions":[1]}`)(w, r)
			}})
			if r := do(t, d.start(t, nil), "POST", massPath, goodRecord); r.status != 200 || tries.Load() != 2 {
				t.Errorf("status %d after %d tries: %s", r.status, tries.Load(), r.body)
			}
			if waited := time.Since(begun); name == "429" && waited < time.Second {
				t.Errorf("waited %s where Retry-After asks for a second", waited)
			}
		})
	}
}

func TestTooManyRequestsForEver(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{invokeMass: answerJSON(429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"x"}`)})
	p := do(t, d.start(t, nil), "POST", massPath, goodRecord).problem(t)
	if p.Status != 429 || p.Code != "REQUEST_LIMIT_EXCEEDED" || !p.Retryable || len(d.received(invokeMass)) != 4 {
		t.Errorf("sent %d times: %+v", len(d.received(invokeMass)), p)
	}
}

func TestARetryAfterBeyondTheTimeoutIsTheCallers(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{invokeMass: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "3600")
		answerJSON(429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"x"}`)(w, r)
	}})
	if r := do(t, d.start(t, nil), "POST", massPath, goodRecord); r.status != 429 || r.header.Get("Retry-After") != "3600" || len(d.received(invokeMass)) != 1 {
		t.Errorf("%d %v", r.status, r.header)
	}
}

func TestAModelThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	d := newFake(t, map[string]http.HandlerFunc{invokeMass: func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(left)
	}})
	p := do(t, d.start(t, map[string]any{"timeout": "1s"}), "POST", massPath, goodRecord).problem(t)
	if p.Status != 504 || p.Code != "MODEL_TIMEOUT" {
		t.Errorf("%+v", p)
	}
	<-left
}

func TestAStateThatPassesIsAskedForAgain(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{"GET /api/2.0/serving-endpoints/mass": answerJSON(200, strings.Replace(tabular, `"READY"`, `"NOT_READY"`, 1))})
	h := d.start(t, nil)
	do(t, h, "POST", massPath, goodRecord).problem(t)
	d.answer("GET /api/2.0/serving-endpoints/mass", answerJSON(200, tabular))
	await(t, "the endpoint is ready", waitTimeout, func() bool { return do(t, h, "POST", massPath, goodRecord).status == 200 })
}

func TestLargeBodiesAreRefused(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	body := `{"dataframe_records":["` + strings.Repeat("x", 20<<20) + `"]}`
	if p := do(t, d.start(t, nil), "POST", massPath, body).problem(t); p.Status != 413 {
		t.Errorf("%+v", p)
	}
}

func TestNamesAreNotAddresses(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	for _, name := range []string{"..%2F..%2Fsecrets", "a%20b", strings.Repeat("a", 64), "%00"} {
		if p := do(t, h, "POST", root+"/endpoints/"+name+"/invocations", goodRecord).problem(t); p.Code != "ENDPOINT_NOT_FOUND" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if len(d.seen) != 0 {
		t.Errorf("the workspace was asked: %v", d.seen)
	}
}
