package dialect

import (
	"maps"
	"strings"
)

// operate gives an operator on operands of known types its meaning: the types that the
// operands take beside each other, and the result's. It reports whether it did.
func operate(n Node, operator string) bool {
	args := children(n)
	t := typeOf(n)
	if len(args) != 2 || t == nil || typeOf(args[0]) == nil || typeOf(args[1]) == nil {
		return false
	}
	if temporal(typeOf(args[0])) || temporal(typeOf(args[1])) {
		return operateOnTime(n, operator, t, args)
	}
	if operator == "//" {
		if typeOf(args[0]).integral() && typeOf(args[1]).integral() || !typeOf(args[0]).numeric() || !typeOf(args[1]).numeric() {
			return false
		}
		t = scalarType(BigInt)
		replace(n, castAs(call(macroPrefix+"exact", stringConstant("div"), coerced(args[0], doubleAsDecimal), coerced(args[1], doubleAsDecimal), intConstant(0)), t))
		return true
	}
	switch {
	case t.is(Decimal):
		operateOnDecimals(n, operator, t, args)
		return true
	case operator == "/" || t.fractional():
		for i, a := range args {
			if !typeOf(a).is(t.Name) && (typeOf(a).is(Float) || typeOf(a).isText()) {
				args[i] = castAs(a, t)
			}
		}
	case t.integral():
		alignIntegers(args, t)
	}
	if operator == "+" || operator == "-" {
		return true // DuckDB's own
	}
	return false
}

// alignIntegers makes operands integers that DuckDB computes with as widely as Databricks:
// to DuckDB a literal is as narrow as what it stands beside.
func alignIntegers(args []any, t *Type) {
	for i, a := range args {
		other, _ := args[1-i].(Node)
		switch from := typeOf(a); {
		case from.isText():
			args[i] = coerced(a, t)
		case other["class"] == "CONSTANT" && widening[from.Name] < widening[t.Name]:
			args[i] = castAs(a, t)
		}
	}
}

func operateOnDecimals(n Node, operator string, t *Type, args []any) {
	a, b := operand(args[0], besideDecimal(typeOf(args[0]))), operand(args[1], besideDecimal(typeOf(args[1])))
	left, right := asDecimal(args[0], a), asDecimal(args[1], b)
	switch {
	case operator == "/", operator == "*" && t.Scale < a.Scale+b.Scale:
		replace(n, exact(operator, left, right, t))
	case operator == "%":
		same := commonNumber(a, b)
		replace(n, castAs(call(macroPrefix+"mod", castAs(left, same), castAs(right, same)), t))
	default:
		inner := maps.Clone(n)
		inner["alias"], inner["children"] = "", []any{left, right}
		delete(inner, returns)
		replace(n, castAs(inner, t))
	}
}

// besideDecimal is the type of an operand: NULL is one of a digit.
func besideDecimal(t *Type) *Type {
	if t.is(Void) {
		return decimalType(1, 0)
	}
	return t
}

func asDecimal(v any, t *Type) any {
	if typeOf(v).is(Decimal) {
		return v
	}
	return castAs(v, t)
}

// exact computes on decimals without an intermediate that could be too wide.
func exact(operator string, a, b any, t *Type) Node {
	return castAs(call(macroPrefix+"exact", stringConstant(operator), a, b, intConstant(t.Scale)), t)
}

func operateOnTime(n Node, operator string, t *Type, args []any) bool {
	a, b := typeOf(args[0]), typeOf(args[1])
	switch {
	case t.is(Interval) && a.is(Date) && b.is(Date):
		replace(n, call("to_days", castTo(call("-", args...), "INTEGER")))
	case t.is(Interval) && temporal(a) && temporal(b) && !a.is(Interval):
		replace(n, call(macroPrefix+"elapsed", args...))
	case t.is(Interval) && operator == "/":
		return false
	case t.is(Date) && (a.is(Interval) || b.is(Interval)):
		replace(n, castAs(call(operator, args...), t))
	case t.is(Date, Timestamp, TimestampNTZ, Interval):
		for i, arg := range args {
			if typeOf(arg).is(Date) && !t.is(Date) {
				args[i] = castAs(arg, t)
			}
			if typeOf(arg).is(BigInt, SmallInt, TinyInt) && t.is(Date) {
				args[i] = castAs(arg, scalarType(Int))
			}
		}
		replace(n, call(operator, args...))
	default:
		return false
	}
	return true
}

// compare gives the sides of a comparison types that can be compared: text takes the type
// of the other side.
func compare(n Node, keys ...string) {
	for _, key := range keys[1:] {
		n[keys[0]], n[key] = comparable2(n[keys[0]], n[key])
	}
}

func comparable2(a, b any) (any, any) {
	ta, tb := typeOf(a), typeOf(b)
	if ta == nil || tb == nil || ta.isText() == tb.isText() {
		return a, b
	}
	if ta.isText() {
		return asPromoted(a, tb), b
	}
	return a, asPromoted(b, ta)
}

// asPromoted is text as a value to compare with one of another type. DuckDB does the same
// with literals, and checks them better before it runs.
func asPromoted(v any, other *Type) any {
	n, _ := v.(Node)
	t := promoted(other)
	if t == nil || n["class"] == "CONSTANT" && !t.integral() {
		return v
	}
	return coerced(v, t)
}

// compareIn is compare for IN: what is sought and the list.
func compareIn(args []any) {
	for i := 1; i < len(args); i++ {
		args[0], args[i] = comparable2(args[0], args[i])
	}
}

