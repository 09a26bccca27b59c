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
	"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE", "//": "div",
	"COMPARE_EQUAL": "=", "COMPARE_NOTEQUAL": "!=", "COMPARE_LESSTHAN": "<", "COMPARE_GREATERTHAN": ">",
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
		return ""
	case "CAST":
		return castName(n)
	case "COMPARISON":
		return binary(n["type"], n["left"], n["right"])
	case "CONJUNCTION":
		if args := children(n); len(args) == 2 {
			return binary(n["type"], args[0], args[1])
		}
	case "OPERATOR":
		return operatorName(n)
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
	if operator, _ := n["is_operator"].(bool); (operator || binaryNames[name] != "") && len(args) == 2 {
		return binary(name, args[0], args[1])
	}
	switch name {
	case "json_path":
		return jsonPathName(nameOf(args[1]))
	case "count_star":
		return "count(1)"
	case "list_value":
		name = "array"
	case "map_from_pairs":
		name = "map"
	case "make_struct", "struct_pack":
		name = "struct"
	case "get_current_timestamp":
		name = "current_timestamp"
	}
	names := make([]string, len(args))
	for i, a := range args {
		if names[i] = nameOf(a); names[i] == "" {
			return ""
		}
	}
	if len(args) == 1 && (name == "-" || name == "+") {
		return "(" + name + " " + names[0] + ")"
	}
	distinct := ""
	if n["distinct"] == true {
		distinct = "DISTINCT "
	}
	return name + "(" + distinct + strings.Join(names, ", ") + ")"
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
	if t, err := FromDuckDB(id); err == nil {
		id = t.String()
		if (t.Name == Date || t.Name == Timestamp) && child["class"] == "CONSTANT" && isString(child) {
			return id + " '" + constantName(child) + "'"
		}
		if t.Name == Boolean && child["class"] == "CONSTANT" && isString(child) {
			return map[string]string{"t": "true", "f": "false"}[constantName(child)]
		}
	}
	if info, _ := target["type_info"].(Node); id == string(Decimal) && info != nil {
		id = fmt.Sprintf("DECIMAL(%v,%v)", info["width"], info["scale"])
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
	case "ARRAY_EXTRACT":
		if len(args) == 2 && nameOf(args[1]) != "" {
			return first + "[" + nameOf(args[1]) + "]"
		}
	}
	return ""
}
