package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Resolve returns the configuration of a plugin whose manifest has the given JSON schema: what the files say, under
// what the environment variables say that the schema names, over the schema's defaults. The plugin gets nothing else of
// the configuration. Findings mean that there is none.
//
// It does not change the Config and may be called concurrently.
func (c *Config) Resolve(plugin string, schema json.RawMessage) (json.RawMessage, Findings) {
	r := c.resolution(plugin, schema)
	if len(r.findings) > 0 {
		return nil, r.findings
	}
	raw, err := json.Marshal(r.object)
	if err != nil {
		r.find("", "it cannot be written as JSON: %v", err)
		return nil, r.findings
	}
	return raw, nil
}

// resolution is the configuration of one plugin in the making. Paths are dotted and begin at the plugin's own object.
type resolution struct {
	plugin      string
	schema      *schema
	environment map[string]string
	object      map[string]any
	origins     map[string]Origin // by full key
	variables   map[string]string // by path
	secrets     map[string]bool   // by path
	steps       int
	findings    Findings
}

func (c *Config) resolution(plugin string, raw json.RawMessage) *resolution {
	r := &resolution{
		plugin: plugin, environment: c.environment, object: c.pluginObject(plugin),
		origins: maps.Clone(c.origins), variables: map[string]string{}, secrets: map[string]bool{},
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		for name := range r.object {
			r.find(name, "unknown key %s: the plugin has nothing to configure", r.key(name))
		}
		return r
	}
	var err error
	if r.schema, err = parseSchema(raw); err != nil {
		r.findings = Findings{{Key: r.key(""), Message: fmt.Sprintf("the configuration schema in the manifest of plugin %s is not valid: %v", plugin, err)}}
		return r
	}
	r.fill(r.object, r.schema.resolve(r.schema.root), "", false)
	if r.steps > maxSchemaSteps {
		r.findings = Findings{{Key: r.key(""), Message: fmt.Sprintf("the configuration schema in the manifest of plugin %s has more than %d properties", plugin, maxSchemaSteps)}}
		return r
	}
	r.validate()
	slices.SortStableFunc(r.findings, func(a, b Finding) int { return strings.Compare(a.Key, b.Key) })
	return r
}

// pluginObject returns a copy of what the files say about a plugin's configuration.
func (c *Config) pluginObject(plugin string) map[string]any {
	section, _ := c.merged.Raw()[pluginsSection].(map[string]any)
	settings, _ := section[plugin].(map[string]any)
	object, _ := settings[pluginConfig].(map[string]any)
	if object == nil {
		object = map[string]any{}
	}
	return object
}

// key is the full dotted key of a path.
func (r *resolution) key(path string) string {
	if path == "" {
		return pluginPath(r.plugin, pluginConfig)
	}
	return pluginPath(r.plugin, pluginConfig, path)
}

// find adds a finding at the place where path, or what it is part of, comes from.
func (r *resolution) find(path, format string, args ...any) {
	r.findings = append(r.findings, Finding{Origin: r.originOf(r.key(path)), Key: r.key(path), Message: fmt.Sprintf(format, args...)})
}

// originOf returns the origin of the key, or of the nearest thing around it.
func (r *resolution) originOf(key string) Origin {
	for strings.Contains(key, ".") {
		if origin, ok := r.origins[key]; ok {
			return origin
		}
		key = key[:strings.LastIndexByte(key, '.')]
	}
	return Origin{}
}

