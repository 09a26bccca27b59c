package dialect

import "fmt"

// fail keeps the first error that inference finds. Types that aren't known are never wrong.
func (f *inference) fail(err *Error) {
	if f.err == nil {
		f.err = err
	}
}

// incompatible reports whether no type holds the values of both.
func incompatible(a, b *Type) bool {
	return a != nil && b != nil && a.Name != b.Name && !a.is(Interval) && !b.is(Interval) && common(a, b) == nil
}

// comparable checks the sides of a comparison.
func (f *inference) comparable(n Node, a, b any) {
	if ta, tb := typeOf(a), typeOf(b); incompatible(ta, tb) {
		f.fail(newError("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09",
			"Cannot resolve \"%s\" due to data type mismatch: the left and right operands of the binary operator have incompatible types (%q and %q).", nameOf(n), ta, tb))
	}
}

// alike checks values that take one type: the branches of CASE, the arguments of coalesce().
func (f *inference) alike(n Node, types []*Type) {
	for i := 1; i < len(types); i++ {
		if incompatible(types[0], types[i]) {
			f.fail(newError("DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09",
				"Cannot resolve \"%s\" due to data type mismatch: Input to the function should all be the same type, but it's (%q, %q).", nameOf(n), types[0], types[i]))
		}
	}
}

// notBoolean reports whether a value that has to be a truth value is known to be none.
// Text is taken for one.
func notBoolean(t *Type) bool { return t != nil && !t.is(Boolean, Void) && !t.isText() }

func (f *inference) logical(n Node, class string, values ...any) {
	for _, v := range values {
		if t := typeOf(v); notBoolean(t) {
			f.fail(newError("DATATYPE_MISMATCH."+class, "42K09", "Cannot resolve \"%s\" due to data type mismatch: it requires the \"BOOLEAN\" type, however \"%s\" has the type %q.", nameOf(n), nameOf(v), t))
		}
	}
}

// filter checks the condition of WHERE.
func (f *inference) filter(v any) {
	if t := typeOf(v); t != nil && !t.is(Boolean, Void) {
		f.fail(newError("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "42K09", "Cannot resolve \"%s\" due to data type mismatch: Filter condition type must be \"BOOLEAN\" instead of %q.", nameOf(v), t))
	}
}

// ordinals are the words by which an error counts columns.
var ordinals = []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

func ordinal(i int) string {
	if i < len(ordinals) {
		return ordinals[i]
	}
	return fmt.Sprintf("%dth", i+1)
}

// united checks the columns of the sides of UNION, INTERSECT and EXCEPT.
func (f *inference) united(operation string, left, right columns) {
	if left.open || right.open {
		return
	}
	if len(left.fields) != len(right.fields) {
		f.fail(newError("NUM_COLUMNS_MISMATCH", "42826", "%s can only be performed on inputs with the same number of columns, but the first input has %d columns and the second input has %d columns.",
			operation, len(left.fields), len(right.fields)))
		return
	}
	for i, l := range left.fields {
		if r := right.fields[i]; incompatible(l.Type, r.Type) {
			f.fail(newError("INCOMPATIBLE_COLUMN_TYPE", "42825", "%s can only be performed on tables with compatible column types. The %s column of the second table is %q type which is not compatible with %q at the same column of the first table.",
				operation, ordinal(i), r.Type, l.Type))
		}
	}
}
