package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"corbel.example/host/internal/config"
)

const warehouseSchema = `{
  "type": "object",
  "properties": {
    "warehouse_id": {"type": "string", "env": "WAREHOUSE", "minLength": 3},
    "limit": {"type": "integer", "env": "LIMIT", "default": 100, "minimum": 1, "maximum": 1000},
    "ratio": {"type": "number", "env": ["RATIO", "OLD_RATIO"]},
    "debug": {"type": ["null", "boolean"], "env": "DEBUG_SQL"},
    "catalogs": {"type": "array", "env": "CATALOGS", "items": {"type": "string"}},
    "token": {"type": "string", "env": "TOKEN", "x-secret": true, "pattern": "^dapi"},
    "cache": {"$ref": "#/$defs/cache"},
    "proxy": {"type": "object", "properties": {"url": {"type": "string", "env": "PROXY"}, "timeout": {"type": "string", "default": "5s"}}, "required": ["url"]},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
    "mounts": {"type": "array", "items": {"type": "object", "properties": {"path": {"type": "string"}, "password": {"type": "string", "x-secret": true}}, "required": ["path"]}}
  },
  "required": ["warehouse_id"],
  "$defs": {"cache": {"type": "object", "properties": {"ttl": {"type": "string", "default": "5m"}, "size": {"type": "integer", "env": "CACHE_SIZE"}}}}
}`

