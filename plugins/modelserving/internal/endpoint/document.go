package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// document is an OpenAPI document. Its parts are decoded as they are asked for, so that the order of fields is known.
type document struct {
	source json.RawMessage
	root   node
}

// node is a part of a document.
type node struct {
	pointer string // a JSON pointer, RFC 6901
	value   json.RawMessage
}

// maxReferences bounds how many references lead from one to the next.
const maxReferences = 10

func newDocument(raw json.RawMessage) (*document, error) {
	if !json.Valid(raw) {
		return nil, errors.New("the document is not JSON")
	}
	return &document{source: raw, root: node{value: raw}}, nil
}

// invocation returns the media type of the request's body of the first path that is an invocation.
func (d *document) invocation() (node, error) {
	paths, ok := d.child(d.root, "paths")
	if !ok {
		return node{}, errors.New("the document has no paths")
	}
	for _, name := range d.keys(paths) {
		if !strings.HasSuffix(name, "/invocations") {
			continue
		}
		n, _ := d.child(paths, name)
		for _, step := range []string{"post", "requestBody", "content", "application/json"} {
			if n, ok = d.child(n, step); !ok {
				return node{}, fmt.Errorf("the document's path of invocations has no %s", step)
			}
		}
		return n, nil
	}
	return node{}, errors.New("the document has no path of invocations")
}

// options are the schemas of which a value fits one.
func (d *document) options(schema node) []node {
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if list, ok := d.child(schema, keyword); ok {
			return d.items(list)
		}
	}
	return []node{schema}
}

// recordOf returns the schema of a record.
func (d *document) recordOf(request node) (node, bool) {
	for _, option := range d.options(request) {
		n, ok := option, true
		for _, step := range []string{"properties", records, "items"} {
			if n, ok = d.child(n, step); !ok {
				break
			}
		}
		if ok {
			return n, true
		}
	}
	return node{}, false
}

// fields reads the properties of a record.
func (d *document) fields(record node) []Field {
	properties, ok := d.child(record, "properties")
	if !ok {
		return nil
	}
	required := decoded[[]string](d, record, "required")
	var all []Field
	names := decoded[[]string](d, record, "x-order") // JSON objects have none
	for _, name := range d.keys(properties) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		n, ok := d.child(properties, name)
		if !ok {
			continue
		}
		f := Field{Name: name, Description: decoded[string](d, n, "description"), Required: slices.Contains(required, name), Type: d.typeOf(n)}
		for _, value := range decoded[[]json.RawMessage](d, n, "enum") {
			if text := plain(value); text != "null" {
				f.Values = append(f.Values, text)
			}
		}
		f.Example = d.exampleOf(n, f)
		all = append(all, f)
	}
	return all
}

// typeOf returns the first type that isn't null.
func (d *document) typeOf(schema node) string {
	if list := decoded[[]string](d, schema, "type"); len(list) > 0 {
		for _, name := range list {
			if name != "null" {
				return name
			}
		}
	}
	if name := decoded[string](d, schema, "type"); name != "" {
		return name
	}
	for _, option := range d.options(schema) {
		if name := decoded[string](d, option, "type"); name != "" && name != "null" {
			return name
		}
	}
	return "string"
}

func (d *document) exampleOf(schema node, f Field) string {
	for _, keyword := range []string{"example", "default"} {
		if n, ok := d.child(schema, keyword); ok {
			return plain(n.value)
		}
	}
	if n, ok := d.child(schema, "examples"); ok {
		if first, ok := d.firstOf(n); ok {
			return plain(first)
		}
	}
	if len(f.Values) > 0 {
		return f.Values[0]
	}
	switch f.Type {
	case "number", "integer":
		return "1"
	case "boolean":
		return "false"
	default:
		return ""
	}
}

// plain is a JSON value as text, without the quotes of a string.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && !bytes.Equal(value, []byte("null")) {
		return text
	}
	return string(value)
}

// child returns a member of an object, following its reference.
func (d *document) child(n node, name string) (node, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(n.value, &members) != nil {
		return node{}, false
	}
	value, ok := members[name]
	if !ok {
		return node{}, false
	}
	return d.follow(node{n.pointer + "/" + escape(name), value}, 0)
}

// follow leads from a reference to what it refers to.
func (d *document) follow(n node, depth int) (node, bool) {
	var reference struct {
		Ref *string `json:"$ref"`
	}
	if json.Unmarshal(n.value, &reference) != nil || reference.Ref == nil {
		return n, true
	}
	path, local := strings.CutPrefix(*reference.Ref, "#/")
	if !local || depth == maxReferences {
		return node{}, false
	}
	target := d.root
	for step := range strings.SplitSeq(path, "/") {
		var members map[string]json.RawMessage
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		if json.Unmarshal(target.value, &members) != nil {
			return node{}, false
		}
		value, ok := members[name]
		if !ok {
			return node{}, false
		}
		target.value = value
		target.pointer += "/" + escape(name)
	}
	return d.follow(target, depth+1)
}

// items returns the members of an array.
func (d *document) items(list node) []node {
	var values []json.RawMessage
	if json.Unmarshal(list.value, &values) != nil {
		return nil
	}
	var all []node
	for i, value := range values {
		if n, ok := d.follow(node{fmt.Sprintf("%s/%d", list.pointer, i), value}, 0); ok {
			all = append(all, n)
		}
	}
	return all
}

// firstOf returns the first of an array's values, or of an object's Example Objects.
func (d *document) firstOf(examples node) (json.RawMessage, bool) {
	if list := d.items(examples); len(list) > 0 {
		return list[0].value, true
	}
	for _, name := range d.keys(examples) {
		n, _ := d.child(examples, name)
		value, ok := d.child(n, "value")
		return value.value, ok
	}
	return nil, false
}

// keys are an object's, in the document's order.
func (d *document) keys(n node) []string {
	decoder := json.NewDecoder(bytes.NewReader(n.value))
	if t, err := decoder.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var names []string
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return names
		}
		var skipped json.RawMessage
		if err := decoder.Decode(&skipped); err != nil {
			return names
		}
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	return names
}

func (d *document) raw(n node) json.RawMessage { return n.value }

// decoded returns a member as T, the zero value where it is missing or something else.
func decoded[T any](d *document, n node, name string) T {
	var value, none T
	if member, ok := d.child(n, name); !ok || json.Unmarshal(member.value, &value) != nil {
		return none
	}
	return value
}

func escape(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }
