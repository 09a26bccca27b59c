package dialect

import (
	"fmt"
	"strings"
)

// Routine is the class that translation gives to the call of a function that is not built
// in. DuckDB does not know it: whoever translates puts the function's expression in its place.
const Routine = "ROUTINE"

// TableRoutine is the type of a node that calls a function of the catalog in FROM.
const TableRoutine = "TABLE_ROUTINE"

// UnresolvedTableFunction says that what is called in FROM is no function that returns a table.
func UnresolvedTableFunction(name string) *Error {
	return newError("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "42883", "Could not resolve `%s` to a table-valued function.\nPlease make sure that `%s` is defined as a table-valued function and that all required parameters are provided correctly.", name, name)
}

// WrongArguments says that a function was called with another number of arguments than it
// has parameters.
func WrongArguments(name string, want, have int) *Error {
	return newError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", "The `%s` requires %d parameters but the actual number is %d.", name, want, have)
}

// Aggregates reports whether an expression holds an aggregate or a window function outside
// of its subqueries. Translation must be done.
func Aggregates(n Node) bool {
	switch n["class"] {
	case "WINDOW":
		return true
	case "SUBQUERY":
		return false
	case "FUNCTION":
		if name, _ := n["function_name"].(string); aggregateTargets[strings.ToLower(name)] {
			return true
		}
	}
	for _, child := range n {
		if aggregatesIn(child) {
			return true
		}
	}
	return false
}

func aggregatesIn(v any) bool {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			if aggregatesIn(item) {
				return true
			}
		}
	case Node:
		return Aggregates(x)
	}
	return false
}

// aggregateTargets are the names that aggregates have after translation.
var aggregateTargets = func() map[string]bool {
	targets := map[string]bool{macroPrefix + "array_agg": true, macroPrefix + "collect_set": true, macroPrefix + "percentile": true}
	for _, f := range functions {
		if f.aggregate {
			targets[f.target] = true
		}
	}
	return targets
}()

// ScalarSubquery is the expression that yields the one value of a query.
func ScalarSubquery(query Node) Node {
	return Node{
		"class": "SUBQUERY", "type": "SUBQUERY", "alias": "", "subquery_type": "SCALAR", "comparison_type": "INVALID", "child": nil,
		"subquery": Node{"node": query, "named_param_map": []any{}},
	}
}

// ColumnReference is the expression of a column of a relation.
func ColumnReference(relation, column string) Node {
	return Node{"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": []any{relation, column}}
}

// OnlyColumns reports whether every column of an expression is one that the function knows
// by its name's parts, and the expression has no part with columns of its own: subqueries
// and lambda functions.
func OnlyColumns(v any, known func(names []string) bool) bool {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			if !OnlyColumns(item, known) {
				return false
			}
		}
	case Node:
		switch x["class"] {
		case "SUBQUERY", "LAMBDA":
			return false
		case "COLUMN_REF":
			return known(columnParts(x))
		}
		for _, child := range x {
			if !OnlyColumns(child, known) {
				return false
			}
		}
	}
	return true
}

func columnParts(reference Node) []string {
	list, _ := reference["column_names"].([]any)
	parts := make([]string, len(list))
	for i, part := range list {
		parts[i] = fmt.Sprint(part)
	}
	return parts
}

// ReplaceColumns puts copies of other expressions in the place of columns: by returns the
// expression for a column, by its name's parts, or nil to leave it. It does not look into
// what it has put in, and refuses to put in too much.
func ReplaceColumns(v any, by func(names []string) Node) error {
	left := maxGrowth
	return replaceColumns(v, by, &left)
}

func replaceColumns(v any, by func(names []string) Node, left *int) error {
	switch x := v.(type) {
	case []any:
		for _, item := range x {
			if err := replaceColumns(item, by, left); err != nil {
				return err
			}
		}
	case Node:
		if x["class"] == "COLUMN_REF" {
			if other := by(columnParts(x)); other != nil {
				fresh, _ := clone(other, left).(Node)
				if *left < 0 {
					return tooLarge()
				}
				replace(x, fresh)
			}
			return nil
		}
		for _, child := range x {
			if err := replaceColumns(child, by, left); err != nil {
				return err
			}
		}
	}
	return nil
}

// clone copies as many nodes as are left.
func clone(v any, left *int) any {
	switch x := v.(type) {
	case []any:
		list := make([]any, len(x))
		for i, item := range x {
			list[i] = clone(item, left)
		}
		return list
	case Node:
		if *left--; *left < 0 {
			return nil
		}
		n := make(Node, len(x))
		for key, child := range x {
			n[key] = clone(child, left)
		}
		return n
	}
	return v
}
