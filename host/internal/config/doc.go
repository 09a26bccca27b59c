// Package config reads the host's configuration: defaults, config/corbel.yaml, config/corbel.<profile>.yaml, the
// environment and flags, each layer over the one before. Every value knows where it came from, every finding names the
// file and line, and all findings are reported at once.
//
// The configuration of a plugin is opaque here until the plugin's manifest brings its JSON schema: see Config.Resolve.
package config
