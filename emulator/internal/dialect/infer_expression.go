package dialect

import (
	"encoding/json"
	"fmt"
	"strings"
)

// expressions finds the types of all expressions in a part of a query.
func (f *inference) expressions(v any, s *scope) {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			f.expressions(item, s)
		}
	case Node:
		if kind, _ := x["type"].(string); x["class"] != nil {
			f.expression(x, s)
			return
		} else if strings.HasSuffix(kind, "_NODE") {
			f.query(x, s)
			return
		}
		for _, child := range x {
			f.expressions(child, s)
		}
	}
}

// expression finds the type of an expression, and of all in it.
func (f *inference) expression(v any, s *scope) *Type {
	n, _ := v.(Node)
	if n == nil {
		return nil
	}
	t := f.kind(n, s)
	if t != nil {
		n[returns] = t
	}
	return t
}

func (f *inference) kind(n Node, s *scope) *Type {
	switch n["class"] {
	case "CONSTANT":
		return constantType(n)
	case "COLUMN_REF":
		return s.column(columnParts(n))
	case "CAST":
		f.expression(n["child"], s)
		return castType(n)
	case "FUNCTION":
		return f.function(n, s)
	case "WINDOW":
		return f.window(n, s)
	case "CASE":
		return f.caseWhen(n, s)
	case "SUBQUERY":
		return f.subquery(n, s)
	case "OPERATOR":
		return f.operator(n, s)
	case "COMPARISON", "CONJUNCTION", "BETWEEN":
		for _, key := range []string{"left", "right", "input", "lower", "upper", "children"} {
			f.expressions(n[key], s)
		}
		switch n["class"] {
		case "COMPARISON":
			f.comparable(n, n["left"], n["right"])
		case "CONJUNCTION":
			f.logical(n, "BINARY_OP_WRONG_TYPE", children(n)...)
		default:
			f.comparable(n, n["input"], n["lower"])
			f.comparable(n, n["input"], n["upper"])
		}
		return scalarType(Boolean)
	}
	for _, child := range n {
		f.expressions(child, s)
	}
	return nil
}

// nodeType reads a type in DuckDB's syntax tree.
func nodeType(v any) *Type {
	n, _ := v.(Node)
	id, _ := n["id"].(string)
	info, _ := n["type_info"].(Node)
	switch id {
	case "DECIMAL":
		t := &Type{Name: Decimal}
		if _, err := fmt.Sscan(fmt.Sprint(info["width"], " ", info["scale"]), &t.Precision, &t.Scale); err != nil {
			return nil
		}
		return t
	case "LIST":
		return arrayOf(nodeType(info["child_type"]))
	case "MAP":
		entry := nodeType(info["child_type"])
		if entry == nil || len(entry.Fields) != 2 {
			return nil
		}
		return &Type{Name: Map, Key: entry.Fields[0].Type, Element: entry.Fields[1].Type}
	case "STRUCT":
		t := &Type{Name: Struct}
		list, _ := info["child_types"].([]any)
		for _, c := range list {
			child, _ := c.(Node)
			inner := nodeType(child["second"])
			if inner == nil {
				return nil
			}
			t.Fields = append(t.Fields, Field{fmt.Sprint(child["first"]), inner})
		}
		return t
	}
	if name, ok := duckAliases[id]; ok {
		return scalarType(name)
	}
	if name, ok := scalars[id]; ok {
		return scalarType(name)
	}
	return nil
}

func constantType(n Node) *Type {
	value, _ := n["value"].(Node)
	if null, _ := value["is_null"].(bool); null {
		return scalarType(Void)
	}
	return nodeType(value["type"])
}

// castType is the type that a cast is to. That of an interval shows its units.
func castType(n Node) *Type {
	target, _ := n["cast_type"].(Node)
	if target["id"] != "INTERVAL" {
		return nodeType(target)
	}
	child, _ := n["child"].(Node)
	if child["class"] != "CONSTANT" || !isString(child) {
		return nil
	}
	return intervalOf(strings.Fields(strings.ToUpper(constantName(child))))
}

var intervalUnits = []string{"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"}

// intervalOf is the type of an interval in words: 2 HOURS 30 MINUTES.
func intervalOf(words []string) *Type {
	from, to := -1, -1
	for _, word := range words {
		for i, unit := range intervalUnits {
			if strings.TrimSuffix(word, "S") == unit {
				if from < 0 {
					from = i
				}
				to = max(i, to)
			}
		}
		if strings.HasPrefix(word, "WEEK") {
			from, to = 2, max(to, 2)
		}
		if strings.HasPrefix(word, "MILLI") || strings.HasPrefix(word, "MICRO") {
			if to = 5; from < 0 {
				from = 5
			}
		}
	}
	if from < 0 || from < 2 && to >= 2 {
		return nil
	}
	return intervalType(intervalUnits[from], intervalUnits[to])
}

func intervalType(from, to string) *Type {
	if from == to {
		return &Type{Name: Interval, Units: from}
	}
	return &Type{Name: Interval, Units: from + " TO " + to}
}

