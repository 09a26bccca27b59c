package config

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Variable returns what a plugin's configuration has where its schema names the environment variable, wherever the value comes from. Of a variable
// that the schema does not name it is the variable's own value. "" is none.
func (c *Config) Variable(plugin string, schema json.RawMessage, variable string) string {
	r := c.resolution(plugin, schema)
	if r.schema == nil {
		return c.environment[variable]
	}
	for name, property := range r.schema.properties(r.schema.resolve(r.schema.root)) {
		if value, set := r.object[name]; set && slices.Contains(property.env(), variable) {
			return fmt.Sprint(value)
		}
	}
	return c.environment[variable]
}

// Environment returns a variable of the environment, "" for none.
func (c *Config) Environment(variable string) string { return c.environment[variable] }
