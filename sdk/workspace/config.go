package workspace

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"corbel.example/sdk/secret"
)

// Config is the workspace and the app's own credentials. A plugin embeds it in its configuration and composes its JSON
// Schema with ComposeSchema.
type Config struct {
	// Host is the workspace's address: https://adb-1.2.azuredatabricks.net. Plain http is accepted for loopback addresses only.
	Host string `json:"host,omitempty"`
	// Token is a personal access token with which the app acts as itself. Users are never served with it.
	Token secret.String `json:"token,omitzero"`
	// ClientID and ClientSecret are the app's service principal. They win over Token.
	ClientID     string        `json:"client_id,omitempty"`
	ClientSecret secret.String `json:"client_secret,omitzero"`
}

//go:embed schema.json
var schema []byte

// SchemaProperties returns the JSON Schemas of Config's properties, by name. Each names its environment variable.
func SchemaProperties() map[string]json.RawMessage {
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(schema, &properties); err != nil {
		panic(fmt.Sprintf("workspace: embedded schema.json: %v", err))
	}
	return properties
}

// ComposeSchema returns own, a JSON Schema of an object, with Config's properties added. A property that own has already
// is an error.
func ComposeSchema(own []byte) (json.RawMessage, error) {
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(own, &whole); err != nil {
		return nil, fmt.Errorf("compose configuration schema: %w", err)
	}
	properties := map[string]json.RawMessage{}
	if raw, ok := whole["properties"]; ok {
		if err := json.Unmarshal(raw, &properties); err != nil {
			return nil, fmt.Errorf("compose configuration schema: properties: %w", err)
		}
	}
	for name, property := range SchemaProperties() {
		if _, taken := properties[name]; taken {
			return nil, fmt.Errorf("compose configuration schema: property %q belongs to the workspace", name)
		}
		properties[name] = property
	}
	raw, err := json.Marshal(properties)
	if err != nil {
		return nil, fmt.Errorf("compose configuration schema: %w", err)
	}
	whole["properties"] = raw
	return json.Marshal(whole)
}

// origin returns the scheme and authority of the workspace.
func (c Config) origin() (string, error) {
	if c.Host == "" {
		return "", errors.New("host is missing: set DATABRICKS_HOST to the workspace's address")
	}
	text := c.Host
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil {
		// The text is not repeated: a mistyped address may hold credentials.
		return "", errors.New("host is not the address of a workspace: set DATABRICKS_HOST to something like https://example.cloud.databricks.com")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && isLoopback(u.Hostname()):
	case u.Scheme == "http":
		return "", fmt.Errorf("host %q would send tokens unencrypted: use https", u.Host)
	default:
		return "", fmt.Errorf("host has the scheme %q: use https", u.Scheme)
	}
	return u.Scheme + "://" + u.Host, nil
}

func (c Config) validate() error {
	if (c.ClientID == "") != c.ClientSecret.IsZero() {
		return errors.New("client_id and client_secret belong together: set DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or neither")
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
