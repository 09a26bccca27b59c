package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
)

// maxParameters is how many parameters a statement may have.
const maxParameters = 256

// parameter is a value for a :name. Type may be left out: then a JSON string is a STRING, a whole number an INT or a BIGINT
// by its size, another number a DOUBLE and a truth value a BOOLEAN; null is NULL in any type.
type parameter struct {
	Name  string          `json:"name"`
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

var (
	parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)
	// parameterType lists the types that the Statement Execution API takes.
	parameterType = regexp.MustCompile(`^(?:STRING|BOOLEAN|BYTE|TINYINT|SHORT|SMALLINT|INT|INTEGER|LONG|BIGINT|FLOAT|REAL|DOUBLE|DATE|TIMESTAMP|TIMESTAMP_NTZ|BINARY|VOID` +
		`|(?:DECIMAL|DEC|NUMERIC)(?:\(\d{1,2}(?:,\s*\d{1,2})?\))?` +
		`|INTERVAL (?:YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)(?: TO (?:MONTH|HOUR|MINUTE|SECOND))?)$`)
)

// bind checks parameters and writes their values as the Statement Execution API takes them: as text.
func bind(parameters []parameter) ([]statement.Parameter, error) {
	if len(parameters) > maxParameters {
		return nil, fault.Newf(fault.Invalid, "There are %d parameters; %d is the limit.", len(parameters), maxParameters).WithField("/parameters", "too many")
	}
	bound := make([]statement.Parameter, len(parameters))
	seen := make(map[string]bool, len(parameters))
	for i, p := range parameters {
		refuse := func(field, message string) error {
			return fault.Newf(fault.Invalid, "Parameter %d: %s %s.", i+1, field, message).WithField(fmt.Sprintf("/parameters/%d/%s", i, field), message)
		}
		if !parameterName.MatchString(p.Name) {
			return nil, refuse("name", "must be letters, digits and underscores, beginning with a letter, without the colon")
		}
		if seen[p.Name] {
			return nil, refuse("name", "is given twice: "+p.Name)
		}
		seen[p.Name] = true
		value, natural, ok := scalar(p.Value)
		if !ok {
			return nil, refuse("value", "must be a string, a number, true, false or null")
		}
		kind := strings.ToUpper(strings.TrimSpace(p.Type))
		if kind == "" {
			kind = natural
		}
		if !parameterType.MatchString(kind) {
			return nil, refuse("type", "must be a SQL type such as STRING, INT, DECIMAL(10,2) or TIMESTAMP")
		}
		bound[i] = statement.Parameter{Name: p.Name, Value: value, Type: kind}
	}
	return bound, nil
}

// scalar returns a JSON value as text, nil for null, with the type that it has by nature.
func scalar(raw json.RawMessage) (value *string, natural string, ok bool) {
	raw = bytes.TrimSpace(raw)
	text := string(raw)
	switch {
	case len(raw) == 0 || text == "null":
		return nil, "STRING", true
	case text == "true" || text == "false":
		return &text, "BOOLEAN", true
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, "", false
		}
		return &s, "STRING", true
	case raw[0] == '{' || raw[0] == '[':
		return nil, "", false
	}
	if _, err := strconv.ParseInt(text, 10, 32); err == nil {
		return &text, "INT", true
	}
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return &text, "BIGINT", true
	}
	return &text, "DOUBLE", true
}
