package dialect

import (
	"maps"
	"strings"
)

// doubleAggregates compute in DOUBLE.
var doubleAggregates = wordSet(`avg mean try_avg corr covar_pop covar_samp kurtosis median skewness std stddev stddev_pop stddev_samp sum try_sum var_pop var_samp
	variance regr_intercept regr_r2 regr_slope percentile`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// aggregate gives sums and averages of known types Databricks' result. It reports whether
// it did all that there is to do.
func aggregate(n Node, name string) bool {
	args := children(n)
	t := typeOf(n)
	if len(args) == 0 || t == nil || typeOf(args[0]) == nil {
		return false
	}
	from := typeOf(args[0])
	if orders := orderedBy(n); len(orders) == 1 && t.is(Double) {
		orders[0]["expression"] = coerced(orders[0]["expression"], t)
	}
	switch {
	case doubleAggregates[name] && from.isText(), t.is(Double) && from.is(Decimal):
		for i, a := range args {
			args[i] = coerced(a, scalarType(Double))
		}
	case name == "sum" && from.is(Decimal):
		replace(n, castAs(unnamed(n), t))
		return true
	case name == "try_sum" && (from.is(Decimal) || from.integral()):
		inner := unnamed(n)
		inner["function_name"] = "sum"
		sum := castAs(inner, t)
		sum["try_cast"] = true
		replace(n, sum)
		return true
	case (name == "avg" || name == "mean" || name == "try_avg") && from.is(Decimal):
		sum, _ := copyOf(unnamed(n)).(Node)
		count := unnamed(n)
		sum["function_name"], count["function_name"] = "sum", "count"
		replace(n, caseOf([]any{isNotNull(sum)}, []any{exact("/", sum, count, t)}, castAs(nullConstant(), t)))
		return true
	}
	return false
}

// orderedBy are the orders in an aggregate's WITHIN GROUP.
func orderedBy(n Node) []Node {
	modifier, _ := n["order_bys"].(Node)
	list, _ := modifier["orders"].([]any)
	var orders []Node
	for _, o := range list {
		if order, ok := o.(Node); ok {
			orders = append(orders, order)
		}
	}
	return orders
}

// countRows is count([DISTINCT] a, b): rows without a NULL.
func countRows(n Node, args []any) {
	for _, a := range args {
		n["filter"] = alsoNotNull(n["filter"], a)
	}
	n["children"] = []any{call("row", args...)}
}

// unnamed is a copy of an expression to stand inside of another.
func unnamed(n Node) Node {
	inner := maps.Clone(n)
	inner["alias"] = ""
	delete(inner, returns)
	return inner
}

// roundings are the functions that round, with DuckDB's or our names.
var roundings = map[string]string{"round": "round", "bround": "bround", "ceil": "ceil", "ceiling": "ceil", "floor": "floor"}

// roundTo gives the roundings of known types Databricks' result. It reports whether it did.
func roundTo(n Node, name string) bool {
	args := children(n)
	t := typeOf(n)
	if t == nil || len(args) == 0 {
		return false
	}
	from := typeOf(args[0])
	digits := 0
	if len(args) == 2 {
		var ok bool
		if digits, ok = literalInteger(args[1]); !ok {
			return false
		}
	}
	if from.isText() {
		args[0] = castAs(args[0], scalarType(Double))
	}
	if name == "bround" && t.numeric() && !t.is(Decimal) {
		replace(n, castAs(call("round_even", castTo(args[0], "DOUBLE"), intConstant(digits)), t))
		return true
	}
	if !t.is(Decimal) {
		return false
	}
	if !from.is(Decimal) {
		args[0] = castAs(args[0], decimalOf(from))
	}
	switch operation := roundings[name]; {
	case operation == "round" && digits >= 0:
		replace(n, castAs(args[0], t)) // a cast rounds
	case operation != "bround" && len(args) == 1:
		replace(n, castAs(call(operation, args[0]), t))
	default:
		replace(n, castAs(call(macroPrefix+"exact", stringConstant(operation), args[0], intConstant(digits), intConstant(t.Scale)), t))
	}
	return true
}

// decimalOf is the DECIMAL in which a number of another type is rounded to digits.
func decimalOf(t *Type) *Type {
	if t.fractional() || t.isText() {
		return doubleAsDecimal
	}
	return t.asDecimal()
}
