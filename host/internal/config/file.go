package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// maxFileBytes bounds a configuration file.
	maxFileBytes = 1 << 20
	// maxDepth bounds the nesting of a configuration file.
	maxDepth = 32
)

// pluginName is what a manifest's name may be.
var pluginName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// readFile reads one YAML file. A file that does not exist is an error of os.
func readFile(path string) (*layer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	return parseFile(path, data), nil
}

// file is a configuration file on its way into a layer.
type file struct {
	*layer
	path string
}

func parseFile(path string, data []byte) *layer {
	f := &file{layer: newLayer(), path: path}
	if len(data) > maxFileBytes {
		f.find(Origin{Source: path}, "", "the file is larger than %d bytes", maxFileBytes)
		return f.layer
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return f.layer // nothing but comments: no settings
	case err != nil:
		f.syntaxError(err, data)
		return f.layer
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		f.find(f.at(&second), "", "the file has more than one document: remove the --- line")
		return f.layer
	}
	if root := document.Content[0]; isNull(root) {
		return f.layer
	} else if f.isMapping(root, "the file") {
		f.section(root, nil)
	}
	return f.layer
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntaxError says in which line the file stops being YAML.
func (f *file) syntaxError(err error, data []byte) {
	origin, message := Origin{Source: f.path, Line: 1}, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		origin.Line, _ = strconv.Atoi(m[1]) // digits by the expression
		message = err.Error()[len(m[0]):]
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		indentation := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if bytes.IndexByte(indentation, '\t') >= 0 {
			origin.Line, message = i+1, "tab in the indentation: use spaces"
			break
		}
	}
	f.find(origin, "", "not valid YAML: %s", message)
}

func (f *file) at(n *yaml.Node) Origin { return Origin{Source: f.path, Line: n.Line} }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func (f *file) isMapping(n *yaml.Node, what string) bool {
	if n.Kind == yaml.MappingNode {
		return true
	}
	f.find(f.at(n), "", "%s must be a mapping (key: value), not %s", what, nodeKind(n))
	return false
}

func nodeKind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	default:
		return "a single value"
	}
}

// entries calls visit for each key of a mapping that has a value, and finds duplicates, aliases and keys that are no text.
func (f *file) entries(mapping *yaml.Node, path []string, visit func(name string, key, value *yaml.Node)) {
	lines := make(map[string]int, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" {
			f.find(f.at(key), "", "a key must be plain text; merge keys (<<) and nested keys are not supported")
			continue
		}
		name := join(path, key.Value)
		first, duplicate := lines[key.Value]
		switch {
		case duplicate:
			f.find(f.at(key), name, "duplicate key %s: it is set in line %d already", name, first)
			continue
		case value.Kind == yaml.AliasNode:
			f.refuseAlias(name, value)
			continue
		case len(path) >= maxDepth:
			f.tooDeep(name, key)
			continue
		}
		lines[key.Value] = key.Line
		if !isNull(value) {
			visit(key.Value, key, value)
		}
	}
}

func (f *file) refuseAlias(name string, n *yaml.Node) {
	f.find(f.at(n), name, "%s: aliases (*%s) are not supported: write the value out", name, n.Value)
}

func (f *file) tooDeep(name string, n *yaml.Node) {
	f.find(f.at(n), name, "%s is nested more than %d levels deep", name, maxDepth)
}

// below returns the path of what is called name within path.
func below(path []string, name string) []string { return append(slices.Clip(path), name) }

func join(path []string, name string) string { return strings.Join(below(path, name), ".") }

// section reads a mapping of the host's settings.
func (f *file) section(mapping *yaml.Node, path []string) {
	f.entries(mapping, path, func(name string, key, value *yaml.Node) {
		full := join(path, name)
		at := below(path, name)
		if i := slices.IndexFunc(hostSettings, func(k setting[Settings]) bool { return k.name == full }); i >= 0 {
			readSetting(f, hostSettings[i], at, value)
			return
		}
		switch {
		case full == pluginsSection:
			if f.isMapping(value, full) {
				f.plugins(value)
			}
		case slices.ContainsFunc(hostSettings, func(k setting[Settings]) bool { return strings.HasPrefix(k.name, full+".") }):
			if f.isMapping(value, full) {
				f.section(value, at)
			}
		default:
			f.unknown(full, key, append(names(hostSettings, ""), pluginsSection))
		}
	})
}

