package dialect

// Types whose values are numbers, in the order in which they widen. DECIMAL stands outside.
var widening = map[TypeName]int{TinyInt: 1, SmallInt: 2, Int: 3, BigInt: 4, Float: 6, Double: 7}

func scalarType(name TypeName) *Type { return &Type{Name: name} }

func decimalType(precision, scale int) *Type {
	return &Type{Name: Decimal, Precision: precision, Scale: scale}
}

// is reports whether the type is known and one of these.
func (t *Type) is(names ...TypeName) bool {
	if t == nil {
		return false
	}
	for _, name := range names {
		if t.Name == name {
			return true
		}
	}
	return false
}

func (t *Type) integral() bool   { return t.is(TinyInt, SmallInt, Int, BigInt) }
func (t *Type) fractional() bool { return t.is(Float, Double) }
func (t *Type) numeric() bool    { return t.integral() || t.fractional() || t.is(Decimal) }
func (t *Type) isText() bool     { return t.is(StringType, Varchar, Char) }

// integralDigits are the digits of the widest value of an integral type.
var integralDigits = map[TypeName]int{TinyInt: 3, SmallInt: 5, Int: 10, BigInt: 20}

// asDecimal is the DECIMAL that holds every value of an integral type, or the type itself.
func (t *Type) asDecimal() *Type {
	if t.integral() {
		return decimalType(integralDigits[t.Name], 0)
	}
	return t
}

// boundedDecimal caps a precision and a scale.
func boundedDecimal(precision, scale int) *Type {
	return decimalType(min(precision, maxPrecision), min(scale, maxPrecision))
}

// minScale is the number of digits behind the point that a result too wide for a DECIMAL
// keeps at least.
const minScale = 6

// adjustedDecimal fits a precision and a scale into a DECIMAL: digits behind the point go
// first, down to the sixth.
func adjustedDecimal(precision, scale int) *Type {
	if precision <= maxPrecision {
		return decimalType(precision, scale)
	}
	return decimalType(maxPrecision, max(maxPrecision-(precision-scale), min(scale, minScale)))
}

// common is the least type that values of both types can take, or nil if there is none or
// it isn't known.
func common(a, b *Type) *Type {
	switch {
	case a == nil || b == nil:
		return nil
	case a.is(Void):
		return b
	case b.is(Void):
		return a
	case a.numeric() && b.numeric():
		return commonNumber(a, b)
	case a.isText() && b.isText():
		return scalarType(StringType)
	case a.isText():
		return promoted(b)
	case b.isText():
		return promoted(a)
	case a.is(Array) && b.is(Array):
		return arrayOf(common(a.Element, b.Element))
	case a.String() == b.String():
		return a
	case a.is(Date, Timestamp, TimestampNTZ) && b.is(Date, Timestamp, TimestampNTZ):
		if a.is(Timestamp) || b.is(Timestamp) {
			return scalarType(Timestamp)
		}
		return scalarType(TimestampNTZ)
	}
	return nil
}

// promoted is the type that a string takes beside one of the type t.
func promoted(t *Type) *Type {
	switch {
	case t.integral():
		return scalarType(BigInt)
	case t.numeric():
		return scalarType(Double)
	case t.is(Date, Timestamp, TimestampNTZ, Boolean, Binary):
		return t
	}
	return nil
}

func commonNumber(a, b *Type) *Type {
	switch {
	case a.is(Double) || b.is(Double):
		return scalarType(Double)
	case a.is(Float) || b.is(Float):
		if a.is(Int, BigInt, Decimal) || b.is(Int, BigInt, Decimal) {
			return scalarType(Double)
		}
		return scalarType(Float)
	case a.is(Decimal) || b.is(Decimal):
		a, b = a.asDecimal(), b.asDecimal()
		scale := max(a.Scale, b.Scale)
		whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
		if whole+scale > maxPrecision {
			return decimalType(maxPrecision, max(min(scale, maxPrecision-whole), 0))
		}
		return decimalType(whole+scale, scale)
	case widening[a.Name] >= widening[b.Name]:
		return a
	}
	return b
}

func arrayOf(element *Type) *Type {
	if element == nil {
		return nil
	}
	return &Type{Name: Array, Element: element}
}

// commonOf is the common type of all.
func commonOf(types ...*Type) *Type {
	if len(types) == 0 {
		return nil
	}
	t := types[0]
	for _, other := range types[1:] {
		t = common(t, other)
	}
	return t
}

// arithmetic is the type of a sum, difference, product, quotient or remainder of decimals.
func arithmetic(operator string, a, b *Type) *Type {
	p1, s1, p2, s2 := a.Precision, a.Scale, b.Precision, b.Scale
	scale := max(s1, s2)
	switch operator {
	case "+", "-":
		return adjustedDecimal(max(p1-s1, p2-s2)+scale+1, scale)
	case "*":
		return adjustedDecimal(p1+p2+1, s1+s2)
	case "/":
		scale = max(minScale, s1+p2+1)
		return adjustedDecimal(p1-s1+s2+scale, scale)
	case "%":
		return adjustedDecimal(min(p1-s1, p2-s2)+scale, scale)
	}
	return nil
}
