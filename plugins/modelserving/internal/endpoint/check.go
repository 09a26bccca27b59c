package endpoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"corbel.example/sdk/fault"
)

// maxFindings is how many fields a refusal names.
const maxFindings = 10

// Codes of refused input.
const (
	codeInput  = "INPUT_INVALID"
	codeSchema = "INPUT_SCHEMA_MISMATCH"
)

// Check checks a request's body before it is sent: that it is JSON with numbers that are ones, that it holds one input, and that this
// is what the endpoint takes, as far as that is known. The fault names the fields by JSON pointers and repeats no value. streamed says
// whether the request asks for its answer piece by piece.
func (e *Endpoint) Check(body []byte) (streamed bool, err error) {
	value, err := parse(body)
	if err != nil {
		return false, err
	}
	request, ok := value.(map[string]any)
	if !ok {
		return false, refused(codeInput, "", "must be a JSON object")
	}
	format, err := formatOf(request)
	if err != nil {
		return false, err
	}
	if stream, ok := request["stream"]; ok {
		if streamed, ok = stream.(bool); !ok {
			return false, refused(codeInput, "/stream", "must be true or false")
		}
		if streamed && !e.Streams() {
			return false, refused("STREAMING_NOT_SUPPORTED", "/stream", "must not be true: this endpoint answers at once")
		}
	}
	if err := checkShape(format, request[format]); err != nil {
		return false, err
	}
	if e.Schema == nil || len(e.Schema.Formats) == 0 {
		return streamed, nil
	}
	return streamed, e.Schema.check(format, request)
}

func formatOf(request map[string]any) (string, error) {
	var found []string
	for _, format := range formats {
		if _, ok := request[format]; ok {
			found = append(found, format)
		}
	}
	switch len(found) {
	case 0:
		return "", refused(codeInput, "", "needs an input: one of "+strings.Join(formats, ", "))
	case 1:
		return found[0], nil
	default:
		return "", refused(codeInput, "/"+found[1], "must not stand beside "+found[0]+": a request has one input")
	}
}

// checkShape checks what holds for every endpoint.
func checkShape(format string, input any) error {
	switch format {
	case records, messages, rows:
		list, ok := input.([]any)
		if !ok {
			return refused(codeInput, "/"+format, "must be an array")
		}
		if len(list) == 0 {
			return refused(codeInput, "/"+format, "must not be empty")
		}
	case split:
		return checkSplit(input)
	case texts, prompt:
		if list, ok := input.([]any); input == "" || ok && len(list) == 0 {
			return refused(codeInput, "/"+format, "must not be empty")
		}
	}
	return nil
}

func checkSplit(input any) error {
	frame, ok := input.(map[string]any)
	if !ok {
		return refused(codeInput, "/"+split, "must be an object with columns and data")
	}
	columns, ok := frame["columns"].([]any)
	if !ok {
		return refused(codeInput, "/"+split+"/columns", "must be an array of names")
	}
	data, ok := frame["data"].([]any)
	if !ok {
		return refused(codeInput, "/"+split+"/data", "must be an array of rows")
	}
	if len(data) == 0 {
		return refused(codeInput, "/"+split+"/data", "must not be empty")
	}
	for i, name := range columns {
		if _, ok := name.(string); !ok {
			return refused(codeInput, fmt.Sprintf("/%s/columns/%d", split, i), "must be a name")
		}
	}
	for i, row := range data {
		if cells, ok := row.([]any); !ok || len(cells) != len(columns) {
			return refused(codeInput, fmt.Sprintf("/%s/data/%d", split, i), fmt.Sprintf("must be an array with a value for each of the %d columns", len(columns)))
		}
	}
	return nil
}

func (s *Schema) check(format string, request map[string]any) error {
	if !s.takes(format) {
		return refused(codeSchema, "/"+format, "is not what this endpoint takes: use "+strings.Join(s.Formats, " or "))
	}
	var findings []fault.Field
	if format == split && s.takes(records) {
		findings = s.checkRows(request) // a schema of rows knows columns by their place alone
	} else {
		findings = findingsOf(s.checks[format].Validate(request))
	}
	if len(findings) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, "The input is not what the endpoint takes: "+findings[0].Path+" "+findings[0].Message+".").WithCode(codeSchema)
	f.Fields = findings[:min(len(findings), maxFindings)]
	return f
}

