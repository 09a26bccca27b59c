package dialect

import (
	"encoding/json"
	"fmt"
	"strings"
)

// nameColumns gives the columns of a SELECT that have no alias the names that Databricks
// gives them, before translation puts other functions in their place.
func nameColumns(selectNode Node) {
	list, _ := selectNode["select_list"].([]any)
	for _, item := range list {
		n, _ := item.(Node)
		if n == nil || n["alias"] != "" || n["class"] == "COLUMN_REF" || n["class"] == "STAR" {
			continue
		}
		if name := expressionName(n); name != "" {
			n["alias"] = name
		}
	}
}

// structFieldName is the name of a field of struct(): the column's, or col1, col2, ...
func structFieldName(n Node, i int) string {
	if alias, _ := n["alias"].(string); alias != "" {
		return alias
	}
	if n["class"] == "COLUMN_REF" {
		return expressionName(n)
	}
	return fmt.Sprintf("col%d", i+1)
}

// binaryNames are DuckDB's names of operators and comparisons, as Databricks writes them.
var binaryNames = map[string]string{
	"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE", "//": "div", "&&": "^",
	"COMPARE_EQUAL": "=", "COMPARE_LESSTHAN": "<", "COMPARE_GREATERTHAN": ">",
	"COMPARE_LESSTHANOREQUALTO": "<=", "COMPARE_GREATERTHANOREQUALTO": ">=", "COMPARE_NOT_DISTINCT_FROM": "<=>",
	"CONJUNCTION_AND": "AND", "CONJUNCTION_OR": "OR",
}

// expressionName is the text of an expression as Databricks writes it in column names, or
// "" where it has no short form.
func expressionName(n Node) string {
	switch n["class"] {
	case "COLUMN_REF":
		names, _ := n["column_names"].([]any)
		if len(names) > 0 {
			return fmt.Sprint(names[len(names)-1])
		}
	case "CONSTANT":
		return constantName(n)
	case "FUNCTION":
		return functionName(n)
	case "WINDOW":
		return windowName(n)
	case "CAST":
		return castName(n)
	case "CASE":
		return caseName(n)
	case "LAMBDA":
		return lambdaName(n)
	case "BETWEEN":
		return callName("between", n["input"], n["lower"], n["upper"])
	case "SUBQUERY":
		switch n["subquery_type"] {
		case "SCALAR":
			return "scalarsubquery()"
		case "EXISTS":
			return "exists()"
		case "NOT_EXISTS":
			return "(NOT exists())"
		case "ANY":
			if sought := nameOf(n["child"]); sought != "" && n["comparison_type"] == "COMPARE_EQUAL" {
				return "(" + sought + " IN (listquery()))"
			}
		}
	case "COMPARISON":
		return comparisonName(n)
	case "CONJUNCTION":
		args := children(n)
		for len(args) > 2 { // what DuckDB has put into one list
			pair := Node{"class": "CONJUNCTION", "type": n["type"], "children": args[:2]}
			args = append([]any{pair}, args[2:]...)
		}
		return binary(n["type"], args[0], args[1])
	case "OPERATOR":
		return operatorName(n)
	}
	return ""
}

// comparisonName is the name of a comparison; what is not equal is NOT of what is.
func comparisonName(n Node) string {
	positive, negated := map[string]string{"COMPARE_NOTEQUAL": "COMPARE_EQUAL", "COMPARE_DISTINCT_FROM": "COMPARE_NOT_DISTINCT_FROM"}[fmt.Sprint(n["type"])]
	if !negated {
		return binary(n["type"], n["left"], n["right"])
	}
	if name := binary(positive, n["left"], n["right"]); name != "" {
		return "(NOT " + name + ")"
	}
	return ""
}

func binary(operator, left, right any) string {
	symbol := fmt.Sprint(operator)
	if s, ok := binaryNames[symbol]; ok {
		symbol = s
	}
	a, b := nameOf(left), nameOf(right)
	if a == "" || b == "" {
		return ""
	}
	if positive, negated := strings.CutPrefix(symbol, "NOT "); negated {
		return "(NOT " + a + " " + positive + " " + b + ")"
	}
	if strings.HasSuffix(symbol, "LIKE") {
		return a + " " + symbol + " " + b
	}
	return "(" + a + " " + symbol + " " + b + ")"
}

func nameOf(v any) string {
	n, _ := v.(Node)
	if n == nil {
		return ""
	}
	return expressionName(n)
}

func constantName(n Node) string {
	value, _ := n["value"].(Node)
	if null, _ := value["is_null"].(bool); null {
		return "NULL"
	}
	kind, _ := value["type"].(Node)
	info, _ := kind["type_info"].(Node)
	if scale, ok := info["scale"].(json.Number); ok {
		return decimalText(fmt.Sprint(value["value"]), scale)
	}
	return fmt.Sprint(value["value"])
}

func decimalText(digits string, scale json.Number) string {
	n, err := scale.Int64()
	if err != nil || n == 0 {
		return digits
	}
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for int64(len(digits)) <= n {
		digits = "0" + digits
	}
	cut := int64(len(digits)) - n
	return sign + digits[:cut] + "." + digits[cut:]
}

func functionName(n Node) string {
	name := strings.ToLower(fmt.Sprint(n["function_name"]))
	args := children(n)
	if other, ok := callNamesOf[name]; ok {
		name = other
	}
	switch {
	case name == "concat":
	case (n["is_operator"] == true || binaryNames[name] != "") && len(args) == 2:
		return binary(name, args[0], args[1])
	case name == "~" && len(args) == 1:
		return prefixed("~", args[0])
	case len(args) == 1 && (name == "-" || name == "+"):
		if inner := nameOf(args[0]); inner != "" {
			return "(" + name + " " + inner + ")"
		}
		return ""
	}
	switch name {
	case "json_path":
		return jsonPathName(nameOf(args[1]))
	case "session_value":
		return nameOf(args[1])
	case "count_star":
		name, args = "count", []any{intConstant(1)}
	case "timestampadd", "timestampdiff":
		if len(args) == 3 {
			unit, _ := args[0].(Node)
			return callName(name, stringConstant(strings.ToUpper(constantName(unit))), args[1], args[2])
		}
	case "date_part":
		if n["schema"] == "main" {
			return "extract(" + strings.ToUpper(nameOf(args[0])) + " FROM " + nameOf(args[1]) + ")"
		}
	case "if", "iff":
		if inner := callName("IF", args...); inner != "" {
			return "(" + inner + ")"
		}
		return ""
	}
	if text, ok := intervalName(n); ok {
		return text
	}
	text := callName(name, args...)
	if n["distinct"] == true {
		text = strings.Replace(text, "(", "(DISTINCT ", 1)
	}
	if orders := orderedBy(n); len(orders) == 1 && strings.HasPrefix(name, "percentile_") {
		text += " WITHIN GROUP (ORDER BY " + nameOf(orders[0]["expression"]) + ")"
	}
	if n["filter"] != nil && text != "" {
		text += " FILTER (WHERE " + nameOf(n["filter"]) + ")"
	}
	return text
}

// callNamesOf are Databricks' names of functions that the parser or the rewriter put in.
var callNamesOf = map[string]string{
	"list_value": "array", "map_from_pairs": "map", "make_struct": "struct", "struct_pack": "struct", "get_current_timestamp": "current_timestamp",
	"||": "concat", "quantile_cont": "percentile_cont", "quantile_disc": "percentile_disc",
}

// callName is the name of a call, or "" if an argument has none.
func callName(name string, args ...any) string {
	names := make([]string, len(args))
	for i, a := range args {
		if names[i] = nameOf(a); names[i] == "" {
			if n, _ := a.(Node); n["class"] != "CONSTANT" {
				return ""
			}
		}
	}
	return name + "(" + strings.Join(names, ", ") + ")"
}

func prefixed(prefix string, v any) string {
	if name := nameOf(v); name != "" {
		return prefix + name
	}
	return ""
}

// jsonPathName is the last field of a path.
func jsonPathName(path string) string {
	parts := strings.Split(strings.TrimRight(path, `"`), `"`)
	return parts[len(parts)-1]
}

func castName(n Node) string {
	target, _ := n["cast_type"].(Node)
	id := fmt.Sprint(target["id"])
	child, _ := n["child"].(Node)
	if child == nil {
		return ""
	}
	if text, ok := intervalName(n); ok {
		return text
	}
	if t := nodeType(target); t != nil {
		id = t.String()
		if t.is(Boolean) && child["class"] == "CONSTANT" && isString(child) {
			return map[string]string{"t": "true", "f": "false"}[constantName(child)]
		}
		if t.is(Date, Timestamp, TimestampNTZ) && child["class"] == "CONSTANT" && isString(child) {
			text := constantName(child)
			if t.Name != Date && len(text) == len("2024-01-01") {
				text += " 00:00:00"
			}
			return id + " '" + text + "'"
		}
	}
	inner := expressionName(child)
	if inner == "" {
		return ""
	}
	if child["class"] == "CONSTANT" && isString(child) && isDigit(rune(inner[0])) {
		return inner // a literal with a type suffix
	}
	return "CAST(" + inner + " AS " + id + ")"
}

func operatorName(n Node) string {
	args := children(n)
	if len(args) == 0 {
		return ""
	}
	first := nameOf(args[0])
	if first == "" {
		return ""
	}
	switch n["type"] {
	case "OPERATOR_NOT":
		return "(NOT " + first + ")"
	case "OPERATOR_IS_NULL":
		return "(" + first + " IS NULL)"
	case "OPERATOR_IS_NOT_NULL":
		return "(" + first + " IS NOT NULL)"
	case "OPERATOR_COALESCE":
		names := make([]string, len(args))
		for i, a := range args {
			if names[i] = nameOf(a); names[i] == "" {
				return ""
			}
		}
		return "coalesce(" + strings.Join(names, ", ") + ")"
	case "COMPARE_IN":
		return "(" + first + " IN " + callName("", args[1:]...) + ")"
	case "COMPARE_NOT_IN":
		return "(NOT (" + first + " IN " + callName("", args[1:]...) + "))"
	case "GROUPING_FUNCTION":
		if len(args) == 1 {
			return "grouping(" + first + ")"
		}
		return callName("grouping_id", args...)
	case "ARRAY_EXTRACT":
		if len(args) == 2 && nameOf(args[1]) != "" {
			return first + "[" + nameOf(args[1]) + "]"
		}
	}
	return ""
}
