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

	Endpoint          string `json:"endpoint"`
	Timeout           string `json:"timeout"`
	ListTimeout       string `json:"list_timeout"`
	CacheTTL          string `json:"cache_ttl"`
	Heartbeat         string `json:"heartbeat"`
	StreamHold        string `json:"stream_hold"`
	MaxStreamsPerUser int    `json:"max_streams_per_user"`
}

// Settings are a Config's values, checked and with defaults.
type Settings struct {
	Workspace workspace.Config
	// Endpoint is the one that pages offer first; empty for none.
	Endpoint string
	// Timeout bounds an invocation with its repetitions, and how long a stream may be silent.
	Timeout time.Duration
	// ListTimeout bounds requests for metadata.
	ListTimeout time.Duration
	// CacheTTL is how long metadata is kept for one user and token. 0: not at all.
	CacheTTL time.Duration
	// Heartbeat is how often a stream says that it is alive.
	Heartbeat time.Duration
	// StreamHold is how long a stream waits for a client that was lost. 0: not at all.
	StreamHold time.Duration
	// MaxStreamsPerUser bounds a user's streams at the same time.
	MaxStreamsPerUser int
}

// MaxTimeout is the longest time that an invocation can be given.
const MaxTimeout = 10 * time.Minute

const mostStreams = 1000

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
	return Config{Timeout: "30s", ListTimeout: "5s", CacheTTL: "5m", Heartbeat: "10s", StreamHold: "10s", MaxStreamsPerUser: 100}
}

// Load decodes and checks a configuration.
func Load(settings plugin.Settings) (Settings, plugin.Diagnostics) {
	c := Default()
	if err := settings.Decode(&c); err != nil {
		return Settings{}, plugin.OfError(err)
	}
	s := Settings{Workspace: c.Config, Endpoint: c.Endpoint, MaxStreamsPerUser: c.MaxStreamsPerUser}
	var found plugin.Diagnostics
	refuse := func(path, format string, args ...any) {
		found = append(found, plugin.Diagnostic{Severity: plugin.Error, Summary: "not accepted", Detail: fmt.Sprintf(format, args...), Path: path})
	}
	// The schema's pattern cannot bound durations.
	for _, d := range []struct {
		path, text  string
		least, most time.Duration
		into        *time.Duration
	}{
		{"timeout", c.Timeout, time.Second, MaxTimeout, &s.Timeout},
		{"list_timeout", c.ListTimeout, 100 * time.Millisecond, time.Minute, &s.ListTimeout},
		{"cache_ttl", c.CacheTTL, 0, time.Hour, &s.CacheTTL},
		{"heartbeat", c.Heartbeat, 100 * time.Millisecond, time.Minute, &s.Heartbeat},
		{"stream_hold", c.StreamHold, 0, 5 * time.Minute, &s.StreamHold},
	} {
		var err error
		if *d.into, err = time.ParseDuration(d.text); err != nil || *d.into < d.least || *d.into > d.most {
			refuse(d.path, "%q is not a duration from %s to %s, such as 90s or 5m", d.text, d.least, d.most)
		}
	}
	if c.MaxStreamsPerUser < 1 || c.MaxStreamsPerUser > mostStreams {
		refuse("max_streams_per_user", "%d is not from 1 to %d", c.MaxStreamsPerUser, mostStreams)
	}
	return s, found
}