func hello(t *testing.T, lines ...string) config.Source {
	t.Helper()
	const indent = "\n      "
	return yaml(t, "plugins:\n  hello:\n    config:"+indent+strings.Join(lines, indent)+"\n")
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		yaml    []string
		environ []string
		want    string
	}{
		"file and defaults": {
			[]string{"warehouse_id: abc"},
			nil,
			`{"warehouse_id":"abc","limit":100,"cache":{"ttl":"5m"}}`,
		},
		"environment over file": {
			[]string{"warehouse_id: abc", "limit: 5"},
			[]string{"WAREHOUSE=xyz", "LIMIT=7", "RATIO=0.5", "DEBUG_SQL=true", "CATALOGS=main, samples", "CACHE_SIZE=3", "TOKEN=dapi1"},
			`{"warehouse_id":"xyz","limit":7,"ratio":0.5,"debug":true,"catalogs":["main","samples"],"token":"dapi1","cache":{"ttl":"5m","size":3}}`,
		},
		"second of two variables": {
			[]string{"warehouse_id: abc"},
			[]string{"OLD_RATIO=0.25"},
			`{"warehouse_id":"abc","limit":100,"ratio":0.25,"cache":{"ttl":"5m"}}`,
		},
		"first of two variables": {
			[]string{"warehouse_id: abc"},
			[]string{"OLD_RATIO=0.25", "RATIO=0.5"},
			`{"warehouse_id":"abc","limit":100,"ratio":0.5,"cache":{"ttl":"5m"}}`,
		},
		"list as JSON": {
			[]string{"warehouse_id: abc"},
			[]string{`CATALOGS=["a,b"]`},
			`{"warehouse_id":"abc","limit":100,"catalogs":["a,b"],"cache":{"ttl":"5m"}}`,
		},
		"optional object that a variable begins": {
			[]string{"warehouse_id: abc"},
			[]string{"PROXY=http://p"},
			`{"warehouse_id":"abc","limit":100,"cache":{"ttl":"5m"},"proxy":{"url":"http://p","timeout":"5s"}}`,
		},
		"empty variable is not set": {
			[]string{"warehouse_id: abc"},
			[]string{"WAREHOUSE="},
			`{"warehouse_id":"abc","limit":100,"cache":{"ttl":"5m"}}`,
		},
		"open object takes any key": {
			[]string{"warehouse_id: abc", "labels: {any.thing: x}"},
			nil,
			`{"warehouse_id":"abc","limit":100,"labels":{"any.thing":"x"},"cache":{"ttl":"5m"}}`,
		},
		"types of YAML": {
			[]string{"warehouse_id: \"123\"", "ratio: 1e3", "debug: false"},
			nil,
			`{"warehouse_id":"123","limit":100,"ratio":1000,"debug":false,"cache":{"ttl":"5m"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := hello(t, test.yaml...)
			s.Environ = test.environ
			raw, findings := load(t, s).Resolve("hello", json.RawMessage(warehouseSchema))
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			var got, want any
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		yaml    []string
		environ []string
		want    []string
	}{
		"missing": {
			nil, nil,
			[]string{"corbel.yaml:2: plugins.hello.config.warehouse_id is required: set it in a configuration file or in the environment variable WAREHOUSE"},
		},
		"misspelt": {
			[]string{"warehose_id: abc"},
			[]string{"WAREHOUSE=abc"},
			[]string{"corbel.yaml:4: unknown key plugins.hello.config.warehose_id: did you mean plugins.hello.config.warehouse_id?"},
		},
		"misspelt inside": {
			[]string{"warehouse_id: abc", "cache:", "  tll: 5m"},
			nil,
			[]string{"corbel.yaml:6: unknown key plugins.hello.config.cache.tll: did you mean plugins.hello.config.cache.ttl?"},
		},
		"wrong type and out of range": {
			[]string{"warehouse_id: 5", "limit: 0"},
			nil,
			[]string{
				"corbel.yaml:5: plugins.hello.config.limit: minimum: got 0, want 1",
				"corbel.yaml:4: plugins.hello.config.warehouse_id: got number, want string",
			},
		},
		"variable of the wrong type": {
			[]string{"warehouse_id: abc"},
			[]string{"LIMIT=many"},
			[]string{"environment LIMIT: plugins.hello.config.limit: it must be a whole number"},
		},
		"in a list": {
			[]string{"warehouse_id: abc", "mounts:", "  - path: /a", "  - pth: /b"},
			nil,
			[]string{
				"corbel.yaml:7: plugins.hello.config.mounts.1.path is required: set it in a configuration file",
				"corbel.yaml:7: unknown key plugins.hello.config.mounts.1.pth: did you mean plugins.hello.config.mounts.1.path?",
			},
		},
		"secret is not quoted": {
			[]string{"warehouse_id: abc", "token: hunter2"},
			nil,
			[]string{"corbel.yaml:5: plugins.hello.config.token: the value is not accepted (pattern)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := hello(t, test.yaml...)
			s.Environ = test.environ
			raw, findings := load(t, s).Resolve("hello", json.RawMessage(warehouseSchema))
			var got []string
			for _, f := range findings {
				got = append(got, strings.ReplaceAll(f.String(), s.Dir+"/", ""))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || raw != nil {
				t.Errorf("%s (configuration %s)", diff, raw)
			}
		})
	}
}

func TestResolveWithoutSchema(t *testing.T) {
	t.Parallel()
	raw, findings := load(t, yaml(t, "plugins: {hello: {}}")).Resolve("hello", nil)
	if string(raw) != "{}" || len(findings) > 0 {
		t.Errorf("got %s, %v", raw, findings)
	}
	_, findings = load(t, hello(t, "a: 1")).Resolve("hello", nil)
	if !strings.Contains(findings.Error(), "corbel.yaml:4: unknown key plugins.hello.config.a: the plugin has nothing to configure") {
		t.Errorf("got %v", findings)
	}
}

func TestHostileSchemas(t *testing.T) {
	t.Parallel()
	wide := `{"properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":{"$ref":"#/$defs/n"},"c":{"$ref":"#/$defs/n"}}}}}`
	for name, test := range map[string]struct{ schema, want string }{
		"not JSON":          {`{`, "is not valid"},
		"not an object":     {`[]`, "it is not a JSON object"},
		"not a schema":      {`{"type": 3}`, "is not valid"},
		"reads files":       {`{"properties":{"a":{"$ref":"file:///etc/hostname"}}}`, "references to other documents are not supported"},
		"reads the web":     {`{"$ref":"http://127.0.0.1:1/x"}`, "references to other documents are not supported"},
		"exponentially big": {wide, "more than 10000 properties"},
		"long":              {`{"title":"` + strings.Repeat("x", 300_000) + `"}`, "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, findings := load(t, hello(t)).Resolve("hello", json.RawMessage(test.schema))
			if !strings.Contains(findings.Error(), test.want) {
				t.Errorf("findings are %v, want %q", findings, test.want)
			}
		})
	}
}

func TestAPluginSeesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	c := load(t, yaml(t, "plugins:\n  one: {config: {a: 1}}\n  two: {config: {b: 2}}\n"))
	raw, findings := c.Resolve("two", json.RawMessage(`{"properties":{"b":{}}}`))
	if string(raw) != `{"b":2}` || len(findings) > 0 {
		t.Errorf("got %s, %v", raw, findings)
	}
}

func TestValuesMaskSecrets(t *testing.T) {
	t.Parallel()
	s := hello(t, "warehouse_id: abc", "token: dapi-hunter2", "mounts: [{path: /a, password: hunter2}]")
	s.Environ = []string{"LIMIT=7"}
	c := load(t, s)
	show := func(schemas map[string]json.RawMessage) map[string]string {
		got := map[string]string{}
		for _, v := range c.Values(schemas) {
			if key, ok := strings.CutPrefix(v.Key, "plugins.hello.config."); ok {
				got[key] = v.Text + " from " + strings.ReplaceAll(v.Origin.String(), s.Dir+"/", "")
			}
		}
		return got
	}
	want := map[string]string{
		"warehouse_id":      `"abc" from corbel.yaml:4`,
		"token":             "*** from corbel.yaml:5",
		"mounts.0.path":     `"/a" from corbel.yaml:6`,
		"mounts.0.password": "*** from corbel.yaml:6",
		"limit":             "7 from environment LIMIT",
		"cache.ttl":         `"5m" from default`,
	}
	if diff := cmp.Diff(want, show(map[string]json.RawMessage{"hello": json.RawMessage(warehouseSchema)})); diff != "" {
		t.Error(diff)
	}
	for key, text := range show(nil) {
		if !strings.HasPrefix(text, "*** from corbel.yaml:") {
			t.Errorf("without a schema %s shows %s", key, text)
		}
	}
}

func TestPluginValuesAreOfOnePlugin(t *testing.T) {
	t.Parallel()
	c := load(t, yaml(t, "plugins:\n  one: {config: {a: 1, token: hunter2}}\n  two: {enabled: false, config: {b: 2}}\n"))
	schema := json.RawMessage(`{"properties":{"a":{},"token":{"x-secret":true}}}`)
	for known, want := range map[bool]string{true: "1 ***", false: "*** ***"} {
		var texts []string
		for _, v := range c.PluginValues("one", schema, known) {
			if !strings.HasPrefix(v.Key, "plugins.one.") {
				t.Errorf("%s is another's", v.Key)
			}
			if strings.HasPrefix(v.Key, "plugins.one.config.") {
				texts = append(texts, v.Text)
			}
		}
		if got := strings.Join(texts, " "); got != want {
			t.Errorf("schema known %v: %q, want %q", known, got, want)
		}
	}
	if got := c.PluginValues("absent", schema, true); got != nil {
		t.Errorf("a plugin that there is not: %v", got)
	}
}