// checkRows checks the rows of a split data frame as the records that they stand for.
func (s *Schema) checkRows(request map[string]any) []fault.Field {
	frame, _ := request[split].(map[string]any) // checkSplit has seen it
	columns, _ := frame["columns"].([]any)
	data, _ := frame["data"].([]any)
	list := make([]any, len(data))
	for i, row := range data {
		cells, _ := row.([]any)
		record := make(map[string]any, len(columns))
		for j, column := range columns {
			name, _ := column.(string)
			record[name] = cells[j]
		}
		list[i] = record
	}
	findings := findingsOf(s.checks[records].Validate(map[string]any{records: list}))
	for i, f := range findings {
		steps := strings.Split(strings.TrimPrefix(f.Path, "/"), "/")
		if len(steps) < 3 || steps[0] != records {
			continue
		}
		column := slices.IndexFunc(columns, func(name any) bool { return name == unescape(steps[2]) })
		if column < 0 {
			findings[i] = fault.Field{Path: "/" + split + "/columns", Message: "lacks " + steps[2]}
			continue
		}
		findings[i].Path = fmt.Sprintf("/%s/data/%s/%d", split, steps[1], column)
	}
	return slices.Compact(findings)
}

func unescape(step string) string { return strings.NewReplacer("~1", "/", "~0", "~").Replace(step) }

// refused is the fault of one field.
func refused(code, path, message string) *fault.Error {
	name := path
	if path == "" {
		name = "The request"
	}
	return fault.New(fault.Invalid, name+" "+message+".").WithCode(code).WithField(path, message)
}

// findingsOf says what is wrong with which field, the deepest first.
func findingsOf(err error) []fault.Field {
	invalid, ok := err.(*jsonschema.ValidationError) //nolint:errorlint // Validate returns it as it is
	if !ok {
		return nil
	}
	type finding struct {
		fault.Field
		depth int
	}
	var all []finding
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		for _, cause := range e.Causes {
			walk(cause)
		}
		if len(e.Causes) > 0 {
			return
		}
		path := ""
		for _, step := range e.InstanceLocation {
			path += "/" + escape(step)
		}
		for _, f := range explain(path, e.ErrorKind) {
			all = append(all, finding{f, strings.Count(f.Path, "/")})
		}
	}
	walk(invalid)
	slices.SortStableFunc(all, func(a, b finding) int { return b.depth - a.depth })
	fields := make([]fault.Field, 0, len(all))
	for _, f := range all {
		if !slices.ContainsFunc(fields, func(known fault.Field) bool { return known.Path == f.Path }) {
			fields = append(fields, f.Field)
		}
	}
	return fields
}

// explain says what is wrong at a path, without repeating what stands there.
func explain(path string, k jsonschema.ErrorKind) []fault.Field {
	one := func(format string, args ...any) []fault.Field {
		return []fault.Field{{Path: path, Message: fmt.Sprintf(format, args...)}}
	}
	var fields []fault.Field
	switch k := k.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			fields = append(fields, fault.Field{Path: path + "/" + escape(name), Message: "is missing"})
		}
		return fields
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			fields = append(fields, fault.Field{Path: path + "/" + escape(name), Message: "is not a field of this endpoint"})
		}
		return fields
	case *kind.Type:
		return one("must be %s, not %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Enum:
		return one("must be one of %s", valuesOf(k.Want))
	case *kind.MinItems:
		return one("must have at least %d items", k.Want)
	case *kind.MaxItems:
		return one("must have at most %d items", k.Want)
	case *kind.Minimum:
		return one("must be at least %s", k.Want.RatString())
	case *kind.Maximum:
		return one("must be at most %s", k.Want.RatString())
	default:
		return one("does not fit the endpoint's schema (%s)", strings.Join(k.KeywordPath(), " "))
	}
}

func valuesOf(want []any) string {
	list := make([]string, 0, len(want))
	for _, value := range want[:min(len(want), maxFindings)] {
		if raw, err := json.Marshal(value); err == nil {
			list = append(list, string(raw))
		}
	}
	if len(want) > maxFindings {
		list = append(list, strconv.Itoa(len(want)-maxFindings)+" more")
	}
	return strings.Join(list, ", ")
}
