package endpoint

import (
	"encoding/json"
	"testing"

	"corbel.example/sdk/fault"
)

// FuzzCheck: what is accepted is JSON, what is refused is the caller's fault, and nothing else happens.
func FuzzCheck(f *testing.F) {
	schema, err := ParseSchema(json.RawMessage(`{"paths":{"/invocations":{"post":{"requestBody":{"content":{"application/json":{"schema":{"properties":{
		"dataframe_records":{"type":"array","items":{"type":"object","required":["a"],"properties":{"a":{"type":"number"}}}},"dataframe_split":{}}}}}}}}}}`))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{`{"dataframe_records":[{"a":1}]}`, `{"dataframe_split":{"columns":["a"],"data":[[1],["x"]]}}`, `{"dataframe_records":[{"a":NaN}]}`, `[`, `1e400`, `{"a":{"b":[1,`, `{"dataframe_split":{"columns":["~","/"],"data":[[1,2]]}}`} {
		f.Add([]byte(seed))
	}
	e := &Endpoint{Name: "e", Schema: schema}
	f.Fuzz(func(t *testing.T, body []byte) {
		switch _, err := e.Check(body); {
		case err == nil && !json.Valid(body):
			t.Errorf("%q is accepted", body)
		case err != nil && fault.KindOf(err) != fault.Invalid:
			t.Errorf("%q: %v", body, err)
		}
	})
}

// FuzzParseSchema: no document breaks it.
func FuzzParseSchema(f *testing.F) {
	f.Add([]byte(`{"paths":{"/invocations":{"post":{"requestBody":{"$ref":"#/x"}}}},"x":{"$ref":"#/x"}}`))
	f.Add([]byte(`{"paths":{"/invocations":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"file:///etc/passwd"}}}}}}}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		if s, err := ParseSchema(document); err == nil && s.checks == nil {
			t.Error("a schema without checks")
		}
	})
}
