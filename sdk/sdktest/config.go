package sdktest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// ConfigSchema checks that a plugin's JSON Schema and its Config describe the same: every key has a description, no key is in one alone,
// and defaults is what the schema says it is. environment is what must be settable there: for a key the variable's name, or a []any of
// names as the schema lists them.
func ConfigSchema(t testing.TB, schema json.RawMessage, defaults any, environment map[string]any) {
	t.Helper()
	var s struct {
		Properties map[string]struct {
			Default     any    `json:"default"`
			Env         any    `json:"env"`
			Description string `json:"description"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		t.Fatalf("schema: %v", err)
	}
	raw, err := json.Marshal(defaults)
	if err != nil {
		t.Fatalf("defaults: %v", err)
	}
	var values map[string]any
	if err := json.Unmarshal(raw, &values); err != nil {
		t.Fatalf("defaults: %v", err)
	}
	for name, p := range s.Properties {
		if !takes(defaults, name) {
			t.Errorf("%s is in the schema alone", name)
		} else if value := values[name]; p.Default != nil && !reflect.DeepEqual(p.Default, value) {
			t.Errorf("default of %s: %v in the schema, %v in Config", name, p.Default, value)
		}
		if p.Description == "" {
			t.Errorf("%s is not described", name)
		}
	}
	for name := range values {
		if _, ok := s.Properties[name]; !ok {
			t.Errorf("%s has no schema", name)
		}
	}
	for name, want := range environment {
		if got := s.Properties[name].Env; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is set by %v, want %v", name, got, want)
		}
	}
}

// takes says whether a configuration like this one has a key, be it left out of its JSON while it is empty.
func takes(config any, key string) bool {
	object, err := json.Marshal(map[string]any{key: nil})
	if err != nil {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(object))
	d.DisallowUnknownFields()
	return d.Decode(reflect.New(reflect.TypeOf(config)).Interface()) == nil
}
