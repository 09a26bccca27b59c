package workspace_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

func TestSchemaNamesEveryKeyAndItsVariable(t *testing.T) {
	t.Parallel()
	type property struct {
		Env    string `json:"env"`
		Secret bool   `json:"x-secret"`
	}
	got := map[string]property{}
	for name, raw := range workspace.SchemaProperties() {
		var p property
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		got[name] = p
	}
	want := map[string]property{
		"host": {Env: "DATABRICKS_HOST"}, "token": {Env: "DATABRICKS_TOKEN", Secret: true},
		"client_id": {Env: "DATABRICKS_CLIENT_ID"}, "client_secret": {Env: "DATABRICKS_CLIENT_SECRET", Secret: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	full, err := json.Marshal(workspace.Config{Host: "h", Token: secret.New("t"), ClientID: "i", ClientSecret: secret.New("s")})
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(full, &keys); err != nil {
		t.Fatal(err)
	}
	if len(keys) != len(want) || keys["token"] != "***" {
		t.Errorf("Config has %v, the schema %v", keys, want)
	}
	for name := range keys {
		if _, ok := want[name]; !ok {
			t.Errorf("Config's %q is not in the schema", name)
		}
	}
}

func TestComposeSchema(t *testing.T) {
	t.Parallel()
	composed, err := workspace.ComposeSchema([]byte(`{"type":"object","additionalProperties":false,"properties":{"page_size":{"type":"integer"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Type       string
		Properties map[string]json.RawMessage
	}
	if err := json.Unmarshal(composed, &s); err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	if got := fmt.Sprint(s.Type, names); got != "object[client_id client_secret host page_size token]" {
		t.Errorf("got %s", got)
	}
	if _, err := workspace.ComposeSchema([]byte(`{"properties":{"host":{}}}`)); err == nil || !strings.Contains(err.Error(), `"host"`) {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := workspace.ComposeSchema([]byte(`[]`)); err == nil {
		t.Error("an array was taken for a schema")
	}
}
