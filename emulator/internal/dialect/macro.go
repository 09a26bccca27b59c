package dialect

import (
	"fmt"
	"strings"
)

// macroPrefix keeps our macros apart from DuckDB's own functions.
const macroPrefix = "corbel_"

// macro is a DuckDB macro that gives a Databricks function its meaning.
type macro struct {
	name string // of the Databricks function, or of the operator's rule in tree.go
	// overloads are "(parameters) AS expression"; typed parameters choose between them.
	overloads string
}

func macros() [][]macro {
	return [][]macro{sharedMacros, operatorMacros, castMacros(), stringMacros, goMacros, numberMacros, dateMacros, collectionMacros}
}

// Macros returns the statements that make the macros that translated SQL calls.
func Macros() []string {
	var statements []string
	for _, group := range macros() {
		for _, m := range group {
			statements = append(statements, "CREATE OR REPLACE MACRO "+macroPrefix+m.name+m.overloads)
		}
	}
	return statements
}

// Errors raised inside macros carry their class, SQLSTATE and text in one string.
func raise(class, state, text string) string {
	return "error('[" + class + "] " + text + " SQLSTATE: " + state + "')"
}

// raiseAbout raises an error whose text holds values: the parts are text and SQL
// expressions in turn.
func raiseAbout(class, state string, parts ...string) string {
	var b strings.Builder
	b.WriteString("error('[" + class + "] ")
	for i, part := range parts {
		if i%2 == 1 {
			part = "' || " + part + " || '"
		}
		b.WriteString(part)
	}
	return b.String() + " SQLSTATE: " + state + "')"
}

var (
	divideByZero = raise(DivideByZero().Class, DivideByZero().SQLState, DivideByZero().Detail)
	modByZero    = raise("REMAINDER_BY_ZERO", "22012", "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead.")
	badIndex     = raiseAbout("INVALID_ARRAY_INDEX", "22003", "The index ", "i", " is out of bounds. The array has ", "corbel_elements(a)", " elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.")
	intervals    = raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support results of type INTERVAL.")
)

// operatorMacros are the operators whose meaning differs.
var operatorMacros = []macro{
	{"divide", "(a, b) AS CASE WHEN b = 0 THEN " + divideByZero + " ELSE a / b END"},
	{"div", "(a, b) AS CASE WHEN b = 0 THEN " + divideByZero + " WHEN typeof(a) LIKE '%INT%' AND typeof(b) LIKE '%INT%' THEN CAST(a // b AS BIGINT) ELSE CAST(trunc(CAST(a AS DOUBLE) / CAST(b AS DOUBLE)) AS BIGINT) END"},
	{"mod", "(a, b) AS CASE WHEN b = 0 THEN " + modByZero + " ELSE a % b END"},
	{"plus", "(a DATE, b INTERVAL) AS CAST(a + b AS DATE), (a INTERVAL, b DATE) AS CAST(a + b AS DATE), (a, b) AS a + b"},
	{"minus", "(a DATE, b INTERVAL) AS CAST(a - b AS DATE), (a DATE, b DATE) AS " + intervals + ", (a TIMESTAMP, b TIMESTAMP) AS " + intervals + ", (a, b) AS a - b"},
	{"subscript", "(a, i VARCHAR) AS a[i], (a, i BIGINT) AS CASE WHEN " + isMap + " THEN a[i] " +
		"WHEN i < 0 OR a[i + 1] IS NULL AND i >= corbel_elements(a) THEN " + badIndex + " ELSE a[i + 1] END"},
}

// sharedMacros stand behind other macros; SQL can't call them.
var sharedMacros = []macro{
	{"exact", "(operation, a, b, digits) AS corbel_go_exact(operation, CAST(a AS VARCHAR), CAST(b AS VARCHAR), CAST(digits AS BIGINT))"},
	{"time_text", "(t) AS regexp_replace(strftime(t, '%Y-%m-%d %H:%M:%S.%f'), '\\.?0*$', '')"},
	{"attempt", "(x) AS TRY(x)"},
	{"any_of", "(l) AS CASE WHEN l IS NULL THEN NULL WHEN list_contains(l, true) THEN true WHEN list_count(l) < len(l) THEN NULL ELSE false END"},
	{"all_of", "(l) AS CASE WHEN l IS NULL THEN NULL WHEN list_contains(l, false) THEN false WHEN list_count(l) < len(l) THEN NULL ELSE true END"},
	{"comes_before", "(compared, i, j) AS CASE WHEN compared < 0 THEN true WHEN compared = 0 THEN i < j WHEN compared > 0 THEN false ELSE " +
		raise("COMPARATOR_RETURNS_NULL", "22004", "The comparator has returned a NULL for a comparison. It should return a positive integer for greater than, 0 for equal and a negative integer for less than.") + " END"},
	{"nan_as_null", "(x) AS CASE WHEN isnan(x) THEN NULL ELSE x END"},
	{"elapsed", "(a, b) AS CAST(a AS TIMESTAMP) - CAST(b AS TIMESTAMP)"},
	{"interval_text", "(i, units) AS corbel_go_interval_text(units, CASE WHEN units[1] = 'Y' OR units = 'MONTH' THEN date_part('year', i) * 12 + date_part('month', i) ELSE epoch_us(i) END)"},
	{"elements", "(a) AS CASE WHEN " + isMap + " THEN len(json_keys(to_json(a))) ELSE json_array_length(to_json(a)) END"},
}

