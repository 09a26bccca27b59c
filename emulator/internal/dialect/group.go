package dialect

import (
	"fmt"
	"strings"
)

// mixesAggregates reports whether a SELECT without GROUP BY has both an aggregate and a
// column outside of aggregates in its list.
func mixesAggregates(query Node) bool {
	groups, _ := query["group_expressions"].([]any)
	list, _ := query["select_list"].([]any)
	if query["type"] != "SELECT_NODE" || len(groups) > 0 || query["aggregate_handling"] != "STANDARD_HANDLING" {
		return false
	}
	aliases := map[string]bool{}
	for _, item := range list {
		n, _ := item.(Node)
		aliases[strings.ToLower(fmt.Sprint(n["alias"]))] = true
	}
	var aggregate, column bool
	for _, item := range list {
		if !allKnown(item) {
			return false // the function that doesn't exist is the error
		}
		look(item, aliases, &aggregate, &column)
	}
	return aggregate && column
}

// look finds aggregates and the columns outside of them. It doesn't look into subqueries,
// windows and lambda expressions.
func look(v any, aliases map[string]bool, aggregate, column *bool) {
	switch x := v.(type) {
	case []any:
		for _, child := range x {
			look(child, aliases, aggregate, column)
		}
	case Node:
		switch x["class"] {
		case "SUBQUERY", "WINDOW", "LAMBDA", "STAR":
			return
		case "COLUMN_REF":
			*column = *column || !aliases[strings.ToLower(nameOf(x))]
			return
		case "FUNCTION":
			name := strings.ToLower(fmt.Sprint(x["function_name"]))
			if f, ok := functions[name]; ok && f.aggregate || constructedAggregates[name] {
				*aggregate = true
				return
			}
		}
		for _, child := range x {
			look(child, aliases, aggregate, column)
		}
	}
}

// allKnown reports whether an expression calls only functions that are served.
func allKnown(v any) bool {
	switch x := v.(type) {
	case []any:
		for _, child := range x {
			if !allKnown(child) {
				return false
			}
		}
	case Node:
		name, _ := x["function_name"].(string)
		name = strings.ToLower(name)
		if x["class"] == "FUNCTION" && x["schema"] == "" && likeOperators[name] == "" && constructors[name] == nil {
			if _, ok := functions[name]; !ok {
				return false
			}
		}
		for _, child := range x {
			if !allKnown(child) {
				return false
			}
		}
	}
	return true
}

// constructedAggregates are the aggregates that constructors make.
var constructedAggregates = map[string]bool{
	"array_agg": true, "collect_list": true, "collect_set": true, "approx_percentile": true, "percentile_approx": true, "percentile": true, "skewness": true,
}
