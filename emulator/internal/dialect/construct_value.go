package dialect

import (
	"fmt"
	"maps"
	"strings"
)

// caseOf builds CASE WHEN conditions[i] THEN results[i] ... ELSE otherwise END.
func caseOf(conditions, results []any, otherwise any) Node {
	checks := make([]any, len(conditions))
	for i := range conditions {
		checks[i] = Node{"when_expr": conditions[i], "then_expr": results[i]}
	}
	return Node{"class": "CASE", "type": "CASE_EXPR", "alias": "", "case_checks": checks, "else_expr": otherwise}
}

func nullConstant() Node {
	return Node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "value": Node{"type": Node{"id": "NULL", "type_info": nil}, "is_null": true}}
}

func intConstant(n int) Node {
	return Node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "value": Node{"type": Node{"id": "INTEGER", "type_info": nil}, "is_null": false, "value": n}}
}

// decode with two arguments reads text in a character set; with more it is a CASE whose
// comparisons hold for NULL too.
func decode(n Node) error {
	args := children(n)
	if len(args) < 2 {
		return wrongArguments("decode", len(args))
	}
	if len(args) == 2 {
		replace(n, call(macroPrefix+"decode_charset", args...))
		return nil
	}
	var conditions, results []any
	i := 1
	for ; i+1 < len(args); i += 2 {
		conditions = append(conditions, Node{"class": "COMPARISON", "type": "COMPARE_NOT_DISTINCT_FROM", "alias": "", "left": copyOf(args[0]), "right": args[i]})
		results = append(results, args[i+1])
	}
	var otherwise any = nullConstant()
	if i < len(args) {
		otherwise = args[i]
	}
	replace(n, caseOf(conditions, results, otherwise))
	return nil
}

// maxCopied bounds what [copyOf] copies. Copies in copies double: twenty of them would fill the memory.
const maxCopied = 2_000

// copyOf copies an expression deeply, so that it can stand in several places. Of one that is too large it makes a panic that
// [Tree.Translate] returns as its error.
func copyOf(v any) any {
	left := maxCopied
	return copied(v, &left)
}

func copied(v any, left *int) any {
	switch x := v.(type) {
	case Node:
		if *left--; *left < 0 {
			panic(tooLarge())
		}
		c := make(Node, len(x))
		for key, child := range x {
			c[key] = copied(child, left)
		}
		return c
	case []any:
		c := make([]any, len(x))
		for i, child := range x {
			c[i] = copied(child, left)
		}
		return c
	}
	return v
}

// elt(n, a, b, ...) is the n-th of the strings.
func elt(n Node) error {
	args := children(n)
	if len(args) < 2 {
		return wrongArguments("elt", len(args))
	}
	replace(n, call(macroPrefix+"elt", args[0], call("list_value", args[1:]...)))
	return nil
}

// formatString hands the arguments to Go as a JSON array of strings.
func formatString(n Node) error {
	args := children(n)
	if len(args) == 0 {
		return wrongArguments("format_string", 0)
	}
	values := make([]any, len(args)-1)
	for i, a := range args[1:] {
		values[i] = call(macroPrefix+castMacroName("VARCHAR", false), a)
	}
	list := castTo(call("to_json", call("list_value", values...)), "VARCHAR")
	if len(values) == 0 {
		list = stringConstant("[]")
	}
	replace(n, call("corbel_go_format_string", args[0], list))
	return nil
}

// datePart is extract() and date_part(), whose part is a literal.
func datePart(n Node) error {
	args := children(n)
	if len(args) != 2 {
		return wrongArguments("date_part", len(args))
	}
	part, _ := args[0].(Node)
	if part["class"] != "CONSTANT" || !isString(part) {
		return Unsupported("date_part with a part that is not a string literal")
	}
	name := strings.ToLower(constantName(part))
	from := call(macroPrefix+"as_time", args[1])
	switch name {
	case "second", "seconds", "s", "sec", "secs":
		microseconds := castTo(call("date_part", stringConstant("microseconds"), from), "DOUBLE")
		replace(n, decimalCast(call("/", microseconds, intConstant(1_000_000)), 8, 6))
		return nil
	case "dayofweek", "dow":
		replace(n, castTo(call("+", call("date_part", stringConstant("dow"), from), intConstant(1)), "INTEGER"))
		return nil
	}
	duck, ok := dateParts[name]
	if !ok {
		return Unsupported("the part " + name + " of a date or time")
	}
	replace(n, castTo(call("date_part", stringConstant(duck), from), "INTEGER"))
	return nil
}

