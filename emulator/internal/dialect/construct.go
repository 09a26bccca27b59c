package dialect

// constructors build the values that have no counterpart of the same shape in DuckDB.
var constructors = map[string]func(Node) error{
	"aggregate":         reduce,
	"array_agg":         collect(false),
	"approx_percentile": approxPercentile,
	"percentile_approx": approxPercentile,
	"first_value":       ignoringNulls("first"),
	"last_value":        ignoringNulls("last"),
	"collect_list":      collect(false),
	"collect_set":       collect(true),
	"date_part":         datePart,
	"datepart":          datePart,
	"decode":            decode,
	"elt":               elt,
	"first":             ignoringNulls("first"),
	"forall":            forall,
	"format_string":     formatString,
	"from_json":         fromJSON,
	"from_unixtime":     fromUnixTime,
	"last":              ignoringNulls("last"),
	"map_filter":        ofEntries("map_filter", filteredEntries),
	"printf":            formatString,
	"quantile_disc":     percentileDisc,
	"reduce":            reduce,
	"to_unix_timestamp": unixTimestamp,
	"transform_keys":    ofEntries("transform_keys", transformedKeys),
	"transform_values":  ofEntries("transform_values", transformedValues),
	"try_to_date":       parseWithPattern("try_to_date", "try_strptime", "DATE"),
	"try_to_timestamp":  parseWithPattern("try_to_timestamp", "try_strptime", "TIMESTAMP WITH TIME ZONE"),
	"unix_timestamp":    unixTimestamp,
	"zip_with":          zipWith,
	"concat":            concat,
	"date_format":       dateFormat,
	"exists":            exists,
	"make_struct":       makeStruct,
	"named_struct":      namedStruct,
	"map_from_pairs":    mapFromPairs,
	"to_date":           parseWithPattern("to_date", "strptime", "DATE"),
	"to_timestamp":      parseWithPattern("to_timestamp", "strptime", "TIMESTAMP WITH TIME ZONE"),
}

// concat becomes a chain of ||, which like Databricks' concat is NULL when a part is.
func concat(n Node) error {
	args := children(n)
	switch len(args) {
	case 0:
		replace(n, stringConstant(""))
		return nil
	case 1:
		replace(n, call(macroPrefix+castMacroName("VARCHAR", false), args[0]))
		return nil
	}
	chain := call("||", args[0], args[1])
	for _, next := range args[2:] {
		chain = call("||", chain, next)
	}
	replace(n, chain)
	return nil
}

// structOf turns n into a struct of the values, whose names are their aliases.
func structOf(n Node, names []string, values []any) error {
	fields := make([]any, len(values))
	for i, v := range values {
		field, _ := v.(Node)
		field["alias"] = names[i]
		fields[i] = field
	}
	replace(n, call("struct_pack", fields...))
	return nil
}

func makeStruct(n Node) error {
	args := children(n)
	names := make([]string, len(args))
	for i, a := range args {
		field, _ := a.(Node)
		names[i] = structFieldName(field, i)
		if field["function_name"] == "struct_field" { // struct(x AS a), see the rewriter
			named := children(field)
			label, _ := named[0].(Node)
			names[i], args[i] = constantName(label), named[1]
		}
	}
	return structOf(n, names, args)
}

func namedStruct(n Node) error {
	args := children(n)
	if len(args) == 0 || len(args)%2 != 0 {
		return newError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", "The `named_struct` requires 2n (n > 0) parameters but the actual number is %d.", len(args))
	}
	var names []string
	var values []any
	for i := 0; i < len(args); i += 2 {
		key, _ := args[i].(Node)
		if key["class"] != "CONSTANT" || !isString(key) {
			return Unsupported("named_struct with names that are not string literals")
		}
		value, _ := key["value"].(Node)
		name, _ := value["value"].(string)
		names, values = append(names, name), append(values, args[i+1])
	}
	return structOf(n, names, values)
}

func mapFromPairs(n Node) error {
	args := children(n)
	if len(args)%2 != 0 {
		return newError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", "The `map` requires 2n (n > 0) parameters but the actual number is %d.", len(args))
	}
	var keys, values []any
	for i := 0; i < len(args); i += 2 {
		keys, values = append(keys, args[i]), append(values, args[i+1])
	}
	replace(n, call("map", call("list_value", keys...), call("list_value", values...)))
	return nil
}

// exists(array, x -> condition) asks whether the condition holds for any element.
func exists(n Node) error {
	args := children(n)
	if len(args) != 2 {
		return wrongArguments("exists", len(args))
	}
	replace(n, call("list_bool_or", call("list_transform", args...)))
	return nil
}
