package dialect

// constructors build the values that have no counterpart of the same shape in DuckDB.
var constructors = map[string]func(Node) error{
	"aggregate":         reduce,
	"array_sort":        arraySort,
	"any_value":         ignoringNulls("any_value"),
	"corr":              correlation,
	"hash":              hashOf("hash", 42),
	"if":                ifElse,
	"iff":               ifElse,
	"map_zip_with":      mapZipWith,
	"session_value":     sessionValue,
	"timestampadd":      timestampAdd,
	"to_timestamp_ntz":  parseWithPattern("to_timestamp_ntz", "strptime", "TIMESTAMP"),
	"to_timestamp_ltz":  parseWithPattern("to_timestamp", "strptime", "TIMESTAMP WITH TIME ZONE"),
	"window":            tumblingWindow,
	"xxhash64":          hashOf("xxhash64", 42),
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

// exists(array, x -> condition) asks whether the condition holds for any element; NULL when
// it holds for none and isn't known for one.
func exists(n Node) error { return quantified(n, "exists", "any_of") }

// forall asks whether the condition holds for every element.
func forall(n Node) error { return quantified(n, "forall", "all_of") }

func quantified(n Node, name, target string) error {
	args := children(n)
	if len(args) != 2 {
		return wrongArguments(name, len(args))
	}
	replace(n, call(macroPrefix+target, call("list_transform", args...)))
	return nil
}

// sessionValue is a value of the session; its second argument was its name as a column.
func sessionValue(n Node) error {
	value, _ := children(n)[0].(Node)
	replace(n, value)
	return nil
}

func ifElse(n Node) error {
	args := children(n)
	if len(args) != 3 {
		return wrongArguments("if", len(args))
	}
	replace(n, caseOf(args[:1], args[1:2], args[2]))
	return nil
}

// correlation is NULL where DuckDB's is not a number.
func correlation(n Node) error {
	replace(n, call(macroPrefix+"nan_as_null", unnamed(n)))
	return nil
}

// addedUnits are the units of timestampadd().
var addedUnits = map[string]string{
	"microsecond": "to_microseconds", "millisecond": "to_milliseconds", "second": "to_seconds", "minute": "to_minutes", "hour": "to_hours",
	"day": "to_days", "dayofyear": "to_days", "week": "to_weeks", "month": "to_months", "quarter": "to_months", "year": "to_years",
}

// timestampAdd is timestampadd(unit, n, t), whose result is a timestamp also for a date.
func timestampAdd(n Node) error {
	args := children(n)
	if len(args) != 3 {
		return wrongArguments("timestampadd", len(args))
	}
	unit, _ := args[0].(Node)
	function, ok := addedUnits[constantName(unit)]
	if !ok {
		return newError("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023", "The value of parameter(s) `unit` in `timestampadd` is invalid: expects one of the units without quotes YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but got %s.", constantName(unit))
	}
	amount := castTo(args[1], "INTEGER")
	if constantName(unit) == "quarter" {
		amount = call("*", amount, intConstant(3))
	}
	kind := scalarType(Timestamp)
	if typeOf(args[2]).is(TimestampNTZ) {
		kind = scalarType(TimestampNTZ)
	}
	replace(n, call("+", castAs(args[2], kind), call(function, amount)))
	return nil
}

// tumblingWindow is window(time, duration): the interval of that length in which a time is.
func tumblingWindow(n Node) error {
	args := children(n)
	if len(args) != 2 {
		return Unsupported("window() with a slide or a start time")
	}
	duration, _ := args[1].(Node)
	if duration["class"] != "CONSTANT" || !isString(duration) {
		return Unsupported("window() with a duration that is not a string literal")
	}
	interval := castTo(duration, "INTERVAL")
	origin := castTo(stringConstant("1970-01-01 00:00:00"), "TIMESTAMP")
	kind := "TIMESTAMP WITH TIME ZONE"
	if typeOf(args[0]).is(TimestampNTZ) {
		kind = "TIMESTAMP"
	}
	start := castTo(call("time_bucket", interval, castTo(args[0], "TIMESTAMP"), origin), kind)
	end, _ := copyOf(start).(Node)
	return structOf(n, []string{"start", "end"}, []any{start, call("+", end, copyOf(interval))})
}