func within(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// fill completes an object by the environment and by defaults, and finds its unknown keys.
func (r *resolution) fill(object map[string]any, n node, path string, secret bool) {
	properties := r.schema.properties(n)
	if n.closed() {
		r.refuseUnknown(object, properties, path)
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if r.steps++; r.steps > maxSchemaSteps {
			return
		}
		property, at := properties[name], within(path, name)
		hidden := secret || property.secret()
		r.secrets[at] = hidden
		r.fromEnvironment(object, name, property, at)
		if _, set := object[name]; !set {
			if def, has := property["default"]; has {
				object[name] = def
				r.origins[r.key(at)] = Origin{Source: "default"}
			}
		}
		r.descend(object, name, property, at, hidden)
	}
}

// fromEnvironment sets the property if one of its variables is set.
func (r *resolution) fromEnvironment(object map[string]any, name string, property node, path string) {
	variables := property.env()
	if len(variables) == 0 {
		return
	}
	i := max(0, slices.IndexFunc(variables, r.isSet))
	variable := variables[i]
	r.variables[path] = variable
	text, set := r.environment[variable]
	if !set {
		return
	}
	r.origins[r.key(path)] = Origin{Source: "environment " + variable}
	v, err := r.schema.convert(text, property)
	if err != nil {
		r.find(path, "%s: %v", r.key(path), err)
		return
	}
	object[name] = v
}

func (r *resolution) isSet(variable string) bool {
	_, set := r.environment[variable]
	return set
}

// descend fills what is inside the property: an object, an object that is not there yet, or the objects of a list.
func (r *resolution) descend(object map[string]any, name string, property node, path string, secret bool) {
	switch value := object[name].(type) {
	case map[string]any:
		r.fill(value, property, path, secret)
	case []any:
		items, _ := property["items"].(map[string]any)
		item := r.schema.resolve(items)
		for i, v := range value {
			at := within(path, strconv.Itoa(i))
			r.secrets[at] = secret || item.secret()
			if element, ok := v.(map[string]any); ok && items != nil {
				r.fill(element, item, at, r.secrets[at])
			}
		}
	case nil:
		if property.kind() != "object" || strings.Count(path, ".") >= maxDepth {
			return
		}
		fresh := map[string]any{}
		r.fill(fresh, property, path, secret)
		if len(fresh) > 0 && (r.anyFromEnvironment(path) || complete(fresh, property)) {
			object[name] = fresh
		}
	}
}

// anyFromEnvironment says whether a variable set something below path.
func (r *resolution) anyFromEnvironment(path string) bool {
	for p, variable := range r.variables {
		if r.isSet(variable) && strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// complete says whether defaults alone make a valid object: else an object that nobody asked for would miss its required keys.
func complete(object map[string]any, n node) bool {
	required, _ := n["required"].([]any)
	return !slices.ContainsFunc(required, func(v any) bool {
		name, _ := v.(string)
		_, set := object[name]
		return !set
	})
}

func (r *resolution) refuseUnknown(object map[string]any, properties map[string]node, path string) {
	var known []string
	for name := range properties {
		known = append(known, r.key(within(path, name)))
	}
	slices.Sort(known)
	for name := range object {
		if _, ok := properties[name]; !ok {
			at := within(path, name)
			r.find(at, "unknown key %s%s", r.key(at), didYouMean(r.key(at), known))
		}
	}
}

// validate asks the validator about the whole object.
func (r *resolution) validate() {
	raw, err := json.Marshal(r.object)
	if err != nil {
		r.find("", "it cannot be written as JSON: %v", err)
		return
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		r.find("", "it cannot be read as JSON: %v", err)
		return
	}
	var invalid *jsonschema.ValidationError
	if errors.As(r.schema.validator.Validate(instance), &invalid) {
		r.report(invalid)
	}
}

// report turns the validator's tree of errors into findings.
func (r *resolution) report(e *jsonschema.ValidationError) {
	path := strings.Join(e.InstanceLocation, ".")
	switch k := e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
		for _, cause := range e.Causes {
			r.report(cause)
		}
	case *kind.Required:
		for _, name := range k.Missing {
			r.findMissing(within(path, name))
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			at := r.key(within(path, name))
			if !slices.ContainsFunc(r.findings, func(f Finding) bool { return f.Key == at }) {
				r.find(within(path, name), "unknown key %s", at)
			}
		}
	default:
		if r.isSecret(path) {
			// The validator's own text may quote the value.
			r.find(path, "%s: the value is not accepted (%s)", r.key(path), strings.Join(e.ErrorKind.KeywordPath(), "/"))
			return
		}
		r.find(path, "%s: %s", r.key(path), e.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
	}
}

func (r *resolution) findMissing(path string) {
	// A variable whose text was not accepted is found already.
	if _, set := r.environment[r.variables[path]]; set {
		return
	}
	way := "set it in a configuration file"
	if variable := r.variables[path]; variable != "" {
		way += " or in the environment variable " + variable
	}
	r.find(path, "%s is required: %s", r.key(path), way)
}

// isSecret says whether the path is, or is part of, a secret.
func (r *resolution) isSecret(path string) bool {
	for {
		if r.secrets[path] {
			return true
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}
