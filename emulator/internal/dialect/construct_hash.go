package dialect

// hashOf is hash(values...) and xxhash64(values...): each value is hashed with the hash of
// those before it as the seed, and NULL leaves the seed as it is.
func hashOf(name string, seed int) func(Node) error {
	return func(n Node) error {
		var result any = castTo(intConstant(seed), "BIGINT")
		for _, a := range children(n) {
			t := typeOf(a)
			if t == nil {
				return Unsupported(name + " of an expression whose type is not known: cast it")
			}
			var err error
			if result, err = hashed(name, a, t, result); err != nil {
				return err
			}
		}
		replace(n, castAs(result, results[name]))
		return nil
	}
}

func hashed(name string, v any, t *Type, seed any) (any, error) {
	switch {
	case t.is(Void):
		return seed, nil
	case t.is(Struct):
		for _, f := range t.Fields {
			var err error
			if seed, err = hashed(name, call("struct_extract", copyOf(v), stringConstant(f.Name)), f.Type, seed); err != nil {
				return nil, err
			}
		}
		return seed, nil
	case t.is(Array) && !t.Element.nested():
		element := columnRef("corbel_h")
		texts := castTo(call("to_json", call("list_transform", v, lambdaOf("corbel_h", hashText(element, t.Element)))), "VARCHAR")
		return notNullOr(call("corbel_go_hash_all", stringConstant(name), stringConstant(t.Element.String()), texts, seed), seed), nil
	case t.nested(), t.is(Interval):
		return nil, Unsupported(name + " of the type " + t.String())
	}
	return notNullOr(call("corbel_go_hash", stringConstant(name), stringConstant(t.String()), hashText(v, t), seed), seed), nil
}

func notNullOr(value, otherwise any) Node {
	return Node{"class": "OPERATOR", "type": "OPERATOR_COALESCE", "alias": "", "children": []any{value, copyOf(otherwise)}}
}

// hashText is the text of a value that is to be hashed: a number of days or microseconds for
// dates and times.
func hashText(v any, t *Type) Node {
	switch {
	case t.is(Date):
		return castTo(call("-", v, castTo(stringConstant("1970-01-01"), "DATE")), "VARCHAR")
	case t.is(Timestamp, TimestampNTZ):
		return castTo(call("epoch_us", v), "VARCHAR")
	case t.is(Binary):
		return call("hex", v)
	}
	return castTo(v, "VARCHAR")
}
