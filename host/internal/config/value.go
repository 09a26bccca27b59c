package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Value is a setting as people see it.
type Value struct {
	Key string
	// Text is the value, or *** for a secret.
	Text   string
	Origin Origin
}

const mask = "***"

// Values returns all settings with their origins. schemas holds the JSON schemas of plugins by name; without its schema
// a plugin's own configuration is masked as a whole, because nobody else knows what is secret in it.
func (c *Config) Values(schemas map[string]json.RawMessage) []Value {
	var list []Value
	for _, s := range hostSettings {
		list = append(list, c.hostValue(s.name))
	}
	for i := range c.Settings.Plugins {
		list = append(list, c.settingsOf(&c.Settings.Plugins[i], schemas)...)
	}
	return list
}

// PluginValues returns the settings of one plugin with their origins. schema is the JSON schema of its manifest; without one, known
// is false and the plugin's own configuration is masked as a whole.
func (c *Config) PluginValues(plugin string, schema json.RawMessage, known bool) []Value {
	schemas := map[string]json.RawMessage{}
	if known {
		schemas[plugin] = schema
	}
	i := slices.IndexFunc(c.Settings.Plugins, func(p Plugin) bool { return p.Name == plugin })
	if i < 0 {
		return nil
	}
	return c.settingsOf(&c.Settings.Plugins[i], schemas)
}

// settingsOf lists what there is to say of a plugin.
func (c *Config) settingsOf(p *Plugin, schemas map[string]json.RawMessage) []Value {
	var list []Value
	for _, s := range pluginSettings {
		key := pluginPath(p.Name, s.name)
		v := c.hostValue(key)
		if v.Origin == (Origin{}) {
			v.Text, v.Origin.Source = s.def, "default"
		}
		if s.name == "path" {
			v.Text = p.Path
		}
		list = append(list, v)
	}
	return append(list, c.pluginValues(p.Name, schemas)...)
}

func (c *Config) hostValue(key string) Value {
	texts, _ := c.merged.Get(key).([]string)
	return Value{Key: key, Text: strings.Join(texts, ","), Origin: c.origins[key]}
}

func (c *Config) pluginValues(plugin string, schemas map[string]json.RawMessage) []Value {
	raw, known := schemas[plugin]
	if !known {
		r := &resolution{plugin: plugin, origins: c.origins, secrets: map[string]bool{"": true}}
		return r.values(c.pluginObject(plugin), "", true)
	}
	r := c.resolution(plugin, raw)
	return r.values(r.object, "", false)
}

// values lists what an object holds, a line for each value that is no object or list itself.
func (r *resolution) values(v any, path string, secret bool) []Value {
	secret = secret || r.secrets[path]
	var list []Value
	switch t := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(t)) {
			list = append(list, r.values(t[name], within(path, name), secret)...)
		}
		return list
	case []any:
		for i, item := range t {
			list = append(list, r.values(item, within(path, strconv.Itoa(i)), secret)...)
		}
		return list
	}
	text := mask
	if !secret {
		text = display(v)
	}
	return []Value{{Key: r.key(path), Text: text, Origin: r.originOf(r.key(path))}}
}

// display writes a single JSON value on one line.
func display(v any) string {
	if s, ok := v.(string); ok {
		return strconv.Quote(s)
	}
	return fmt.Sprint(v)
}
