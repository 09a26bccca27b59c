package dialect

import (
	"fmt"
	"regexp"
)

// typeNode is a type in DuckDB's syntax tree.
func typeNode(t *Type) Node {
	info := func(kind string, more Node) Node {
		n := Node{"type": kind, "alias": "", "extension_info": nil}
		for key, value := range more {
			n[key] = value
		}
		return n
	}
	switch t.Name {
	case Decimal:
		return Node{"id": "DECIMAL", "type_info": info("DECIMAL_TYPE_INFO", Node{"width": t.Precision, "scale": t.Scale})}
	case Array:
		return Node{"id": "LIST", "type_info": info("LIST_TYPE_INFO", Node{"child_type": typeNode(t.Element)})}
	case Map:
		entry := &Type{Name: Struct, Fields: []Field{{"key", t.Key}, {"value", t.Element}}}
		return Node{"id": "MAP", "type_info": info("LIST_TYPE_INFO", Node{"child_type": typeNode(entry)})}
	case Struct:
		fields := make([]any, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = Node{"first": f.Name, "second": typeNode(f.Type)}
		}
		return Node{"id": "STRUCT", "type_info": info("STRUCT_TYPE_INFO", Node{"child_types": fields})}
	}
	return Node{"id": t.DuckDB(), "type_info": nil}
}

// castAs is DuckDB's own cast.
func castAs(child any, t *Type) Node {
	n := castTo(child, "")
	n["cast_type"], n[returns] = typeNode(t), t
	return n
}

// converted casts an expression, whose type is known, as Databricks does; nil tells that
// DuckDB's cast, or a macro that looks at the type when DuckDB knows it, has to do.
func converted(child any, from, to *Type, try bool) Node {
	var n Node
	switch {
	case to.isText():
		n = textOf(child, from, 0)
	case to.integral():
		n = integerOf(child, from, to, try)
	case to.is(Timestamp) && from.numeric():
		n = call("to_timestamp", castTo(child, "DOUBLE"))
	case to.is(Double, Float, Decimal) && from.is(Timestamp):
		n = castAs(call("epoch", child), to)
	case to.is(Array, Map, Struct) && from.is(Array, Map, Struct) || from.is(Interval) || to.is(Interval):
		return nil
	default:
		n = castAs(child, to)
		n["try_cast"] = try
	}
	if n != nil {
		n[returns] = to
	}
	return n
}

// castable reports whether Databricks has a cast from one type to another.
func castable(from, to *Type) bool {
	switch {
	case from.is(Void), from.isText() && !to.nested(), to.isText(), from.Name == to.Name:
		return true
	case from.nested() || to.nested(), from.is(Interval), to.is(Interval):
		return from.is(Interval) && to.numeric() || to.is(Interval) && from.numeric()
	case from.is(Date, TimestampNTZ):
		return to.is(Date, Timestamp, TimestampNTZ)
	case from.is(Timestamp):
		return to.is(Date, TimestampNTZ) || to.numeric()
	case from.is(Binary):
		return false
	case to.is(Date, TimestampNTZ):
		return false
	case to.is(Binary):
		return from.integral()
	}
	return true
}

func notCastable(name string, from, to *Type) *Error {
	return newError("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "42K09", "Cannot resolve \"%s\" due to data type mismatch: cannot cast \"%s\" to \"%s\".", name, from, to)
}

// coerced is an expression as a value of another type; of a type that isn't known it is
// DuckDB's cast.
func coerced(v any, to *Type) any {
	from := typeOf(v)
	if from.is(Void) {
		return castAs(v, to)
	}
	if from == nil || from.String() == to.String() || from.isText() && to.isText() {
		return v
	}
	n, _ := v.(Node)
	if alias, ok := n["alias"].(string); ok && alias != "" {
		n["alias"] = ""
	}
	if c := converted(v, from, to, false); c != nil {
		return c
	}
	return castAs(v, to)
}

// integerOf casts to an integral type: a fraction is cut off, in text it is an error.
func integerOf(child any, from, to *Type, try bool) Node {
	target := to.DuckDB()
	switch {
	case isLiteralInteger(child):
	case from.isText():
		return call(macroPrefix+castMacroName(target, try)+"_text", child)
	case from.is(Float, Double, Decimal):
		child = call("trunc", child)
	case from.is(Timestamp):
		child = call("floor", call("epoch", child))
	case !from.integral() && !from.is(Boolean, Void):
		return nil
	}
	n := castAs(child, to)
	n["try_cast"] = try
	return n
}

// textOf casts to STRING. depth counts the lambda expressions around it.
func textOf(child any, from *Type, depth int) Node {
	switch from.Name {
	case StringType, Varchar, Char:
		n, _ := child.(Node)
		return n
	case Double, Float:
		return call("corbel_go_double_text", castTo(child, "VARCHAR"))
	case Timestamp:
		return call(macroPrefix+"time_text", call("timezone", stringConstant("UTC"), child))
	case TimestampNTZ:
		return call(macroPrefix+"time_text", child)
	case Binary:
		return call("decode", child)
	case Interval:
		return call(macroPrefix+"interval_text", child, stringConstant(from.Units))
	case Array:
		return enclosed("[", joined(child, from.Element, depth), "]")
	case Map:
		entry := fmt.Sprintf("corbel_e%d", depth)
		part := func(name string, t *Type) Node {
			return orNull(textOf(call("struct_extract", columnRef(entry), stringConstant(name)), t, depth+1))
		}
		text := call("||", call("||", part("key", from.Key), stringConstant(" -> ")), part("value", from.Element))
		return enclosed("{", call("array_to_string", call("list_transform", call("map_entries", child), lambdaOf(entry, text)), stringConstant(", ")), "}")
	case Struct:
		return structText(child, from, depth)
	}
	return castTo(child, "VARCHAR")
}

// structText is the text of a STRUCT, {1, x}.
func structText(child any, t *Type, depth int) Node {
	fields := make([]any, len(t.Fields))
	for i, f := range t.Fields {
		fields[i] = orNull(textOf(call("struct_extract", copyOf(child), stringConstant(f.Name)), f.Type, depth+1))
	}
	text := enclosed("{", call("array_to_string", call("list_value", fields...), stringConstant(", ")), "}")
	return caseOf([]any{isNotNull(child)}, []any{text}, nullConstant())
}

// joined is the text of an array's elements with commas between them.
func joined(list any, element *Type, depth int) Node {
	name := fmt.Sprintf("corbel_e%d", depth)
	return call("array_to_string", call("list_transform", list, lambdaOf(name, orNull(textOf(columnRef(name), element, depth+1)))), stringConstant(", "))
}

func enclosed(open string, text Node, closing string) Node {
	return call("||", call("||", stringConstant(open), text), stringConstant(closing))
}

// orNull writes NULL inside of other values.
func orNull(text Node) Node {
	return Node{"class": "OPERATOR", "type": "OPERATOR_COALESCE", "alias": "", "children": []any{text, stringConstant("null")}}
}

func isNotNull(value any) Node {
	return Node{"class": "OPERATOR", "type": "OPERATOR_IS_NOT_NULL", "alias": "", "children": []any{copyOf(value)}}
}

var integerText = regexp.MustCompile(`^[+-]?[0-9]+$`)

// isLiteralInteger reports whether an expression is an integer in quotes.
func isLiteralInteger(v any) bool {
	n, _ := v.(Node)
	return n["class"] == "CONSTANT" && isString(n) && integerText.MatchString(constantName(n))
}