func (f *inference) caseWhen(n Node, s *scope) *Type {
	checks, _ := n["case_checks"].([]any)
	var types []*Type
	for _, c := range checks {
		check, _ := c.(Node)
		f.expression(check["when_expr"], s)
		f.logical(n, "UNEXPECTED_INPUT_TYPE", check["when_expr"])
		types = append(types, f.expression(check["then_expr"], s))
	}
	if other, ok := n["else_expr"].(Node); ok {
		types = append(types, f.expression(other, s))
	}
	f.alike(n, types)
	return commonOf(types...)
}

func (f *inference) subquery(n Node, s *scope) *Type {
	f.expressions(n["child"], s)
	query, _ := n["subquery"].(Node)
	c := f.queryIn(query["node"], s)
	switch {
	case n["subquery_type"] != "SCALAR":
		return scalarType(Boolean)
	case c.open || len(c.fields) != 1:
		return nil
	}
	return c.fields[0].Type
}

func (f *inference) operator(n Node, s *scope) *Type {
	var types []*Type
	for _, child := range children(n) {
		types = append(types, f.expression(child, s))
	}
	switch n["type"] {
	case "OPERATOR_COALESCE":
		f.alike(n, types)
		return commonOf(types...)
	case "GROUPING_FUNCTION":
		if len(types) == 1 {
			return scalarType(TinyInt)
		}
		return scalarType(BigInt)
	case "ARRAY_EXTRACT":
		switch {
		case types[0].is(Array, Map):
			return types[0].Element
		case types[0].is(Struct):
			return fieldOf(types[0], []string{nameOf(children(n)[1])})
		}
		return nil
	case "OPERATOR_NOT":
		f.logical(n, "UNEXPECTED_INPUT_TYPE", children(n)...)
		return scalarType(Boolean)
	case "COMPARE_IN", "COMPARE_NOT_IN":
		f.alike(n, types)
		return scalarType(Boolean)
	case "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL":
		return scalarType(Boolean)
	}
	return nil
}

func (f *inference) window(n Node, s *scope) *Type {
	for _, key := range []string{"partitions", "orders", "start_expr", "end_expr", "offset_expr", "filter_expr", "arg_orders"} {
		f.expressions(n[key], s)
	}
	var types []*Type
	for _, child := range children(n) {
		types = append(types, f.expression(child, s))
	}
	t := returnType(strings.ToLower(fmt.Sprint(n["function_name"])), n, types)
	if other, ok := n["default_expr"].(Node); ok {
		return common(t, f.expression(other, s))
	}
	return t
}

// function finds the type of a call, with those of its arguments first: the parameters of
// lambda expressions have the type of an array's elements or a map's keys and values.
func (f *inference) function(n Node, s *scope) *Type {
	for _, key := range []string{"filter", "order_bys"} {
		f.expressions(n[key], s)
	}
	if schema, _ := n["schema"].(string); schema != "" && schema != "main" {
		f.expressions(n["children"], s)
		return nil
	}
	name := strings.ToLower(fmt.Sprint(n["function_name"]))
	var types []*Type
	for _, child := range children(n) {
		names, body, ok := lambda(child)
		if !ok {
			types = append(types, f.expression(child, s))
			continue
		}
		inner := &scope{outer: s, parameters: map[string]*Type{}}
		for i, parameter := range names {
			inner.parameters[strings.ToLower(parameter)] = parameterType(name, i, types)
		}
		types = append(types, f.expression(body, inner))
	}
	if from, ok := sameTyped[name]; ok && len(types) > from {
		f.alike(n, types[from:])
	}
	return returnType(name, n, types)
}

// parameterType is the type of a lambda's parameter, by the arguments before the lambda.
func parameterType(function string, i int, args []*Type) *Type {
	if len(args) == 0 {
		return nil
	}
	first := args[0]
	switch function {
	case "transform_keys", "transform_values", "map_filter":
		if first.is(Map) {
			return []*Type{first.Key, first.Element}[min(i, 1)]
		}
	case "map_zip_with":
		switch {
		case i == 0 && first.is(Map):
			return first.Key
		case i > 0 && i <= len(args) && args[i-1].is(Map):
			return args[i-1].Element
		}
	case "zip_with":
		if i < len(args) && args[i].is(Array) {
			return args[i].Element
		}
	case "transform", "filter":
		if i == 1 {
			return scalarType(Int)
		}
		fallthrough
	case "exists", "forall", "any_match", "all_match", "array_sort":
		if first.is(Array) {
			return first.Element
		}
	case "aggregate", "reduce":
		switch {
		case len(args) > 2:
			return args[2]
		case i == 0 && len(args) > 1:
			return args[1]
		case i == 1 && first.is(Array):
			return first.Element
		}
	}
	return nil
}

// digits is the number of digits of a literal integer.
func literalDigits(n Node) (int, bool) {
	value, _ := n["value"].(Node)
	number, ok := value["value"].(json.Number)
	if n["class"] != "CONSTANT" || !ok || !constantType(n).integral() {
		return 0, false
	}
	return len(strings.TrimPrefix(number.String(), "-")), true
}