// dateParts are the parts of extract() that are integers, with DuckDB's names.
var dateParts = map[string]string{
	"year": "year", "y": "year", "years": "year", "yr": "year", "yrs": "year", "yearofweek": "isoyear", "quarter": "quarter", "qtr": "quarter",
	"month": "month", "mon": "month", "mons": "month", "months": "month", "week": "week", "w": "week", "weeks": "week",
	"day": "day", "d": "day", "days": "day", "dayofweek_iso": "isodow", "dow_iso": "isodow", "isodow": "isodow", "doy": "doy", "dayofyear": "doy",
	"hour": "hour", "h": "hour", "hours": "hour", "hr": "hour", "hrs": "hour", "minute": "minute", "m": "minute", "min": "minute", "mins": "minute", "minutes": "minute",
}

func decimalCast(child any, width, scale int) Node {
	n := castTo(child, "DECIMAL")
	n["cast_type"] = Node{"id": "DECIMAL", "type_info": Node{"type": "DECIMAL_TYPE_INFO", "alias": "", "extension_info": nil, "width": width, "scale": scale}}
	return n
}

// fromJSON reads a document as a value of the type that a literal names.
func fromJSON(n Node) error {
	args := children(n)
	if len(args) != 2 {
		return Unsupported("from_json with options")
	}
	schema, _ := args[1].(Node)
	if schema["class"] != "CONSTANT" || !isString(schema) {
		return Unsupported("from_json with a schema that is not a string literal")
	}
	t, err := ParseSchema(constantName(schema))
	if err != nil {
		return err
	}
	if !t.nested() {
		return Unsupported("from_json with a schema of a scalar type")
	}
	structure := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t.DuckDB())
	replace(n, call(macroPrefix+"from_json", args[0], stringConstant(`"`+structure+`"`)))
	return nil
}

// collect makes collect_list and its like: the values without NULL, in DISTINCT form for
// collect_set, and an empty array when there are none.
func collect(distinct bool) func(Node) error {
	return func(n Node) error {
		args := children(n)
		if len(args) != 1 {
			return wrongArguments(fmt.Sprint(n["function_name"]), len(args))
		}
		list := maps.Clone(n)
		list["function_name"], list["alias"], list["schema"] = "list", "", ""
		if distinct {
			list["distinct"] = true
		}
		list["filter"] = alsoNotNull(n["filter"], args[0])
		replace(n, Node{"class": "OPERATOR", "type": "OPERATOR_COALESCE", "alias": "", "children": []any{list, call("list_value")}})
		return nil
	}
}

// alsoNotNull adds the condition that the value is not NULL to a filter.
func alsoNotNull(filter, value any) Node {
	present := isNotNull(value)
	if filter == nil {
		return present
	}
	return Node{"class": "CONJUNCTION", "type": "CONJUNCTION_AND", "alias": "", "children": []any{filter, present}}
}

// ignoringNulls makes first(x, true) and the like, which pass over NULL.
func ignoringNulls(name string) func(Node) error {
	return func(n Node) error {
		args := children(n)
		if len(args) == 2 {
			if flag := nameOf(args[1]); flag == "true" {
				n["filter"] = alsoNotNull(n["filter"], args[0])
			} else if flag != "false" {
				return Unsupported(name + " with a second argument that is not true or false")
			}
			n["children"] = args[:1]
		}
		n["function_name"] = name
		return nil
	}
}

// percentileDisc answers in DOUBLE.
func percentileDisc(n Node) error {
	inner := maps.Clone(n)
	inner["alias"] = ""
	replace(n, castTo(inner, "DOUBLE"))
	return nil
}

// approxPercentile is exact here: what the accuracy, its third argument, bounds is nothing.
func approxPercentile(n Node) error {
	args := children(n)
	if len(args) != 2 && len(args) != 3 {
		return wrongArguments("approx_percentile", len(args))
	}
	n["function_name"], n["children"] = "quantile_disc", args[:2]
	return nil
}
