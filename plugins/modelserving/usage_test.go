package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/sdktest"
)

const massUsage = root + "/endpoints/mass/usage"

func usageOf(t *testing.T, h *sdktest.Host, path string) usage.Report {
	t.Helper()
	var got usage.Report
	r := do(t, h, "GET", path, "")
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.status != http.StatusOK {
		t.Fatalf("%d %v %.300s", r.status, err, r.body)
	}
	return got
}

func TestUsageTellsWhoseFaultsTheyWere(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, nil)
	if _, text := fragment(t, h, "/usage/mass"); text == "" {
		t.Error("no card before the first invocation")
	}
	for _, answer := range []http.HandlerFunc{
		answerJSON(200, `{"predictions":[1],"usage":{"prompt_tokens":7,"completion_tokens":5}}`),
		answerJSON(500, `{"error_code":"INTERNAL_ERROR","message":"division by zero"}`),
		answerJSON(403, `{"error_code":"PERMISSION_DENIED","message":"no"}`),
		answerJSON(200, `{"predictions":`),
	} {
		d.answer(invokeMass, answer)
		do(t, h, "POST", massPath, goodRecord)
	}
	do(t, h, "POST", massPath, `{"dataframe_records":[]}`)
	d.answer(invokeMass, retryOnce(answerJSON(200, `{"predictions":[1]}`)))
	do(t, h, "POST", massPath, goodRecord)

	got := usageOf(t, h, massUsage)
	want := usage.Outcomes{Succeeded: 2, Caller: 2, Model: 2}
	if diff := cmp.Diff(want, got.Outcomes); diff != "" || got.Invocations != 6 || got.Retries != 1 || got.Tokens != (usage.Tokens{Read: 7, Spoken: 5}) {
		t.Errorf("%s %+v", diff, got)
	}
	if got.Latency == nil || got.Latency.P50 <= 0 || got.Latency.Max < 100 || got.First != nil {
		t.Errorf("times: %+v", got)
	}
	_, text := fragment(t, h, "/usage/mass")
	wants(t, "the card", text, "Invocations 6", "Succeeded 2", "Failed in the model 2", "Refused input or permission 2", "Repeated requests 1", "Tokens read 7", "Whole answer", "95 % within")
}

// retryOnce answers 503 once, and then as asked.
func retryOnce(then http.HandlerFunc) http.HandlerFunc {
	first := true
	return func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			answerJSON(503, `{"error_code":"TEMPORARILY_UNAVAILABLE","message":"busy"}`)(w, r)
			return
		}
		then(w, r)
	}
}

func TestUsageCountsStreams(t *testing.T) {
	t.Parallel()
	d := newFake(t, map[string]http.HandlerFunc{invokeChat: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("data: {\"choices\":[]}\n\ndata: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9}}\n\ndata: [DONE]\n\n")) // the test sees what is missing
	}})
	h := d.start(t, nil)
	do(t, h, "POST", chatPath, goodChat)
	await(t, "the stream is counted", waitTimeout, func() bool { return usageOf(t, h, root+"/endpoints/chat/usage").Invocations == 1 })
	got := usageOf(t, h, root+"/endpoints/chat/usage")
	if got.Streams != 1 || got.Outcomes.Succeeded != 1 || got.First == nil || got.Tokens.Spoken != 9 {
		t.Errorf("%+v", got)
	}
	_, text := fragment(t, h, "/usage/chat")
	wants(t, "the card", text, "Streamed 1", "First words of a stream")
}

// Figures are of all users together, but only of endpoints that the user who asks may see.
func TestUsageIsOfWhatOneMaySee(t *testing.T) {
	t.Parallel()
	d := newFake(t, nil)
	h := d.start(t, map[string]any{"cache_ttl": "0s"})
	do(t, h, "POST", massPath, goodRecord, caller, "ana")
	if r := do(t, h, "GET", massUsage, "", caller, "ben"); r.status != http.StatusOK {
		t.Errorf("ben may see the endpoint, and gets %d %s", r.status, r.body)
	}
	const description = "GET /api/2.0/serving-endpoints/mass"
	for status, code := range map[int]string{http.StatusForbidden: "PERMISSION_DENIED", http.StatusNotFound: "RESOURCE_DOES_NOT_EXIST"} {
		d.answer(description, answerJSON(status, `{"error_code":"`+code+`","message":"no"}`))
		if r := do(t, h, "GET", massUsage, "", caller, "cleo"); r.status != status {
			t.Errorf("cleo may not see the endpoint, and gets %d %s", r.status, r.body)
		}
		if r := do(t, h, "GET", fragments+"/usage/mass", "", caller, "cleo"); r.status != status || strings.Contains(r.body, "Invocations") {
			t.Errorf("cleo may not see the endpoint, and gets the card: %d %s", r.status, r.body)
		}
	}
}

func TestUsageOutlivesAConfiguration(t *testing.T) {
	t.Parallel()
	m := newModelServing()
	m.meter.Observe("mass", usage.Observation{Latency: time.Millisecond})
	h := sdktest.Start(t, m, sdktest.Options{Config: json.RawMessage(`{"host":"` + newFake(t, nil).URL + `"}`), AccessToken: "token"})
	if got := usageOf(t, h, massUsage); got.Invocations != 1 {
		t.Errorf("%+v", got)
	}
}
