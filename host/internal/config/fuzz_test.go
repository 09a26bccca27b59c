package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"corbel.example/host/internal/config"
)

// FuzzConfig reads arbitrary files: what is accepted can be shown and resolved, what is refused says in which file.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{
		"", "server:\n  port: 8000\n", "plugins:\n  hello:\n    config: {a: [1, {b: c}], warehouse_id: x}\n",
		"server:\n\tport: 1\n", "a: &a [*a]\n", "a: &a {<<: *a}\n", "\xef\xbb\xbfserver: {}\n", "\xff\xfes\x00", "- 1\n", "? {a: b}\n: c\n",
		"plugins: {x: {config: {\"\": 1, \".\": 2, \"a.b\": {c: .nan}}}}\n", "server: {port: !!binary x}\n", "--- {}\n--- {}\n", "%YAML 9.9\n---\n",
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "corbel.yaml")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(config.Source{Dir: dir, PluginDir: "plugins"})
		if err != nil {
			if err.Error() == "" {
				t.Error("the error says nothing")
			}
			return
		}
		for _, p := range c.Settings.Plugins[:min(2, len(c.Settings.Plugins))] {
			if raw, findings := c.Resolve(p.Name, json.RawMessage(warehouseSchema)); len(findings) == 0 && !json.Valid(raw) {
				t.Errorf("configuration of %s is not JSON: %s", p.Name, raw)
			}
		}
		for _, v := range c.Values(map[string]json.RawMessage{"hello": json.RawMessage(warehouseSchema)}) {
			if v.Key == "" || v.Origin == (config.Origin{}) {
				t.Errorf("value %+v has no key or origin", v)
			}
		}
	})
}
