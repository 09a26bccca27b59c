package dialect

import (
	"encoding/json"
	"strconv"
	"strings"
)

// operatorType is the type of an operator's result.
func operatorType(operator string, n Node, args []*Type) *Type {
	if len(args) == 1 {
		return args[0]
	}
	if len(args) != 2 || args[0] == nil || args[1] == nil {
		return nil
	}
	a, b := args[0], args[1]
	if temporal(a) || temporal(b) {
		return temporalType(operator, a, b)
	}
	if a.isText() || a.is(Void) {
		a = besideNumber(b)
	}
	if b.isText() || b.is(Void) {
		b = besideNumber(a)
	}
	if !a.numeric() || !b.numeric() {
		return nil
	}
	if a.is(Decimal) && !b.fractional() || b.is(Decimal) && !a.fractional() {
		return arithmetic(operator, operand(children(n)[0], a), operand(children(n)[1], b))
	}
	if operator == "/" {
		return scalarType(Double)
	}
	return commonNumber(a, b)
}

// besideNumber is the type that a string, or NULL, takes in arithmetic with a value of type t.
func besideNumber(t *Type) *Type {
	if t.integral() {
		return scalarType(BigInt)
	}
	return scalarType(Double)
}

// operand is the DECIMAL that an operand of an operator on decimals is: a literal integer
// is as wide as its digits.
func operand(v any, t *Type) *Type {
	n, _ := v.(Node)
	if digits, ok := literalDigits(n); ok {
		return decimalType(digits, 0)
	}
	return t.asDecimal()
}

func temporal(t *Type) bool { return t.is(Date, Timestamp, TimestampNTZ, Interval) }

func temporalType(operator string, a, b *Type) *Type {
	switch {
	case operator == "-" && a.is(Date) && b.is(Date):
		return intervalType("DAY", "DAY")
	case operator == "-" && !a.is(Interval) && temporal(a) && !b.is(Interval) && temporal(b):
		return intervalType("DAY", "SECOND")
	case (operator == "+" || operator == "-") && a.is(Date) && b.integral():
		return a
	case operator == "+" && b.is(Date) && a.integral():
		return b
	case operator == "+" && a.is(Interval) && b.is(Date, Timestamp, TimestampNTZ):
		a, b = b, a
		fallthrough
	case (operator == "+" || operator == "-") && a.is(Date, Timestamp, TimestampNTZ) && b.is(Interval):
		if a.is(Date) && !b.ofMonths() && b.Units != "DAY" {
			return scalarType(Timestamp)
		}
		return a
	case (operator == "+" || operator == "-") && a.is(Interval) && b.is(Interval):
		return intervalOf(strings.Fields(a.Units + " " + b.Units))
	case operator == "*" && a.is(Interval) && b.numeric(), operator == "/" && a.is(Interval) && b.numeric():
		return wholeInterval(a)
	case operator == "*" && b.is(Interval) && a.numeric():
		return wholeInterval(b)
	}
	return nil
}

// wholeInterval is the type that a multiple of an interval has.
func wholeInterval(t *Type) *Type {
	if t.ofMonths() {
		return intervalType("YEAR", "MONTH")
	}
	return intervalType("DAY", "SECOND")
}

// literalInteger is the value of a literal, perhaps with a sign.
func literalInteger(v any) (int, bool) {
	n, _ := v.(Node)
	if n["class"] == "FUNCTION" && n["function_name"] == "-" && len(children(n)) == 1 {
		value, ok := literalInteger(children(n)[0])
		return -value, ok
	}
	value, _ := n["value"].(Node)
	number, ok := value["value"].(json.Number)
	if n["class"] != "CONSTANT" || !ok || !constantType(n).integral() {
		return 0, false
	}
	i, err := strconv.Atoi(number.String())
	return i, err == nil
}

// roundedDecimal is the type of a decimal rounded to so many digits.
func roundedDecimal(t *Type, digits int) *Type {
	whole := t.Precision - t.Scale + 1
	if digits < 0 {
		return boundedDecimal(max(whole, 1-digits), 0)
	}
	scale := min(digits, t.Scale)
	return boundedDecimal(whole+scale, scale)
}

// roundType is the type of round(x[, digits]).
func roundType(n Node, args []*Type) *Type {
	t := first(n, args)
	switch {
	case t.isText():
		return scalarType(Double)
	case !t.is(Decimal):
		return t
	case len(args) == 1:
		return roundedDecimal(t, 0)
	}
	if digits, ok := literalInteger(children(n)[1]); ok {
		return roundedDecimal(t, digits)
	}
	return nil
}

// doubleAsDecimal is the type that ceil() and floor() to a number of digits turn a DOUBLE to.
var doubleAsDecimal = decimalType(30, 15)

// ceilType is the type of ceil(x[, digits]) and floor().
func ceilType(n Node, args []*Type) *Type {
	t := first(n, args)
	if len(args) == 2 {
		digits, ok := literalInteger(children(n)[1])
		if t.fractional() || t.isText() {
			t = doubleAsDecimal
		}
		if t = t.asDecimal(); ok && t.is(Decimal) {
			return roundedDecimal(t, digits)
		}
		return nil
	}
	switch {
	case t.is(Decimal):
		return boundedDecimal(t.Precision-t.Scale+1, 0)
	case t.numeric(), t.isText():
		return scalarType(BigInt)
	}
	return nil
}

func remainderType(n Node, args []*Type) *Type { return operatorType("%", n, args) }
