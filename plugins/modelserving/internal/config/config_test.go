package config_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/plugins/modelserving/internal/config"
)

func TestSchemaAndConfigHaveTheSameKeysAndDefaults(t *testing.T) {
	t.Parallel()
	var s struct {
		Properties map[string]struct {
			Default any    `json:"default"`
			Env     string `json:"env"`
			Text    string `json:"description"`
		} `json:"properties"`
	}
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
	for name, env := range map[string]string{"host": "DATABRICKS_HOST", "endpoint": "MODEL_SERVING_ENDPOINT", "timeout": "MODEL_SERVING_TIMEOUT"} {
		if got := s.Properties[name].Env; got != env {
			t.Errorf("%s is set by %q, want %q", name, got, env)
		}
	}
}
