package dialect

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// Argument is the value of a parameter marker.
type Argument struct {
	// Name is that of the markers :name; empty: the arguments stand in the order of the markers ?.
	Name string
	// Value is nil for NULL.
	Value *string
	// Type is a Databricks type; empty means STRING.
	Type string
}

// Bind replaces the parameter markers by typed literals. A value never becomes anything
// but a literal, whatever it holds.
func Bind(tokens []Token, args []Argument) ([]Token, error) {
	named := make(map[string]Token, len(args))
	var positional []Token
	for i, a := range args {
		literal, err := a.literal()
		switch _, twice := named[a.Name]; {
		case err != nil:
			return nil, err
		case twice:
			return nil, badArgument("DUPLICATE_NAME", "multiple parameter mappings were given with the name '%s'", a.Name)
		case a.Name == "":
			positional = append(positional, literal)
			if len(named) > 0 {
				return nil, badArgument("MISSING_NAME", "no parameter name is given for the value provided at position %d", i+1)
			}
		case len(positional) > 0:
			return nil, badArgument("MISSING_NAME", "no parameter name is given for the value provided at position 1")
		default:
			named[a.Name] = literal
		}
	}
	return replaceMarkers(tokens, named, positional)
}

func replaceMarkers(tokens []Token, named map[string]Token, positional []Token) ([]Token, error) {
	bound := slices.Clone(tokens)
	byName, byPosition := 0, 0
	for i, t := range bound {
		var literal Token
		name := t.Text
		var ok bool
		switch {
		case t.Kind == Parameter:
			literal, ok = named[name]
			byName++
		case isPositionalMarker(tokens, i):
			if ok = byPosition < len(positional); ok {
				literal = positional[byPosition]
			}
			name = fmt.Sprintf("_%d", t.Pos)
			byPosition++
		default:
			continue
		}
		if byName > 0 && byPosition > 0 {
			return nil, newError("INVALID_QUERY_MIXED_QUERY_PARAMETERS", "42613", "Parameterized query must either use positional, or named parameters, but not both.")
		}
		if !ok {
			return nil, newError("UNBOUND_SQL_PARAMETER", "42P02", "Found the unbound parameter: %s. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.", name)
		}
		bound[i].Kind, bound[i].Text = literal.Kind, literal.Text
	}
	return bound, nil
}

// isPositionalMarker tells the marker ? from the operator ?:: behind an operand.
func isPositionalMarker(tokens []Token, i int) bool {
	if tokens[i].Kind != Operator || tokens[i].Text != "?" {
		return false
	}
	follows := i > 0 && (tokens[i-1].Kind != Operator || tokens[i-1].IsAny(")", "]")) && tokens[i-1].Stop == tokens[i].Pos
	return !follows || i+1 == len(tokens) || !tokens[i+1].Is("::")
}

func badArgument(class, detail string, args ...any) *Error {
	return newError("INVALID_PARAMETER_MARKER_VALUE."+class, "22023", "An invalid parameter mapping was provided: "+detail+".", args...)
}

// Malformed says that the argument's value is none of its type.
func (a Argument) Malformed() *Error {
	return badArgument("INVALID_VALUE_FOR_DATA_TYPE", "the value '%s' for parameter '%s' cannot be cast to %s because it is malformed", *a.Value, a.Name, strings.ToUpper(a.Type))
}

// Check is a DuckDB expression that fails when the argument's value is none of its type;
// empty: any value is.
func (a Argument) Check() string {
	t, err := a.parsedType()
	if err != nil || a.Value == nil || t.Name == StringType || t.Name == Void {
		return ""
	}
	return CastSQL(QuoteString(*a.Value), t)
}

func (a Argument) parsedType() (*Type, error) {
	if a.Type == "" {
		return &Type{Name: StringType}, nil
	}
	t, err := ParseType(a.Type)
	if err != nil || t.nested() || t.Name == Binary {
		return nil, badArgument("INVALID_DATA_TYPE", "the given data type '%s' for parameter '%s' is not valid", a.Type, a.Name)
	}
	return t, nil
}

// literal is the argument as a token: a string literal, or a cast of one.
func (a Argument) literal() (Token, error) {
	t, err := a.parsedType()
	switch {
	case err != nil:
		return Token{}, err
	case t.Name == Void:
		return Token{Kind: Word, Text: "NULL"}, nil
	case a.Value == nil:
		return Token{Kind: Verbatim, Text: "CAST(NULL AS " + t.DuckDB() + ")"}, nil
	case strings.IndexByte(*a.Value, 0) >= 0:
		return Token{}, Unsupported("the character U+0000 in a parameter")
	case t.Name == StringType:
		return Token{Kind: String, Text: *a.Value}, nil
	case t.Name == Decimal:
		t = fitted(*a.Value, t)
	}
	return Token{Kind: Verbatim, Text: "CAST(" + QuoteString(*a.Value) + " AS " + t.DuckDB() + ")"}, nil
}

var decimalForm = regexp.MustCompile(`^[+-]?(\d{1,100}\.?\d{0,100}|\.\d{1,100})([eE][+-]?\d{1,2})?$`)

// fitted is the type that a DECIMAL argument has: the digits of its value at the scale asked
// for, which Databricks counts anew.
func fitted(value string, t *Type) *Type {
	if !decimalForm.MatchString(value) {
		return t
	}
	n, ok := new(big.Rat).SetString(value)
	if !ok {
		return t
	}
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(n.FloatString(t.Scale)), "0")
	if len(digits) > t.Precision {
		return t
	}
	return &Type{Name: Decimal, Precision: max(len(digits), t.Scale, 1), Scale: t.Scale}
}
