package dialect

import (
	"regexp"
	"strings"
)

var (
	raised      = regexp.MustCompile(`(?s)\[([A-Z0-9_.]+)\] (.*) SQLSTATE: ([0-9A-Z]{5})`)
	nearToken   = regexp.MustCompile(`at or near "([^"]*)"`)
	columnName  = regexp.MustCompile(`(?:Referenced column|column named|have a column named|column) "([^"]+)"`)
	structField = regexp.MustCompile(`Could not find key "([^"]+)" in struct`)
	routineName = regexp.MustCompile(`(?:Function|Macro) with name "?([^\s"]+)"? does not exist`)
	quotedValue = regexp.MustCompile(`'((?:[^']|'')*)'`)
	macroName   = regexp.MustCompile(macroPrefix + `(?:cast_|try_cast_)?`)
)

// parseFault classifies a message of DuckDB's parser.
func parseFault(message string) *Error {
	if m := nearToken.FindStringSubmatch(message); m != nil {
		return newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near '%s'.", m[1])
	}
	if strings.Contains(message, "end of input") {
		return newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near end of input.")
	}
	return newError("PARSE_SYNTAX_ERROR", "42601", "%s", firstLine(message))
}

func firstLine(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	for _, prefix := range []string{"Parser Error: ", "Binder Error: ", "Catalog Error: ", "Conversion Error: ", "Invalid Input Error: ", "Out of Range Error: "} {
		line = strings.TrimPrefix(line, prefix)
	}
	line = strings.NewReplacer("syntax error", "Syntax error", "uc_", "").Replace(line)
	return macroName.ReplaceAllString(line, "")
}

// faults classify DuckDB's messages. The first whose text is in the message applies; the
// order goes from the particular to the general.
var faults = []struct {
	text  string
	build func(message string) *Error
}{
	{"Parser Error", parseFault},
	{"Interrupted", func(string) *Error {
		return newError("QUERY_CANCELLED", "57014", "The query was cancelled.")
	}},
	{"can't be cast because the value is out of range", func(m string) *Error {
		return newError("CAST_OVERFLOW", "22003", "%s. Use `try_cast` to tolerate overflow and return NULL instead.", firstLine(m))
	}},
	{"Could not cast value", func(m string) *Error {
		return newError("NUMERIC_VALUE_OUT_OF_RANGE", "22003", "%s.", firstLine(m))
	}},
	{"Casting value", func(m string) *Error {
		return newError("NUMERIC_VALUE_OUT_OF_RANGE", "22003", "%s.", firstLine(m))
	}},
	{"Out of Range Error", func(m string) *Error {
		return newError("ARITHMETIC_OVERFLOW", "22003", "%s. Use a `try_` function to tolerate overflow and return NULL instead.", firstLine(m))
	}},
	{"Conversion Error", castFault},
	{"Scalar Function with name", routineFault},
	{"Function with name", routineFault},
	{"Referenced column", columnFault},
	{"does not have a column named", columnFault},
	{"Could not find key", func(m string) *Error {
		if f := structField.FindStringSubmatch(m); f != nil {
			return newError("FIELD_NOT_FOUND", "42704", "No such struct field `%s`.", f[1])
		}
		return mismatch(m)
	}},
	{"must appear in the GROUP BY clause", func(m string) *Error {
		return newError("MISSING_AGGREGATION", "42803", "The non-aggregating expression is based on columns which are not participating in the GROUP BY clause: %s", firstLine(m))
	}},
	{"Ambiguous reference", func(m string) *Error {
		return newError("AMBIGUOUS_REFERENCE", "42704", "%s", firstLine(m))
	}},
	{"NOT NULL constraint failed", func(m string) *Error {
		return newError("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502", "%s", firstLine(m))
	}},
	{"More than one row returned by a subquery", func(string) *Error {
		return newError("SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000", "More than one row returned by a subquery used as an expression.")
	}},
	{"already exists", func(m string) *Error {
		return newError("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", "%s", firstLine(m))
	}},
	{"Binder Error", mismatch},
	{"Catalog Error", mismatch},
	{"Invalid Input Error", func(m string) *Error { return newError("INVALID_PARAMETER_VALUE", "22023", "%s", firstLine(m)) }},
}

func mismatch(message string) *Error {
	return newError("DATATYPE_MISMATCH", "42K09", "%s", firstLine(message))
}

func castFault(message string) *Error {
	if strings.Contains(message, "Unimplemented type for cast") {
		return mismatch(message)
	}
	value := firstLine(message)
	if m := quotedValue.FindStringSubmatch(value); m != nil {
		value = "The value '" + m[1] + "' cannot be cast because it is malformed: " + value
	} else if m := regexp.MustCompile(`"([^"]*)"`).FindStringSubmatch(value); m != nil {
		value = "The value '" + m[1] + "' cannot be cast because it is malformed: " + value
	}
	return newError("CAST_INVALID_INPUT", "22018", "%s. Use `try_cast` to tolerate malformed input and return NULL instead.", strings.TrimSuffix(value, "."))
}

func routineFault(message string) *Error {
	name := ""
	if m := routineName.FindStringSubmatch(message); m != nil {
		name = macroName.ReplaceAllString(m[1], "")
	}
	return UnresolvedRoutine(name)
}

func columnFault(message string) *Error {
	if m := columnName.FindStringSubmatch(message); m != nil {
		return UnresolvedColumn(m[1])
	}
	return mismatch(message)
}

// Classify finds the class of an error that DuckDB reported. It returns nil for a message
// it does not know: that is a failure of the workspace.
func Classify(message string) *Error {
	if m := raised.FindStringSubmatch(message); m != nil {
		return &Error{Class: m[1], Detail: m[2], SQLState: m[3]}
	}
	for _, f := range faults {
		if strings.Contains(message, f.text) {
			return f.build(message)
		}
	}
	return nil
}
