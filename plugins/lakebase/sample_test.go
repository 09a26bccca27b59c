package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestSampleData(t *testing.T) {
	t.Parallel()
	c := start(t)
	const sample = `{"preferences":{"default_catalog":"main"},
		"saved_queries":[{"key":"q","name":"Q","statement":"SELECT 1"}],"notes":[{"key":"n","title":"N","body":"b"}]}`
	for range 2 {
		if r := c.do(http.MethodPut, "/sample-data", sample); r.status != http.StatusOK || strings.TrimSpace(r.body) != `{"preferences":1,"saved_queries":1,"notes":1}` {
			t.Fatalf("put: %d %s", r.status, r.body)
		}
	}
	if r := c.do(http.MethodGet, "/preferences", ""); r.json["default_catalog"] != "main" {
		t.Errorf("preferences: %s", r.body)
	}
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodDelete} {
		if r := c.do(method, "/sample-data", ""); r.status != http.StatusOK || strings.TrimSpace(r.body) != `{"preferences":0,"saved_queries":0,"notes":0}` {
			t.Errorf("%s: %d %s", method, r.status, r.body)
		}
	}
	for name, body := range map[string]string{
		"an unknown field":     `{"history":[]}`,
		"a bad preference":     `{"preferences":{"theme":"pink"}}`,
		"a query without text": `{"saved_queries":[{"key":"q","name":"Q","statement":""}]}`,
		"a bad key":            `{"notes":[{"key":"A b","title":"N","body":"b"}]}`,
		"a key twice":          `{"notes":[{"key":"n","title":"N","body":"b"},{"key":"n","title":"M","body":"b"}]}`,
		"too many":             `{"notes":[` + strings.Repeat(`{"key":"n","title":"N","body":"b"},`, 20) + `{"key":"n","title":"N","body":"b"}]}`,
	} {
		if r := c.do(http.MethodPut, "/sample-data", body); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := c.do(http.MethodGet, "/notes", ""); !strings.Contains(r.body, `"notes":[]`) {
		t.Errorf("something refused was written: %s", r.body)
	}
}
