package config_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"corbel.example/plugins/lakebase/internal/config"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/sdktest"
)

func TestSchemaAndConfigHaveTheSameKeysAndDefaults(t *testing.T) {
	t.Parallel()
	sdktest.ConfigSchema(t, config.Schema, config.Default(), map[string]any{
		"host": "DATABRICKS_HOST", "database_host": []any{"LAKEBASE_HOST", "PGHOST"}, "database_token": "LAKEBASE_TOKEN", "endpoint": "LAKEBASE_ENDPOINT",
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
		`{"database_host":"h","database_port":5432,"acquire_timeout":"1s","endpoint":"projects/p/branches/b/endpoints/e","ssl_mode":"verify-full"}`: true,
		`{"databse_host":"x"}`:       false,
		`{"acquire_timeout":"soon"}`: false,
		`{"database_port":0}`:        false,
		`{"endpoint":"primary"}`:     false,
		`{"ssl_mode":"prefer"}`:      false,
		`{"max_connections":0}`:      false,
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

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	const whole = `"database_host":"127.0.0.1","database_user":"u","endpoint":"projects/p/branches/b/endpoints/e"`
	for text, path := range map[string]string{
		`{` + whole + `}`:                                                                                  "",
		`{` + whole + `,"ssl_mode":"disable"}`:                                                             "",
		`{"database_user":"u","database_token":"t"}`:                                                       "database_host",
		`{"database_host":"h","database_token":"t"}`:                                                       "database_user",
		`{"database_host":"h","client_id":"c","client_secret":"s","instance":"i"}`:                         "",
		`{"database_host":"h","database_user":"u"}`:                                                        "endpoint",
		`{"database_host":"db.example.com","database_user":"u","database_token":"t","ssl_mode":"disable"}`: "ssl_mode",
		`{` + whole + `,"min_connections":9,"max_connections":3}`:                                          "min_connections",
		`{` + whole + `,"acquire_timeout":"1h"}`:                                                           "acquire_timeout",
		`{` + whole + `,"statement_timeout":"1ms"}`:                                                        "statement_timeout",
	} {
		_, found := config.Load(plugin.Settings{Config: json.RawMessage(text)})
		switch {
		case path == "" && found.HasError():
			t.Errorf("%s: %s", text, found)
		case path != "" && (len(found) != 1 || found[0].Path != path):
			t.Errorf("%s: %s, want a finding about %s", text, found, path)
		}
	}
}
