package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/sdktest"
)

func TestMain(m *testing.M) {
	// The SDK's Google sign-in brings this goroutine along; it starts with the process and never ends.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// waitTimeout bounds every wait for a condition.
const waitTimeout = 10 * time.Second

// The endpoints of the fake workspace.
const (
	tabular = `{"name":"mass","task":"","state":{"ready":"READY","config_update":"NOT_UPDATING"},"permission_level":"CAN_QUERY","description":"Predicts mass.",` +
		`"config":{"served_entities":[{"name":"mass-1","entity_name":"mass","entity_version":"1","state":{"deployment":"DEPLOYMENT_READY"}}]}}`
	chat       = `{"name":"chat","task":"llm/v1/chat","state":{"ready":"READY","config_update":"NOT_UPDATING"},"config":{}}`
	embedding  = `{"name":"words","task":"llm/v1/embeddings","state":{"ready":"READY","config_update":"NOT_UPDATING"},"config":{}}`
	tabularAPI = `{"openapi":"3.1.0","paths":{"/served-models/mass-1/invocations":{"post":{"requestBody":{"content":{"application/json":{
		"schema":{"oneOf":[{"$ref":"#/components/schemas/split"},{"type":"object","required":["dataframe_records"],"properties":{"dataframe_records":{"type":"array","minItems":1,"items":
			{"type":"object","required":["species","bill_length_mm"],"properties":{"species":{"type":"string","enum":["Adelie","Gentoo"]},"bill_length_mm":{"type":"number","format":"double"},
			"sex":{"type":["string","null"]},"year":{"type":"integer","minimum":2000}}}}}}]},
		"example":{"dataframe_records":[{"species":"Adelie","bill_length_mm":39.1,"sex":null,"year":2007}]}}}}}}},
		"components":{"schemas":{"split":{"type":"object","required":["dataframe_split"],"properties":{"dataframe_split":{"type":"object","required":["columns","data"]}}}}}}`
	chatAPI = `{"paths":{"/served-models/chat-1/invocations":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["messages"],
		"properties":{"messages":{"type":"array","items":{"type":"object","required":["role","content"],"properties":{"role":{"type":"string","enum":["user","assistant","system"]},"content":{"type":"string"}}}},
		"stream":{"type":"boolean"}}}}}}}}}}`
)

// workspaceFake is a workspace that a test scripts: an answer for each "METHOD /path" that it expects.
type workspaceFake struct {
	*httptest.Server

	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	seen    []seen
}

type seen struct{ route, token, body string }

func newFake(t *testing.T, answers map[string]http.HandlerFunc) *workspaceFake {
	t.Helper()
	const root = "GET /api/2.0/serving-endpoints"
	d := &workspaceFake{answers: map[string]http.HandlerFunc{
		root:                    answerJSON(200, `{"endpoints":[`+tabular+`,`+chat+`]}`),
		root + "/mass":          answerJSON(200, tabular),
		root + "/mass/openapi":  answerJSON(200, tabularAPI),
		root + "/chat":          answerJSON(200, chat),
		root + "/chat/openapi":  answerJSON(200, chatAPI),
		root + "/words":         answerJSON(200, embedding),
		root + "/words/openapi": answerJSON(404, `{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no schema"}`),
		invokeMass:              answerJSON(200, `{"predictions":[3750.5]}`),
	}}
	for route, answer := range answers {
		d.answers[route] = answer
	}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		route := r.Method + " " + r.URL.EscapedPath()
		d.mu.Lock()
		d.seen = append(d.seen, seen{route, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), string(body)})
		answer, ok := d.answers[route]
		d.mu.Unlock()
		if !ok {
			answer = answerJSON(http.StatusNotFound, `{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"The endpoint does not exist."}`)
		}
		answer(w, r)
	}))
	t.Cleanup(d.Close)
	return d
}

const (
	invokeMass = "POST /serving-endpoints/mass/invocations"
	invokeChat = "POST /serving-endpoints/chat/invocations"
)

func (d *workspaceFake) answer(route string, answer http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[route] = answer
}

// received returns the requests of a route.
func (d *workspaceFake) received(route string) []seen {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []seen
	for _, s := range d.seen {
		if s.route == route {
			found = append(found, s)
		}
	}
	return found
}

func answerJSON(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the test sees what is missing
	}
}

// caller is the test's own header that says who calls: it stands for the platform's proxy.
const caller = "Test-Caller"

// start configures the plugin for the fake workspace, behind a real border.
func (d *workspaceFake) start(t *testing.T, config map[string]any) *sdktest.Host {
	t.Helper()
	all := map[string]any{"host": d.URL}
	for k, v := range config {
		all[k] = v
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return sdktest.Start(t, newModelServing(), sdktest.Options{
		Config: raw, AccessToken: "token-of-the-caller", Timeout: time.Minute,
		Caller: func(r *http.Request) identity.User {
			user := r.Header.Get(caller)
			if user == "" {
				user = "ana"
			}
			return identity.User{ID: user, Email: user + "@example.com"}
		},
	})
}

type response struct {
	status int
	header http.Header
	body   string
}

func (r response) problem(t *testing.T) fault.Problem {
	t.Helper()
	var p fault.Problem
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.header.Get("Content-Type") != fault.ProblemContentType {
		t.Fatalf("status %d, not a problem: %.500s", r.status, r.body)
	}
	if p.RequestID == "" {
		t.Error("a problem without request id")
	}
	return p
}

// open sends a request and returns the answer as it comes.
func open(t *testing.T, h *sdktest.Host, method, path, body string, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, h.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() }) // it may have been closed
	return answer
}

func do(t *testing.T, h *sdktest.Host, method, path, body string, header ...string) response {
	t.Helper()
	answer := open(t, h, method, path, body, header...)
	all, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response{answer.StatusCode, answer.Header, string(all)}
}

// await waits for a condition.
func await(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	deadline := time.After(within)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within %s", what, within)
		}
	}
}
