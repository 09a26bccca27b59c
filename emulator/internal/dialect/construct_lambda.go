package dialect

import (
	"fmt"
	"strings"
)

// lambda reads the parameters and the body of a lambda expression.
func lambda(v any) (parameters []string, body Node, ok bool) {
	n, _ := v.(Node)
	if n["class"] != "LAMBDA" {
		return nil, nil, false
	}
	left, _ := n["lhs"].(Node)
	names := []any{left}
	if left["class"] == "FUNCTION" {
		names = children(left)
	}
	for _, name := range names {
		parameters = append(parameters, nameOf(name))
	}
	body, _ = n["expr"].(Node)
	return parameters, body, body != nil
}

func columnRef(names ...string) Node {
	parts := make([]any, len(names))
	for i, name := range names {
		parts[i] = name
	}
	return Node{"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": parts}
}

func lambdaOf(parameter string, body any) Node {
	return Node{"class": "LAMBDA", "type": "LAMBDA", "alias": "", "lhs": columnRef(parameter), "expr": body}
}

// substitute puts expressions in the place of a lambda's parameters.
func substitute(v any, values map[string]Node) any {
	switch x := v.(type) {
	case []any:
		for i, child := range x {
			x[i] = substitute(child, values)
		}
	case Node:
		if x["class"] == "COLUMN_REF" {
			names, _ := x["column_names"].([]any)
			value, ok := values[strings.ToLower(fmt.Sprint(names[0]))]
			if !ok {
				return x
			}
			result, _ := copyOf(value).(Node)
			for _, field := range names[1:] {
				result = call("struct_extract", result, stringConstant(fmt.Sprint(field)))
			}
			result["alias"] = x["alias"]
			return result
		}
		for key, child := range x {
			x[key] = substitute(child, values)
		}
	}
	return v
}

// elementParameter is the parameter of the lambdas that stand for those of two.
const elementParameter = "corbel_i"

// over applies a lambda of two parameters to the elements of two arrays side by side.
func over(a, b any, parameters []string, body any) Node {
	at := func(list any) Node { return call(macroPrefix+"get", copyOf(list), columnRef(elementParameter)) }
	values := map[string]Node{strings.ToLower(parameters[0]): at(a), strings.ToLower(parameters[1]): at(b)}
	return call("list_transform", call(macroPrefix+"positions", copyOf(a), copyOf(b)), lambdaOf(elementParameter, substitute(copyOf(body), values)))
}

// zipWith is zip_with(a, b, (x, y) -> ...).
func zipWith(n Node) error {
	args := children(n)
	if len(args) != 3 {
		return wrongArguments("zip_with", len(args))
	}
	parameters, body, ok := lambda(args[2])
	if !ok || len(parameters) != 2 {
		return Unsupported("zip_with without a lambda expression of two parameters")
	}
	replace(n, over(args[0], args[1], parameters, body))
	return nil
}

// ofEntries makes the functions of a map and a lambda of key and value.
func ofEntries(name string, build func(keys, values, result Node, m any) Node) func(Node) error {
	return func(n Node) error {
		args := children(n)
		if len(args) != 2 {
			return wrongArguments(name, len(args))
		}
		parameters, body, ok := lambda(args[1])
		if !ok || len(parameters) != 2 {
			return Unsupported(name + " without a lambda expression of two parameters")
		}
		keys, values := call("map_keys", copyOf(args[0])), call("map_values", copyOf(args[0]))
		replace(n, build(keys, values, over(keys, values, parameters, body), args[0]))
		return nil
	}
}

func transformedValues(keys, _, result Node, _ any) Node { return call("map", keys, result) }
func transformedKeys(_, values, result Node, _ any) Node { return call("map", result, values) }

// filteredEntries keeps the entries for which the condition, an array of truth values, holds.
func filteredEntries(_, _, result Node, m any) Node {
	return call("map_from_entries", call("list_where", call("map_entries", copyOf(m)), call("list_transform", result,
		lambdaOf("corbel_c", Node{"class": "OPERATOR", "type": "OPERATOR_COALESCE", "alias": "", "children": []any{columnRef("corbel_c"), castTo(stringConstant("f"), "BOOLEAN")}}))))
}

// arraySort is array_sort(array[, (left, right) -> comparison]). With a comparison every
// element's place is the number of those that come before it.
func arraySort(n Node) error {
	args := children(n)
	if len(args) == 1 {
		replace(n, call(macroPrefix+"array_sort", args...))
		return nil
	}
	parameters, body, ok := lambda(args[len(args)-1])
	if len(args) != 2 || !ok || len(parameters) != 2 {
		return Unsupported("array_sort without a lambda expression of two parameters")
	}
	const left, leftAt, right, rightAt = "corbel_l", "corbel_li", "corbel_r", "corbel_ri"
	compared := substitute(copyOf(body), map[string]Node{strings.ToLower(parameters[0]): columnRef(left), strings.ToLower(parameters[1]): columnRef(right)})
	before := call(macroPrefix+"comes_before", compared, columnRef(leftAt), columnRef(rightAt))
	place := call("len", call("list_filter", copyOf(args[0]), lambdaOfTwo(left, leftAt, before)))
	places := call("list_transform", copyOf(args[0]), lambdaOfTwo(right, rightAt, place))
	replace(n, call("list_select", args[0], call("list_grade_up", places)))
	return nil
}

func lambdaOfTwo(first, second string, body any) Node {
	return Node{"class": "LAMBDA", "type": "LAMBDA", "alias": "", "lhs": call("row", columnRef(first), columnRef(second)), "expr": body}
}

// mapZipWith is map_zip_with(m1, m2, (key, value1, value2) -> ...).
func mapZipWith(n Node) error {
	args := children(n)
	if len(args) != 3 {
		return wrongArguments("map_zip_with", len(args))
	}
	parameters, body, ok := lambda(args[2])
	if !ok || len(parameters) != 3 {
		return Unsupported("map_zip_with without a lambda expression of three parameters")
	}
	const key = "corbel_k"
	at := func(m any) Node {
		return Node{"class": "OPERATOR", "type": "ARRAY_EXTRACT", "alias": "", "children": []any{copyOf(m), columnRef(key)}}
	}
	values := map[string]Node{strings.ToLower(parameters[0]): columnRef(key), strings.ToLower(parameters[1]): at(args[0]), strings.ToLower(parameters[2]): at(args[1])}
	keys := call(macroPrefix+"array_union", call("map_keys", args[0]), call("map_keys", args[1]))
	replace(n, call("map", keys, call("list_transform", copyOf(keys), lambdaOf(key, substitute(copyOf(body), values)))))
	return nil
}

// reduce is reduce(array, start, merge[, finish]).
func reduce(n Node) error {
	args := children(n)
	if len(args) != 3 && len(args) != 4 {
		return wrongArguments("reduce", len(args))
	}
	reduced := call("list_reduce", args[0], args[2], args[1])
	if len(args) == 4 {
		reduced = call("list_extract", call("list_transform", call("list_value", reduced), args[3]), intConstant(1))
	}
	replace(n, reduced)
	return nil
}

// countFromZero makes the index that a lambda's second parameter stands for begin at 0:
// DuckDB's begins at 1.
func countFromZero(args []any) {
	for _, a := range args {
		parameters, body, ok := lambda(a)
		if !ok || len(parameters) != 2 {
			continue
		}
		index := castTo(call("-", columnRef(parameters[1]), intConstant(1)), "INTEGER")
		n, _ := a.(Node)
		n["expr"] = substitute(body, map[string]Node{strings.ToLower(parameters[1]): index})
	}
}
