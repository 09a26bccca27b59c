package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/pflag"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"corbel.example/host/internal/config"
)

// Flags are a command's flags: the properties of its schema.
type Flags struct {
	properties map[string]property
	validator  *jsonschema.Schema // nil for a command without flags
}

// property is one flag.
type property struct {
	kind, doc string
	fallback  any
	choices   []string
}

// flagName is the flag of a property: dashes in place of underscores.
func flagName(property string) string { return strings.ReplaceAll(property, "_", "-") }

// parseFlags reads a schema. taken are the flags that every command has.
func parseFlags(raw json.RawMessage, taken []string) (Flags, error) {
	f := Flags{properties: map[string]property{}}
	if len(raw) == 0 {
		return f, nil
	}
	root, validator, err := config.CompileSchema(raw)
	if err != nil {
		return f, fmt.Errorf("the schema of its flags is not valid: %w", err)
	}
	f.validator = validator
	declared, _ := root["properties"].(map[string]any)
	if root["type"] != "object" || len(declared) == 0 && root["properties"] != nil {
		return f, errors.New("the schema of its flags must be of an object, with a property for each flag")
	}
	for _, key := range slices.Sorted(maps.Keys(declared)) {
		schema, _ := declared[key].(map[string]any)
		p := property{fallback: schema["default"]}
		p.kind, _ = schema["type"].(string)
		p.doc, _ = schema["description"].(string)
		if choices, ok := schema["enum"].([]any); ok {
			for _, c := range choices {
				p.choices = append(p.choices, fmt.Sprint(c))
			}
		}
		if slices.Contains(taken, flagName(key)) || flagName(key) == "help" {
			return f, fmt.Errorf("every command has a flag --%s: choose another name", flagName(key))
		}
		if !slices.Contains([]string{"boolean", "string", "integer", "number", "array"}, p.kind) {
			return f, fmt.Errorf("the flag --%s is of type %q: take boolean, string, integer, number or array", flagName(key), p.kind)
		}
		f.properties[key] = p
	}
	return f, nil
}

// Add adds the flags to a set. The values that are given go where the result says.
func (f *Flags) Add(set *pflag.FlagSet) Values {
	given := Values{}
	for _, key := range slices.Sorted(maps.Keys(f.properties)) {
		p := f.properties[key]
		doc := p.doc
		if len(p.choices) > 0 {
			doc += " (" + strings.Join(p.choices, ", ") + ")"
		}
		flag := set.VarPF(&value{property: p, key: key, given: given}, flagName(key), "", doc)
		if p.kind == "boolean" {
			flag.NoOptDefVal = "true"
		}
		if p.fallback != nil {
			flag.DefValue = fmt.Sprint(p.fallback)
		}
	}
	return given
}

// Values are what was given, by property.
type Values map[string]any

// value is a pflag.Value.
type value struct {
	property property
	key      string
	given    Values
}

// String returns what was given: pflag shows it in the help, and as the default where it has none.
func (v *value) String() string {
	if v == nil || v.given == nil || v.given[v.key] == nil {
		return ""
	}
	return fmt.Sprint(v.given[v.key])
}

// Type stands in the help.
func (v *value) Type() string {
	switch v.property.kind {
	case "boolean":
		return "bool"
	case "integer":
		return "int"
	case "array":
		return "strings"
	default:
		return v.property.kind
	}
}

// Set reads one value. Lists take several, each in a flag of its own or with commas between them.
func (v *value) Set(text string) error {
	switch v.property.kind {
	case "boolean":
		b, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("it must be true or false")
		}
		v.given[v.key] = b
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("it must be a whole number")
		}
		v.given[v.key] = n
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil || !json.Valid([]byte(text)) {
			return errors.New("it must be a number")
		}
		v.given[v.key] = json.Number(text)
	case "array":
		list, _ := v.given[v.key].([]any)
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, strings.TrimSpace(part))
		}
		v.given[v.key] = list
	default:
		v.given[v.key] = text
	}
	return nil
}

// Object is the request's body: what was given over the schema's defaults, checked against the schema.
func (f *Flags) Object(given Values) (json.RawMessage, error) {
	object := map[string]any{}
	for key, p := range f.properties {
		if p.fallback != nil {
			object[key] = p.fallback
		}
	}
	maps.Copy(object, given)
	raw, err := json.Marshal(object)
	if err != nil || f.validator == nil {
		return raw, err
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		return nil, err
	}
	var invalid *jsonschema.ValidationError
	if errors.As(f.validator.Validate(instance), &invalid) {
		return nil, &Misuse{explain(invalid)}
	}
	return raw, nil
}

// explain is the first of the reasons, with its flag.
func explain(e *jsonschema.ValidationError) string {
	for len(e.Causes) > 0 {
		e = e.Causes[0]
	}
	reason := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if len(e.InstanceLocation) == 0 {
		return reason
	}
	return "--" + flagName(e.InstanceLocation[0]) + ": " + reason
}
