// Package config is what the plugin's user can set, with its JSON Schema, and the checked settings that the code works with.
package config

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"time"

	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/workspace"
)

// Config is the user's configuration. schema.json documents, defaults and bounds every key; a test holds the two together.
type Config struct {
	workspace.Config

	DatabaseHost     string        `json:"database_host"`
	DatabasePort     int           `json:"database_port"`
	Database         string        `json:"database"`
	DatabaseUser     string        `json:"database_user"`
	DatabaseToken    secret.String `json:"database_token,omitzero"`
	Endpoint         string        `json:"endpoint"`
	Instance         string        `json:"instance"`
	SSLMode          string        `json:"ssl_mode"`
	SSLRootCert      string        `json:"ssl_root_cert"`
	MinConnections   int           `json:"min_connections"`
	MaxConnections   int           `json:"max_connections"`
	Lifetime         string        `json:"connection_lifetime"`
	AcquireTimeout   string        `json:"acquire_timeout"`
	StatementTimeout string        `json:"statement_timeout"`
	HistoryLimit     int           `json:"history_limit"`
}

// Settings are a Config's values, checked and with defaults.
type Settings struct {
	Workspace workspace.Config
	Database  database.Settings
	// Token logs in as it is. Zero: tokens are minted for Endpoint or Instance.
	Token              secret.String
	Endpoint, Instance string
	// HistoryLimit is how many entries of history each user keeps.
	HistoryLimit int
}

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
	return Config{
		DatabasePort: 5432, Database: "databricks_postgres", SSLMode: "require", MinConnections: 5, MaxConnections: 10,
		Lifetime: "30m", AcquireTimeout: "2s", StatementTimeout: "5s", HistoryLimit: 1000,
	}
}

// bounds of durations, which the schema's pattern cannot express.
var (
	lifetimes         = bounds{time.Second, 24 * time.Hour}
	acquireTimeouts   = bounds{10 * time.Millisecond, time.Minute}
	statementTimeouts = bounds{100 * time.Millisecond, 5 * time.Minute}
)

type bounds struct{ least, most time.Duration }

func (b bounds) parse(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < b.least || d > b.most {
		return 0, fmt.Errorf("%q is not a duration from %s to %s, such as 500ms or 5s", text, b.least, b.most)
	}
	return d, nil
}

// Load decodes and checks a configuration.
func Load(settings plugin.Settings) (Settings, plugin.Diagnostics) {
	c := Default()
	if err := settings.Decode(&c); err != nil {
		return Settings{}, plugin.OfError(err)
	}
	s := Settings{
		Workspace: c.Config, Token: c.DatabaseToken, Endpoint: c.Endpoint, Instance: c.Instance, HistoryLimit: c.HistoryLimit,
		Database: database.Settings{
			Host: c.DatabaseHost, Port: uint16(c.DatabasePort), Name: c.Database, User: c.DatabaseUser, //nolint:gosec // The schema bounds the port.
			SSLMode: c.SSLMode, SSLRootCert: c.SSLRootCert,
			MinConnections: int32(c.MinConnections), MaxConnections: int32(c.MaxConnections), //nolint:gosec // The schema bounds them.
		},
	}
	if s.Database.User == "" {
		s.Database.User = c.ClientID
	}
	found := check(c, s)
	refuse := func(path string, err error) {
		if err != nil {
			found = append(found, plugin.Diagnostic{Severity: plugin.Error, Summary: "not accepted", Detail: err.Error(), Path: path})
		}
	}
	var err error
	s.Database.Lifetime, err = lifetimes.parse(c.Lifetime)
	refuse("connection_lifetime", err)
	s.Database.AcquireTimeout, err = acquireTimeouts.parse(c.AcquireTimeout)
	refuse("acquire_timeout", err)
	s.Database.StatementTimeout, err = statementTimeouts.parse(c.StatementTimeout)
	refuse("statement_timeout", err)
	return s, found
}

// check finds what is missing or does not go together.
func check(c Config, s Settings) (found plugin.Diagnostics) {
	refuse := func(path, summary, detail string) {
		found = append(found, plugin.Diagnostic{Severity: plugin.Error, Summary: summary, Detail: detail, Path: path})
	}
	if s.Database.Host == "" {
		refuse("database_host", "no database", "set PGHOST or LAKEBASE_HOST, which an app's database resource does, or disable the plugin")
	}
	if s.Database.User == "" {
		refuse("database_user", "nobody to log in as", "set PGUSER or LAKEBASE_USER, or the app's service principal in DATABRICKS_CLIENT_ID")
	}
	if c.DatabaseToken.IsZero() && c.Endpoint == "" && c.Instance == "" {
		refuse("endpoint", "no way to a token", "set LAKEBASE_ENDPOINT or LAKEBASE_INSTANCE, so that tokens can be fetched, or LAKEBASE_TOKEN")
	}
	if c.MinConnections > c.MaxConnections {
		refuse("min_connections", "not accepted", fmt.Sprintf("%d is more than max_connections, which is %d", c.MinConnections, c.MaxConnections))
	}
	if ip := net.ParseIP(c.DatabaseHost); c.SSLMode == "disable" && c.DatabaseHost != "localhost" && (ip == nil || !ip.IsLoopback()) {
		refuse("ssl_mode", "not accepted", "without encryption the token would be readable on the way: use require, or verify-full")
	}
	return found
}
