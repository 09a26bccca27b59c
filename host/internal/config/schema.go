package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	// maxSchemaBytes bounds a plugin's schema.
	maxSchemaBytes = 256 << 10
	// maxSchemaSteps bounds the properties that are looked at: a few references can make a schema as wide as one likes.
	maxSchemaSteps = 10_000
)

// schemaURL names a plugin's schema for the compiler. Nothing is ever loaded from it.
const schemaURL = "plugin:///config"

// node is one (sub)schema.
type node map[string]any

// schema is a plugin's JSON schema: for the validator, and as a tree to look up what the validator doesn't know.
type schema struct {
	root      node
	validator *jsonschema.Schema
}

// noLoader refuses references out of the schema: a plugin must not make the host read files or addresses.
type noLoader struct{}

func (noLoader) Load(string) (any, error) {
	return nil, errors.New("references to other documents are not supported")
}

// CompileSchema reads a JSON schema of a manifest, and compiles it for its validator. It loads nothing from elsewhere.
func CompileSchema(raw json.RawMessage) (root map[string]any, validator *jsonschema.Schema, err error) {
	s, err := parseSchema(raw)
	if err != nil {
		return nil, nil, err
	}
	return s.root, s.validator, nil
}

func parseSchema(raw json.RawMessage) (*schema, error) {
	if len(raw) > maxSchemaBytes {
		return nil, fmt.Errorf("it is larger than %d bytes", maxSchemaBytes)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	root, ok := document.(map[string]any)
	if !ok {
		return nil, errors.New("it is not a JSON object")
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(noLoader{})
	compiler.AssertFormat()
	if err := compiler.AddResource(schemaURL, document); err != nil {
		return nil, err
	}
	validator, err := compiler.Compile(schemaURL)
	if err != nil {
		return nil, err
	}
	return &schema{root: root, validator: validator}, nil
}

// resolve follows references within the schema.
func (s *schema) resolve(n node) node {
	for range maxDepth {
		reference, ok := n["$ref"].(string)
		if !ok {
			return n
		}
		pointer, local := strings.CutPrefix(reference, "#")
		target, found := s.lookUp(pointer)
		if !local || !found {
			return n
		}
		n = target
	}
	return n
}

// lookUp returns what a JSON pointer (RFC 6901) within the schema points to.
func (s *schema) lookUp(pointer string) (node, bool) {
	var at any = map[string]any(s.root)
	if pointer == "" {
		return s.root, true
	}
	for _, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		object, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		at = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	}
	n, ok := at.(map[string]any)
	return n, ok
}

// properties returns an object's properties by name.
func (s *schema) properties(n node) map[string]node {
	declared, _ := n["properties"].(map[string]any)
	list := make(map[string]node, len(declared))
	for name, p := range declared {
		if property, ok := p.(map[string]any); ok {
			list[name] = s.resolve(property)
		}
	}
	return list
}

// closed says whether the object may hold its properties only. That is the rule, unless the schema says otherwise.
func (n node) closed() bool {
	for _, keyword := range []string{"patternProperties", "allOf", "anyOf", "oneOf", "if", "$ref", "dependentSchemas"} {
		if _, open := n[keyword]; open {
			return false
		}
	}
	additional, declared := n["additionalProperties"]
	return !declared || additional == false
}

// env are the variables that set the property: the first that is set does.
func (n node) env() []string {
	switch v := n["env"].(type) {
	case string:
		return []string{v}
	case []any:
		var names []string
		for _, item := range v {
			if name, ok := item.(string); ok {
				names = append(names, name)
			}
		}
		return names
	default:
		return nil
	}
}

func (n node) secret() bool { return n["x-secret"] == true }

// kind is the JSON type: the first one that is not null, "" when any is allowed.
func (n node) kind() string {
	switch t := n["type"].(type) {
	case string:
		return t
	case []any:
		for _, v := range t {
			if name, ok := v.(string); ok && name != "null" {
				return name
			}
		}
	}
	return ""
}

// convert turns a variable's text into a value of the property's type.
func (s *schema) convert(text string, n node) (any, error) {
	switch n.kind() {
	case "integer":
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("it must be a whole number")
		}
		return v, nil
	case "number":
		v := json.Number(text)
		if _, err := v.Float64(); err != nil || !json.Valid([]byte(text)) {
			return nil, errors.New("it must be a number")
		}
		return v, nil
	case "boolean":
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("it must be true or false")
		}
		return v, nil
	case "array":
		return s.convertList(text, n)
	case "object":
		v, err := decodeJSON(text)
		if _, ok := v.(map[string]any); err != nil || !ok {
			return nil, errors.New("it must be a JSON object")
		}
		return v, nil
	default:
		return text, nil
	}
}

// convertList reads a JSON array, or values between commas.
func (s *schema) convertList(text string, n node) (any, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		v, err := decodeJSON(text)
		if err != nil {
			return nil, errors.New("it must be a JSON array or values between commas")
		}
		return v, nil
	}
	items, _ := n["items"].(map[string]any)
	item := s.resolve(items)
	list := []any{}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		v, err := s.convert(part, item)
		if err != nil {
			return nil, fmt.Errorf("each of its values: %w", err)
		}
		list = append(list, v)
	}
	return list, nil
}

func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}
