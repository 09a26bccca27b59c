package config_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"corbel.example/plugins/unitycatalog/internal/config"
	"corbel.example/sdk/sdktest"
)

func TestSchemaAndConfigHaveTheSameKeysAndDefaults(t *testing.T) {
	t.Parallel()
	sdktest.ConfigSchema(t, config.Schema, config.Default(), map[string]any{
		"host": "DATABRICKS_HOST", "warehouse_id": "DATABRICKS_WAREHOUSE_ID", "catalog": "UNITY_CATALOG_NAME", "schema": "UNITY_CATALOG_SCHEMA",
	})
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
