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
	ambiguous   = regexp.MustCompile(`Ambiguous reference to column name "([^"]+)" \(use: "(.*)"\)`)
	quotedName  = regexp.MustCompile(`"((?:[^"]|"")+)"`)
	castTarget  = regexp.MustCompile(`to ([A-Z0-9]+(?:\(\d+,\d+\))?)`)
	quotedValue = regexp.MustCompile(`'((?:[^']|'')*)'`)
	macroName   = regexp.MustCompile(macroPrefix + `(?:cast_|try_cast_)?`)
)

// parseFault classifies a message of DuckDB's parser.
func parseFault(message string) *Error {
	if m := nearToken.FindStringSubmatch(message); m != nil {
		e := newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near '%s'.", m[1])
		e.near = m[1]
		return e
	}
	if strings.Contains(message, "end of input") {
		return newError("PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near end of input.")
	}
	if strings.Contains(message, "VALUES lists must all be the same length") {
		return newError("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "42000", "Invalid inline table. The rows have different numbers of columns.")
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
	{"Expression with depth > 1 detected", func(string) *Error {
		return Unsupported("subqueries that are nested this deep and refer to columns of the queries around them")
	}},
	{"Interrupted", func(string) *Error {
		return newError("QUERY_CANCELLED", "57014", "The query was cancelled.")
	}},
	{"can't be cast because the value is out of range", overflowingCast},
	{"Could not cast value", func(m string) *Error {
		return newError("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003", "%s. If necessary set `ansi_mode` to false to bypass this error, and return NULL instead.", firstLine(m))
	}},
	{"Casting value", func(m string) *Error {
		return newError("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003", "%s. If necessary set `ansi_mode` to false to bypass this error, and return NULL instead.", firstLine(m))
	}},
	{"Out of Range Error", overflowFault},
	{"Date out of range", func(m string) *Error {
		return newError("DATETIME_FIELD_OUT_OF_BOUNDS", "22023", "%s. If necessary set `ansi_mode` to false to bypass this error.", firstLine(m))
	}},
	{"GROUP BY term out of range", func(m string) *Error { return outOfRange("GROUP_BY_POS_OUT_OF_RANGE", "GROUP BY", m) }},
	{"ORDER term out of range", func(m string) *Error { return outOfRange("ORDER_BY_POS_OUT_OF_RANGE", "ORDER BY", m) }},
	{"Could not parse string", func(m string) *Error {
		value := ""
		if found := quotedName.FindStringSubmatch(m); found != nil {
			value = found[1]
		}
		return newError("CANNOT_PARSE_TIMESTAMP", "22007", "Text '%s' could not be parsed. Use `try_to_timestamp` to tolerate invalid input string and return NULL instead.", value)
	}},
	{"aggregate function calls cannot be nested", func(string) *Error {
		return newError("NESTED_AGGREGATE_FUNCTION", "42607", "It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.")
	}},
	{"Cannot extract field", func(m string) *Error {
		return newError("INVALID_EXTRACT_BASE_FIELD_TYPE", "42000", "%s. Need a complex type [STRUCT, ARRAY, MAP].", firstLine(m))
	}},
	{"UNNEST() can only be applied", func(string) *Error {
		return newError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "Cannot resolve \"explode\" due to data type mismatch: The first parameter requires the (\"ARRAY\" or \"MAP\") type.")
	}},
	{"does not exist on left side of join", usingFault},
	{"does not exist on right side of join", usingFault},
	{"LIMIT/OFFSET cannot be negative", func(string) *Error {
		return newError("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "42K0E", "The limit like expression is invalid. The evaluated expression must be equal to or greater than 0.")
	}},
	{"does not support the supplied arguments", func(m string) *Error {
		return newError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "%s", firstLine(m))
	}},
	{"GROUPING statement cannot be used without groups", func(string) *Error {
		return newError("UNSUPPORTED_GROUPING_EXPRESSION", "42K0E", "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.")
	}},
	{"must be a grouping column", func(m string) *Error {
		return newError("GROUPING_COLUMN_MISMATCH", "42803", "Column of grouping can't be found in grouping columns: %s.", firstLine(m))
	}},
	{"columns available but", func(m string) *Error {
		return newError("ASSIGNMENT_ARITY_MISMATCH", "42802", "The number of columns or variables assigned or aliased does not match the number of source expressions: %s.", firstLine(m))
	}},
	{"Referenced table", tableFault},
	{"WHERE clause cannot contain window", func(string) *Error {
		return newError("INVALID_WHERE_CONDITION", "42903", "The WHERE condition contains invalid expressions: window functions.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.")
	}},
	{"missing ): ", patternFault},
	{"missing ]: ", patternFault},
	{"no argument for repetition operator", patternFault},
	{"WHERE clause cannot contain aggregates", func(string) *Error {
		return newError("INVALID_WHERE_CONDITION", "42903", "The WHERE condition contains invalid expressions: aggregate functions.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.")
	}},
	{"Set operations can only apply to expressions with the same number of result columns", func(string) *Error {
		return newError("NUM_COLUMNS_MISMATCH", "42826", "UNION, INTERSECT and EXCEPT can only be performed on inputs with the same number of columns.")
	}},
	{"No function matches the given name and argument types", argumentFault},
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
		if found := ambiguous.FindStringSubmatch(m); found != nil {
			return newError("AMBIGUOUS_REFERENCE", "42704", "Reference `%s` is ambiguous, could be: [`%s`].", found[1],
				strings.NewReplacer(`" or "`, "`, `", ".", "`.`").Replace(found[2]))
		}
		return newError("AMBIGUOUS_REFERENCE", "42704", "%s", firstLine(m))
	}},
	{"Unknown TimeZone", func(m string) *Error {
		zone := ""
		if found := quotedValue.FindStringSubmatch(m); found != nil {
			zone = found[1]
		}
		if strings.ContainsAny(zone, "+-0123456789") {
			return Unsupported("time zones given by an offset: " + zone)
		}
		return newError("INVALID_TIMEZONE", "22009", "The timezone: %s is invalid. The timezone must be either a region-based zone ID or a zone offset. Region IDs must have the form 'area/city', such as 'America/Los_Angeles'.", zone)
	}},
	{"NOT NULL constraint failed", func(m string) *Error {
		_, name, _ := strings.Cut(firstLine(m), "failed: ")
		_, name, _ = strings.Cut(name, ".")
		return NotNullViolated(name)
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

// castTargets are the types that DuckDB's messages about casts of strings name.
var castTargets = map[string]string{"INT8": "TINYINT", "INT16": "SMALLINT", "INT32": "INT", "INT64": "BIGINT", "BOOL": "BOOLEAN"}

func castFault(message string) *Error {
	if strings.Contains(message, "Unimplemented type for cast") {
		return mismatch(message)
	}
	line := firstLine(message)
	value := ""
	if m := quotedValue.FindStringSubmatch(line); m != nil {
		value = m[1]
	} else if m := quotedName.FindStringSubmatch(line); m != nil {
		value = m[1]
	}
	var target string
	switch m := castTarget.FindStringSubmatch(line); {
	case strings.Contains(line, "timestamp"):
		target = string(Timestamp)
	case strings.Contains(line, "date field"):
		target = string(Date)
	case m != nil:
		if target = m[1]; castTargets[target] != "" {
			target = castTargets[target]
		}
	default:
		return newError("CAST_INVALID_INPUT", "22018", "The value '%s' cannot be cast because it is malformed: %s. Use `try_cast` to tolerate malformed input and return NULL instead.", value, strings.TrimSuffix(line, "."))
	}
	return newError("CAST_INVALID_INPUT", "22018", "The value '%s' of the type \"STRING\" cannot be cast to \"%s\" because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.", value, target)
}

var (
	overflowed  = regexp.MustCompile(`Type (\w+) with value (\S+) can't be cast because the value is out of range for the destination type (\w+)`)
	clauseTerms = regexp.MustCompile(`between 1 and (\d+)`)
	missing     = regexp.MustCompile(`Referenced table "([^"]+)" not found`)
)

func overflowingCast(m string) *Error {
	found := overflowed.FindStringSubmatch(m)
	if found == nil {
		return newError("CAST_OVERFLOW", "22003", "%s. Use `try_cast` to tolerate overflow and return NULL instead.", firstLine(m))
	}
	name := func(duckDB string) string {
		if other, ok := castTargets[duckDB]; ok {
			return other
		}
		return argumentType(duckDB)
	}
	return newError("CAST_OVERFLOW", "22003", "The value %s of the type \"%s\" cannot be cast to \"%s\" due to an overflow. Use `try_cast` to tolerate overflow and return NULL instead.",
		found[2], name(found[1]), name(found[3]))
}

// outOfRange is the error for GROUP BY 3 and ORDER BY 3 beyond the columns.
func outOfRange(class, clause, m string) *Error {
	size := ""
	if found := clauseTerms.FindStringSubmatch(m); found != nil {
		size = " (valid range is [1, " + found[1] + "])"
	}
	return newError(class, "42805", "%s position is not in select list%s.", clause, size)
}

func usingFault(m string) *Error {
	name := ""
	if found := quotedName.FindStringSubmatch(m); found != nil {
		name = found[1]
	}
	return newError("UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703", "USING column `%s` cannot be resolved on one side of the join.", name)
}

// tableFault is the error for a column of a relation that the query doesn't have.
func tableFault(m string) *Error {
	found := missing.FindStringSubmatch(m)
	if found == nil {
		return mismatch(m)
	}
	column := regexp.MustCompile(regexp.QuoteMeta(found[1]) + `"?\."?([A-Za-z0-9_]+|\*)`).FindStringSubmatch(m)
	switch {
	case column == nil:
		return UnresolvedAmong(found[1], nil)
	case column[1] == "*":
		return newError("CANNOT_RESOLVE_STAR_EXPAND", "42704", "Cannot resolve `%s`.* given input columns. Please check that the specified table or struct exists and is accessible in the input columns.", found[1])
	}
	return UnresolvedAmong(found[1]+"`.`"+column[1], nil)
}

func patternFault(m string) *Error {
	return newError("INVALID_PARAMETER_VALUE.PATTERN", "22023", "The value of parameter(s) `regexp` is invalid: %s.", firstLine(m))
}

func routineFault(message string) *Error {
	name := ""
	if m := routineName.FindStringSubmatch(message); m != nil {
		name = macroName.ReplaceAllString(m[1], "")
	}
	return UnresolvedRoutine(name)
}

func columnFault(message string) *Error {
	found := columnName.FindStringSubmatch(message)
	switch {
	case found == nil:
		return mismatch(message)
	case strings.Contains(message, "the FROM clause is missing"):
		return UnresolvedColumn(found[1])
	}
	_, bindings, _ := strings.Cut(message, "Candidate bindings:")
	bindings, _, _ = strings.Cut(bindings, "\n")
	var candidates []string
	for _, m := range quotedName.FindAllStringSubmatch(bindings, -1) {
		candidates = append(candidates, m[1])
	}
	return UnresolvedAmong(found[1], candidates)
}

var overflowOf = regexp.MustCompile(`Overflow in (\w+) of (INT8|INT16|INT32|INT64|INT128)`)

func overflowFault(m string) *Error {
	found := overflowOf.FindStringSubmatch(m)
	if found == nil {
		return newError("ARITHMETIC_OVERFLOW", "22003", "%s. Use a `try_` function to tolerate overflow and return NULL instead.", firstLine(m))
	}
	kind := map[string]string{"INT8": "tinyint", "INT16": "smallint", "INT32": "integer"}[found[2]]
	if kind == "" {
		kind = "long"
	}
	function := map[string]string{"addition": "try_add", "subtraction": "try_subtract", "multiplication": "try_multiply"}[found[1]]
	if function == "" {
		function = "try_cast"
	}
	return newError("ARITHMETIC_OVERFLOW", "22003", "%s overflow. Use '%s' to tolerate overflow and return NULL instead.", kind, function)
}

var calledWith = regexp.MustCompile(`argument types '([^(]+)\((.*)\)'\. You`)

// argumentFault tells a wrong number of arguments from wrong types.
func argumentFault(m string) *Error {
	found := calledWith.FindStringSubmatch(m)
	if found == nil {
		return mismatch(m)
	}
	var given []string
	if found[2] != "" {
		given = splitTop(found[2])
	}
	if strings.ContainsAny(found[1], "+-*/%&|") && len(given) == 2 {
		return newError("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09", "Cannot resolve the operator %s due to data type mismatch: the left and right operands of the binary operator have incompatible types (%q and %q).", found[1], argumentType(given[0]), argumentType(given[1]))
	}
	for _, line := range strings.Split(m, "\n") {
		signature, _, ok := strings.Cut(strings.TrimSpace(line), ") -> ")
		_, parameters, _ := strings.Cut(signature, "(")
		if ok && (strings.Contains(parameters, "...") || len(splitTop(parameters)) == len(given)) {
			return newError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "Cannot resolve \"%s(%s)\" due to data type mismatch.", macroName.ReplaceAllString(found[1], ""), found[2])
		}
	}
	return wrongArguments(macroName.ReplaceAllString(found[1], ""), len(given))
}

// argumentType is Databricks' name of a type in a message of DuckDB.
func argumentType(duckDB string) string {
	t, err := FromDuckDB(strings.TrimSuffix(strings.Replace(duckDB, "STRING_LITERAL", "VARCHAR", 1), "_LITERAL"))
	if err != nil {
		return duckDB
	}
	return t.String()
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
	if _, what, ok := strings.Cut(message, "Not implemented Error: "); ok {
		return Unsupported("this statement, because its engine does not (\"" + firstLine(what) + "\")")
	}
	return nil
}
