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
	CacheTTL         string `json:"cache_ttl"`
	StatementTimeout string `json:"statement_timeout"`
	PageSize         int    `json:"page_size"`
}

// Settings are a Config's values, checked and with defaults.
type Settings struct {
	Workspace workspace.Config
	// WarehouseID is empty when there is none: metadata works, SQL does not.
	WarehouseID string
	// Catalog and Schema are where names in statements are looked up, and what the home page shows.
	Catalog, Schema string
	// CacheTTL is how long metadata is kept for one user and token. 0: not at all.
	CacheTTL time.Duration
	// StatementTimeout bounds a statement; it is then cancelled.
	StatementTimeout time.Duration
	// PageSize is the number of rows of a page when the request does not say.
	PageSize int
}

const (
	// MaxPageSize is the largest page of rows.
	MaxPageSize = 1000
	// MaxStatementTimeout is the longest time that a statement can be given.
	MaxStatementTimeout = 10 * time.Minute
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
func Default() Config {
	return Config{Catalog: "main", Schema: "samples", CacheTTL: "5m", StatementTimeout: "60s", PageSize: 100}
}

// bounds of durations, which the schema's pattern cannot express.
var (
	cacheTTLs         = bounds{0, time.Hour}
	statementTimeouts = bounds{time.Second, MaxStatementTimeout}
)

type bounds struct{ least, most time.Duration }

func (b bounds) parse(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < b.least || d > b.most {
		return 0, fmt.Errorf("%q is not a duration from %s to %s, such as 90s or 5m", text, b.least, b.most)
	}
	return d, nil
}

// Load decodes and checks a configuration.
func Load(settings plugin.Settings) (Settings, plugin.Diagnostics) {
	c := Default()
	if err := settings.Decode(&c); err != nil {
		return Settings{}, plugin.OfError(err)
	}
	s := Settings{Workspace: c.Config, WarehouseID: c.WarehouseID, Catalog: c.Catalog, Schema: c.Schema, PageSize: c.PageSize}
	var found plugin.Diagnostics
	refuse := func(path, detail string) {
		found = append(found, plugin.Diagnostic{Severity: plugin.Error, Summary: "not accepted", Detail: detail, Path: path})
	}
	var err error
	if s.CacheTTL, err = cacheTTLs.parse(c.CacheTTL); err != nil {
		refuse("cache_ttl", err.Error())
	}
	if s.StatementTimeout, err = statementTimeouts.parse(c.StatementTimeout); err != nil {
		refuse("statement_timeout", err.Error())
	}
	if c.PageSize < 1 || c.PageSize > MaxPageSize {
		refuse("page_size", fmt.Sprintf("%d is not from 1 to %d", c.PageSize, MaxPageSize))
	}
	if c.WarehouseID == "" {
		found = append(found, plugin.Diagnostic{
			Severity: plugin.Warning, Summary: "no SQL warehouse: metadata is shown, rows and queries are not",
			Detail: "set DATABRICKS_WAREHOUSE_ID or plugins.unitycatalog.config.warehouse_id", Path: "warehouse_id",
		})
	}
	return s, found
}
