package config_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"corbel.example/plugins/unitycatalog/internal/config"
)

type schema struct {
	Properties map[string]struct {
		Default any    `json:"default"`
		Env     string `json:"env"`
		Text    string `json:"description"`
	} `json:"properties"`
}

func TestSchemaAndConfigHaveTheSameKeysAndDefaults(t *testing.T) {
	t.Parallel()
	var s schema
	if err := json.Unmarshal(config.Schema, &s); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(config.Default())
	if err != nil {
		t.Fatal(err)
	}
	var defaults map[string]any
	if err := json.Unmarshal(raw, &defaults); err != nil {
		t.Fatal(err)
	}
	for name, p := range s.Properties {
		if p.Text == "" {
			t.Errorf("%s is not described", name)
		}
		if p.Default != nil {
			if diff := cmp.Diff(p.Default, defaults[name]); diff != "" {
				t.Errorf("default of %s: %s", name, diff)
			}
		}
		delete(defaults, name)
	}
	if len(defaults) != 0 {
		t.Errorf("keys without schema: %v", slices.Collect(maps.Keys(defaults)))
	}
	for name, env := range map[string]string{
		"host": "DATABRICKS_HOST", "warehouse_id": "DATABRICKS_WAREHOUSE_ID", "catalog": "UNITY_CATALOG_NAME", "schema": "UNITY_CATALOG_SCHEMA",
	} {
		if s.Properties[name].Env != env {
			t.Errorf("%s is set by %q, want %q", name, s.Properties[name].Env, env)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		`{}`: true,
		`{"host":"https://x","warehouse_id":"w","cache_ttl":"1m30s","statement_timeout":"10m","page_size":1000}`: true,
		`{"hots":"x"}`:         false,
		`{"cache_ttl":"soon"}`: false,
		`{"page_size":0}`:      false,
		`{"page_size":1001}`:   false,
		`{"page_size":"100"}`:  false,
		`{"catalog":""}`:       false,
	} {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(value); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
