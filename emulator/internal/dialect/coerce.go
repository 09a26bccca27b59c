package dialect

import (
	"maps"
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
		n[keys[0]], n[key] = comparableWith(n[keys[0]], n[key])
	}
}

func comparableWith(a, b any) (any, any) {
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
		args[0], args[i] = comparableWith(args[0], args[i])
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
