// Package config is what the plugin's user can set, with its JSON Schema, and the checked settings that the code works with.
package config

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/workspace"
)

// Config is the user's configuration. schema.json documents, defaults and bounds every key; a test holds the two together.
type Config struct {
	workspace.Config

	WarehouseID      string `json:"warehouse_id"`
	Catalog          string `json:"catalog"`
	Schema           string `json:"schema"`
	StatementTimeout string `json:"statement_timeout"`
}

// Settings are a Config's values, checked and with defaults.
type Settings struct {
	Workspace workspace.Config
	// WarehouseID is empty when there is none: tables cannot be made.
	WarehouseID string
	// Catalog and Schema are where the tables are.
	Catalog, Schema string
	// StatementTimeout bounds a statement; it is then cancelled.
	StatementTimeout time.Duration
}

const (
	leastStatementTimeout = time.Second
	// MaxStatementTimeout is the longest time that a statement can be given.
	MaxStatementTimeout = 30 * time.Minute
)

//go:embed schema.json
var own []byte

// Schema is the JSON Schema of Config.
var Schema = mustCompose(own)

func mustCompose(own []byte) json.RawMessage {
	composed, err := workspace.ComposeSchema(own)
	if err != nil {
		panic(fmt.Sprintf("config: embedded schema.json: %v", err))
	}
	return composed
}

// Default is the configuration in which nothing was set. schema.json has the same values.
func Default() Config { return Config{Catalog: "main", Schema: "samples", StatementTimeout: "5m"} }

// Load decodes and checks a configuration.
func Load(settings plugin.Settings) (Settings, plugin.Diagnostics) {
	c := Default()
	if err := settings.Decode(&c); err != nil {
		return Settings{}, plugin.OfError(err)
	}
	s := Settings{Workspace: c.Config, WarehouseID: c.WarehouseID, Catalog: c.Catalog, Schema: c.Schema}
	var found plugin.Diagnostics
	var err error
	if s.StatementTimeout, err = time.ParseDuration(c.StatementTimeout); err != nil || s.StatementTimeout < leastStatementTimeout || s.StatementTimeout > MaxStatementTimeout {
		found = append(found, plugin.Diagnostic{
			Severity: plugin.Error, Summary: "not accepted", Path: "statement_timeout",
			Detail: fmt.Sprintf("%q is not a duration from %s to %s, such as 90s or 5m", c.StatementTimeout, leastStatementTimeout, MaxStatementTimeout),
		})
	}
	if c.WarehouseID == "" {
		found = append(found, plugin.Diagnostic{
			Severity: plugin.Warning, Summary: "no SQL warehouse: sample tables cannot be made",
			Detail: "set DATABRICKS_WAREHOUSE_ID or plugins.sampledata.config.warehouse_id", Path: "warehouse_id",
		})
	}
	return s, found
}