func names[T any](keys []setting[T], prefix string) []string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = prefix + k.name
	}
	return list
}

func (f *file) unknown(name string, key *yaml.Node, known []string) {
	f.find(f.at(key), name, "unknown key %s%s", name, didYouMean(name, known))
}

// readSetting reads the value of one setting.
func readSetting[T any](f *file, k setting[T], path []string, value *yaml.Node) {
	name := strings.Join(path, ".")
	nodes := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode && k.list {
		nodes = value.Content
	}
	list := make([]string, 0, len(nodes))
	for _, n := range nodes {
		if n.Kind != yaml.ScalarNode {
			f.find(f.at(n), name, "%s must be %s, not %s", name, k.kind, nodeKind(n))
			return
		}
		list = append(list, n.Value)
	}
	putTexts(f.layer, k, path, list, f.at(value))
}

// plugins reads the section of that name.
func (f *file) plugins(mapping *yaml.Node) {
	f.entries(mapping, []string{pluginsSection}, func(name string, key, value *yaml.Node) {
		full := pluginPath(name)
		if !pluginName.MatchString(name) {
			f.find(f.at(key), full, "%q cannot be a plugin's name: it takes 1 to 40 lower-case letters, digits and dashes, beginning with a letter", name)
			return
		}
		f.declare(name, f.at(key))
		if f.isMapping(value, full) {
			f.plugin(name, value)
		}
	})
}

func (f *file) plugin(plugin string, mapping *yaml.Node) {
	prefix := []string{pluginsSection, plugin}
	f.entries(mapping, prefix, func(name string, key, value *yaml.Node) {
		at := below(prefix, name)
		if name == pluginConfig {
			if f.isMapping(value, join(prefix, name)) {
				f.origins[join(prefix, name)] = f.at(key)
				f.put(at, f.object(value, at), f.at(key))
			}
			return
		}
		i := slices.IndexFunc(pluginSettings, func(k setting[Plugin]) bool { return k.name == name })
		if i < 0 {
			known := append(names(pluginSettings, pluginPath(plugin)+"."), pluginPath(plugin, pluginConfig))
			f.unknown(join(prefix, name), key, known)
			return
		}
		readSetting(f, pluginSettings[i], at, value)
	})
}

// object reads a mapping of a plugin's configuration as JSON has it.
func (f *file) object(mapping *yaml.Node, path []string) map[string]any {
	object := make(map[string]any, len(mapping.Content)/2)
	f.entries(mapping, path, func(name string, key, value *yaml.Node) {
		at := below(path, name)
		f.origins[strings.Join(at, ".")] = f.at(key)
		if v, ok := f.value(value, at); ok {
			object[name] = v
		}
	})
	return object
}

// value reads a value of a plugin's configuration; not ok when it has none that JSON could hold.
func (f *file) value(n *yaml.Node, path []string) (v any, ok bool) {
	name := strings.Join(path, ".")
	switch {
	case n.Kind == yaml.AliasNode:
		f.refuseAlias(name, n)
		return nil, false
	case len(path) > maxDepth:
		f.tooDeep(name, n)
		return nil, false
	case n.Kind == yaml.MappingNode:
		return f.object(n, path), true
	case n.Kind == yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for i, item := range n.Content {
			at := below(path, strconv.Itoa(i))
			f.origins[strings.Join(at, ".")] = f.at(item)
			if v, ok := f.value(item, at); ok {
				list = append(list, v)
			}
		}
		return list, true
	}
	v, err := scalar(n)
	if err != nil {
		f.find(f.at(n), name, "%s: %v", name, err)
	}
	return v, err == nil
}

var errBigInteger = errors.New("it is not a 64-bit integer")

// scalar returns a single value as JSON has it.
func scalar(n *yaml.Node) (any, error) {
	var err error
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		var v bool
		err = n.Decode(&v)
		return v, err
	case "!!int":
		var v int64
		if n.Decode(&v) != nil {
			err = errBigInteger
		}
		return v, err
	case "!!float":
		if strings.Trim(n.Value, "+-0123456789_") == "" {
			return nil, errBigInteger // a float to YAML, which would round it
		}
		var v float64
		if err = n.Decode(&v); err == nil && (v != v || v-v != 0) {
			err = errors.New("it is not a finite number")
		}
		return v, err
	case "!!str", "!!timestamp":
		return n.Value, nil
	default:
		return nil, fmt.Errorf("the tag %s is not supported", n.Tag)
	}
}