// align makes all of the expressions values of one type.
func align(args []any, t *Type) {
	if !t.numeric() && !t.is(Date, Timestamp, TimestampNTZ, Boolean, StringType) {
		return
	}
	for i, a := range args {
		n, _ := a.(Node)
		if n["class"] == "CONSTANT" && t.integral() && typeOf(a).integral() {
			continue
		}
		args[i] = coerced(a, t)
	}
}

// alignCase makes the results of CASE values of its type.
func alignCase(n Node) {
	t := typeOf(n)
	checks, _ := n["case_checks"].([]any)
	for _, c := range checks {
		check, _ := c.(Node)
		result := []any{check["then_expr"]}
		align(result, t)
		check["then_expr"] = result[0]
	}
	if n["else_expr"] != nil {
		result := []any{n["else_expr"]}
		align(result, t)
		n["else_expr"] = result[0]
	}
}

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

// textArguments are the functions of strings: s stands for an argument that is taken as a
// STRING, and the last letter for all arguments behind it.
var textArguments = textPositions(map[string]string{
	"s": `upper lower ucase lcase initcap trim ltrim rtrim btrim length char_length character_length len ascii soundex md5 sha sha1 crc32 concat_ws replace
		translate regexp_replace contains startswith endswith instr levenshtein rlike regexp regexp_like regexp_matches ~~ !~~ ~~* !~~* url_encode find_in_set
		json_path get_json_object encode bit_length octet_length regexp_count regexp_substr regexp_instr`,
	"s.":  "substring substr mid left right repeat base64",
	"ss.": "split split_part regexp_extract regexp_extract_all substring_index overlay locate charindex position",
	"s.s": "lpad rpad",
})

func textPositions(groups map[string]string) map[string]string {
	table := map[string]string{}
	for positions, names := range groups {
		for _, name := range strings.Fields(names) {
			table[name] = positions
		}
	}
	return table
}

// arguments gives arguments the types that a function of strings or of numbers takes.
func arguments(n Node, name string) {
	args := children(n)
	if positions, ok := textArguments[name]; ok {
		for i, a := range args {
			if positions[min(i, len(positions)-1)] == 's' && typeOf(a) != nil && !typeOf(a).nested() && !typeOf(a).is(Binary, Void) {
				args[i] = coerced(a, scalarType(StringType))
			}
		}
		return
	}
	if (results[name].is(Double) || name == "abs" || name == "negative") && name != "months_between" {
		for i, a := range args {
			if typeOf(a).isText() {
				args[i] = castAs(a, scalarType(Double))
			}
		}
	}
}

// tryOperators are the operators that functions compute without failing.
var tryOperators = map[string]string{"try_add": "+", "try_subtract": "-", "try_multiply": "*", "try_divide": "/", "try_mod": "%"}

// attempt is an operator that yields NULL where it would fail.
func attempt(n Node, operator string, args []any) {
	operation := call(operator, args...)
	operation["is_operator"], operation[returns] = true, typeOf(n)
	divisor := copyOf(args[1])
	if !operate(operation, operator) && operatorRules[operator] != "" {
		operation["function_name"], operation["is_operator"] = macroPrefix+operatorRules[operator], false
	}
	tried := call(macroPrefix+"attempt", operation)
	if operator == "/" || operator == "%" {
		isZero := Node{"class": "COMPARISON", "type": "COMPARE_EQUAL", "alias": "", "left": divisor, "right": intConstant(0)}
		tried = caseOf([]any{isZero}, []any{nullConstant()}, operation)
	}
	replace(n, tried)
}

// sameTyped are the functions whose arguments, from an index on, take one type.
var sameTyped = map[string]int{"coalesce": 0, "greatest": 0, "least": 0, "ifnull": 0, "nvl": 0, "if": 1, "iff": 1, "nvl2": 1, "list_value": 0}

// typed gives a call whose types are known Databricks' meaning where DuckDB's is another,
// and reports whether that is all of its translation.
func typed(n Node, name string) bool {
	args := children(n)
	switch from, same := sameTyped[name]; {
	case operatorRules[name] != "" || name == "*":
		return operate(n, name)
	case name == "mod":
		if operate(n, "%") {
			return true
		}
	case name == "pmod" && typeOf(n).is(Decimal):
		same := commonNumber(typeOf(args[0]).asDecimal(), typeOf(args[1]).asDecimal())
		replace(n, castAs(call(macroPrefix+"pmod", castAs(args[0], same), castAs(args[1], same)), typeOf(n)))
		return true
	case name == "typeof" && len(args) == 1 && typeOf(args[0]) != nil:
		name := stringConstant(typeOf(args[0]).Catalog())
		if arg, _ := args[0].(Node); Aggregates(arg) { // it stays an aggregate
			name = caseOf([]any{isNotNull(arg)}, []any{name}, name)
		}
		replace(n, name)
		return true
	case tryOperators[name] != "" && len(args) == 2 && typeOf(n) != nil:
		attempt(n, tryOperators[name], args)
		return true
	case name == "shiftrightunsigned" && len(args) == 2 && typeOf(n) != nil:
		replace(n, castAs(call(macroPrefix+name, args...), typeOf(n)))
		return true
	case name == "count" && len(args) > 1:
		countRows(n, args)
	case roundings[name] != "":
		return roundTo(n, name)
	case same && typeOf(n) != nil && len(args) > from:
		if t := typeOf(n); name == "list_value" {
			align(args, t.Element)
		} else {
			align(args[from:], t)
		}
	case name == "concat" && typeOf(n).isText():
		align(args, typeOf(n))
	}
	arguments(n, name)
	return aggregate(n, name)
}
