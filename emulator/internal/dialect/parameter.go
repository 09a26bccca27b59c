package dialect

import (
	"fmt"
	"slices"
	"strings"
)

// Argument is the value of a named parameter marker.
type Argument struct {
	Name string
	// Value is nil for NULL.
	Value *string
	// Type is a Databricks type; empty means STRING.
	Type string
}

// Bind replaces the parameter markers by typed literals. A value never becomes anything
// but a literal, whatever it holds.
func Bind(tokens []Token, args []Argument) ([]Token, error) {
	literals := make(map[string]Token, len(args))
	for _, a := range args {
		if _, twice := literals[a.Name]; twice {
			return nil, InvalidParameterValue(fmt.Sprintf("The parameter %q is given twice.", a.Name))
		}
		literal, err := a.literal()
		if err != nil {
			return nil, err
		}
		literals[a.Name] = literal
	}
	bound := slices.Clone(tokens)
	for i, t := range bound {
		if t.Kind != Parameter {
			continue
		}
		literal, ok := literals[t.Text]
		if !ok {
			return nil, newError("UNBOUND_SQL_PARAMETER", "42P02", "Found the unbound parameter: %s. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.", t.Text)
		}
		bound[i].Kind, bound[i].Text = literal.Kind, literal.Text
	}
	return bound, nil
}

// literal is the argument as a token: a string literal, or a cast of one.
func (a Argument) literal() (Token, error) {
	typeText := a.Type
	if typeText == "" {
		typeText = string(StringType)
	}
	t, err := ParseType(typeText)
	if err != nil {
		return Token{}, InvalidParameterValue(fmt.Sprintf("The type %q of parameter %q is not valid.", a.Type, a.Name))
	}
	switch {
	case t.nested():
		return Token{}, InvalidParameterValue(fmt.Sprintf("The parameter %q is of type %s: parameters are of a scalar type.", a.Name, t))
	case a.Value == nil || t.Name == Void:
		return Token{Kind: Verbatim, Text: "CAST(NULL AS " + t.DuckDB() + ")"}, nil
	case strings.IndexByte(*a.Value, 0) >= 0:
		return Token{}, Unsupported("the character U+0000 in a parameter")
	case t.Name == StringType:
		return Token{Kind: String, Text: *a.Value}, nil
	}
	return Token{Kind: Verbatim, Text: "CAST(" + QuoteString(*a.Value) + " AS " + t.DuckDB() + ")"}, nil
}