// integerTypes are the targets of casts whose rounding differs: DuckDB rounds, Databricks
// truncates numbers and refuses strings with a fraction.
var integerTypes = []string{"TINYINT", "SMALLINT", "INTEGER", "BIGINT"}

// castMacroName is the macro for casts to a DuckDB type, or "" when DuckDB's cast will do.
func castMacroName(target string, try bool) string {
	name := "cast_"
	if try {
		name = "try_cast_"
	}
	switch target {
	case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "VARCHAR", "BLOB":
		return name + strings.ToLower(target)
	}
	return ""
}

func castMacros() []macro {
	var all []macro
	for _, try := range []bool{false, true} {
		cast := "CAST"
		if try {
			cast = "TRY_CAST"
		}
		for _, t := range integerTypes {
			malformed := "error('[CAST_INVALID_INPUT] The value ''' || x || ''' of the type \"STRING\" cannot be cast to \"" + databricksName(t) +
				"\" because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead. SQLSTATE: 22018')"
			if try {
				malformed = "NULL"
			}
			fromText := "CASE WHEN x IS NULL THEN NULL WHEN regexp_full_match(trim(x), '[+-]?[0-9]+') THEN " + cast + "(trim(x) AS " + t + ") ELSE " + malformed + " END"
			all = append(all, macro{castMacroName(t, try) + "_text", "(x) AS " + fromText}, macro{castMacroName(t, try), "" +
				"(x VARCHAR) AS " + fromText + ", " +
				"(x DOUBLE) AS " + cast + "(trunc(x) AS " + t + "), " +
				"(x DECIMAL(38,18)) AS " + cast + "(trunc(x) AS " + t + "), " +
				"(x BOOLEAN) AS " + cast + "(x AS " + t + "), " +
				"(x HUGEINT) AS " + cast + "(x AS " + t + ")"})
		}
		all = append(all, macro{castMacroName("VARCHAR", try), "" +
			"(x TIMESTAMPTZ) AS regexp_replace(strftime(x AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S.%f'), '\\.?0*$', ''), " +
			"(x DATE) AS CAST(x AS VARCHAR), (x VARCHAR) AS x, " +
			"(x TIMESTAMP) AS regexp_replace(strftime(x, '%Y-%m-%d %H:%M:%S.%f'), '\\.?0*$', ''), " +
			"(x) AS CASE WHEN typeof(x) = 'BLOB' THEN decode(TRY_CAST(CAST(x AS VARCHAR) AS BLOB)) WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN corbel_go_double_text(CAST(x AS VARCHAR)) " +
			"WHEN typeof(x) LIKE 'STRUCT%' OR typeof(x) LIKE 'MAP%' THEN " +
			raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support casts of a STRUCT or MAP to STRING.") + " ELSE CAST(x AS VARCHAR) END"})
	}
	return append(all,
		macro{castMacroName("BLOB", false), "(x VARCHAR) AS encode(x), (x BLOB) AS x"},
		macro{castMacroName("BLOB", true), "(x VARCHAR) AS encode(x), (x BLOB) AS x"})
}

func databricksName(duckDB string) string {
	if duckDB == "INTEGER" {
		return string(Int)
	}
	return duckDB
}

// CastSQL is the DuckDB expression that casts an expression to t as Databricks stores it in
// a column: what is longer than a VARCHAR is an error.
func CastSQL(expression string, t *Type) string {
	if t.Name == Varchar {
		return fmt.Sprintf("corbel_go_fit(%scast_varchar(%s), %d)", macroPrefix, expression, t.Length)
	}
	if name := castMacroName(t.DuckDB(), false); name != "" {
		return macroPrefix + name + "(" + expression + ")"
	}
	return "CAST(" + expression + " AS " + t.DuckDB() + ")"
}
