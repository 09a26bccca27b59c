package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The input formats: each request has one of these fields.
const (
	records  = "dataframe_records"
	split    = "dataframe_split"
	tensors  = "inputs"
	rows     = "instances"
	messages = "messages"
	texts    = "input"
	prompt   = "prompt"
)

var formats = []string{records, split, tensors, rows, messages, texts, prompt}

// Schema is what an endpoint takes.
type Schema struct {
	// Request is the JSON Schema of a request, as the endpoint's OpenAPI document has it.
	Request json.RawMessage `json:"request"`
	// Formats are the input formats that it takes, such as dataframe_records.
	Formats []string `json:"formats"`
	// Fields are those of a record, in the document's order. Empty where it does not take records.
	Fields []Field `json:"fields,omitempty"`
	// Example is a request that it takes.
	Example json.RawMessage `json:"example,omitempty"`

	checks map[string]*jsonschema.Schema // by format
}

func (s *Schema) takes(format string) bool { return slices.Contains(s.Formats, format) }

// Field is a field of a record.
type Field struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Type is number, integer, string or boolean.
	Type     string `json:"type"`
	Required bool   `json:"required"`
	// Values are the only ones that it can have, as text.
	Values []string `json:"values,omitempty"`
	// Example is one that it can have, as text.
	Example string `json:"example,omitempty"`
}

// documentName is what references within the document are resolved against.
const documentName = "openapi.json"

// ParseSchema finds what an endpoint takes in its OpenAPI document (https://spec.openapis.org/oas/v3.1.0).
func ParseSchema(raw json.RawMessage) (*Schema, error) {
	d, err := newDocument(raw)
	if err != nil {
		return nil, err
	}
	media, err := d.invocation()
	if err != nil {
		return nil, err
	}
	request, ok := d.child(media, "schema")
	if !ok {
		return nil, errors.New("the document's invocation has no schema")
	}
	s := &Schema{Request: d.raw(request), checks: map[string]*jsonschema.Schema{}}
	if err := s.compile(d, request); err != nil {
		return nil, err
	}
	if item, ok := d.recordOf(request); ok {
		s.Fields = d.fields(item)
	}
	s.Example = s.example(d, media, request)
	return s, nil
}

// compile makes the check of each input format.
func (s *Schema) compile(d *document, request node) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.source))
	if err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noLoader{})
	if err := compiler.AddResource(documentName, value); err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	for _, option := range d.options(request) {
		properties, ok := d.child(option, "properties")
		if !ok {
			continue
		}
		for _, format := range formats {
			if _, ok := d.child(properties, format); !ok || s.checks[format] != nil {
				continue
			}
			check, err := compiler.Compile((&url.URL{Path: documentName, Fragment: option.pointer}).String())
			if err != nil {
				return fmt.Errorf("compile the schema of %s: %w", format, err)
			}
			s.checks[format] = check
			s.Formats = append(s.Formats, format)
		}
	}
	return nil
}

// noLoader keeps a document from making this process read others.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("reference to another document: %s", url)
}

// example returns the document's own example, or one that is made of what it says about fields.
func (s *Schema) example(d *document, media, request node) json.RawMessage {
	for _, n := range append([]node{media, request}, d.options(request)...) {
		if example, ok := d.child(n, "example"); ok {
			return d.raw(example)
		}
		if examples, ok := d.child(n, "examples"); ok {
			if first, ok := d.firstOf(examples); ok {
				return first
			}
		}
	}
	switch {
	case len(s.Fields) > 0:
		record := make([]string, 0, len(s.Fields))
		for _, f := range s.Fields {
			record = append(record, quote(f.Name)+":"+string(f.Literal(f.Example)))
		}
		return json.RawMessage(`{"` + records + `":[{` + strings.Join(record, ",") + `}]}`)
	case s.takes(messages):
		return json.RawMessage(`{"messages":[{"role":"user","content":"Hello"}]}`)
	case s.takes(texts):
		return json.RawMessage(`{"input":["Hello"]}`)
	case s.takes(prompt):
		return json.RawMessage(`{"prompt":"Hello"}`)
	}
	return nil
}

// Literal returns a field's text as JSON. What is no number where one is wanted stays a string, for the check to refuse.
func (f *Field) Literal(text string) json.RawMessage {
	switch f.Type {
	case "number", "integer", "boolean":
		if text == "" {
			return json.RawMessage("null")
		}
		if json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
	}
	return json.RawMessage(quote(text))
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return string(quoted)
}
