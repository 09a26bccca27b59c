package dialect

import "strings"

// results are the functions whose results have one type whatever the arguments are.
var results = resultTypes(map[TypeName]string{
	StringType: `aes_decrypt base64 bin char chr concat_ws conv current_catalog current_database current_schema current_timezone current_user date_format dayname
		elt encode_text format_number format_string from_unixtime get_json_object hex initcap json_path json_field lcase listagg lower lpad ltrim mask md5
		monthname overlay parse_url printf regexp_extract regexp_replace regexp_substr repeat replace right left rpad rtrim schema_of_json session_user sha sha1
		sha2 soundex space split_part string_agg substr substring substring_index mid to_json translate trim btrim typeof ucase upper url_decode url_encode
		user uuid array_join to_char to_varchar version try_url_decode`,
	Int: `array_size ascii bit_count bit_length cardinality char_length character_length charindex date_diff_days datediff day dayofmonth dayofweek dayofyear
		find_in_set hash hour instr json_array_length length len levenshtein locate minute month octet_length position quarter regexp_count regexp_instr
		second size unix_date weekday weekofyear year dense_rank ntile rank row_number`,
	BigInt: `approx_count_distinct array_position count count_if count_star crc32 div factorial regr_count to_unix_timestamp unix_micros unix_millis
		unix_seconds unix_timestamp width_bucket timestampdiff xxhash64 //`,
	TinyInt: `bit_get getbit`,
	Double: `acos acosh asin asinh atan atan2 atanh cbrt corr cos cosh cot covar_pop covar_samp csc cume_dist degrees e exp expm1 hypot kurtosis ln log
		log10 log1p log2 median months_between percent_rank percentile percentile_cont pi pow power quantile_cont radians rand randn random regr_intercept
		regr_r2 regr_slope rint sec sign signum sin sinh skewness sqrt std stddev stddev_pop stddev_samp tan tanh var_pop var_samp variance regr_avgx
		regr_avgy regr_sxx regr_sxy regr_syy`,
	Boolean: `any array_contains arrays_overlap bool_and bool_or contains endswith every exists forall ilike_all ilike_any isnan isnotnull isnull like_all
		like_any map_contains_key regexp regexp_like rlike some startswith ~~ !~~ ~~* !~~* regexp_full_match equal_null xor &&`,
	Date: `add_months curdate current_date date_from_unix_date date_sub last_day make_date next_day today to_date try_to_date`,
	Timestamp: `current_timestamp date_trunc from_utc_timestamp get_current_timestamp make_timestamp now timestamp_micros timestamp_millis timestamp_seconds
		to_timestamp to_utc_timestamp try_to_timestamp`,
	TimestampNTZ: `make_timestamp_ntz convert_timezone localtimestamp to_timestamp_ntz`,
	Binary:       `aes_encrypt encode unbase64 unhex to_binary`,
})

func resultTypes(groups map[TypeName]string) map[string]*Type {
	table := map[string]*Type{}
	for name, functions := range groups {
		for _, function := range strings.Fields(functions) {
			table[function] = scalarType(name)
		}
	}
	return table
}

// likeFirst are the functions whose result has the type of their first argument.
const likeFirst = `any_value array_append array_compact array_distinct array_except array_insert array_intersect array_prepend array_remove array_sort arg_max
	array_union bit_and bit_or bit_xor filter first first_value last last_value lag lead map_filter max max_by min min_by mode nth_value nullif
	nullifzero positive reverse shuffle slice sort_array shiftleft shiftright shiftrightunsigned`

// commonResult are the functions whose result has the common type of their arguments.
const commonResult = `coalesce greatest least ifnull nvl`

// unitFunctions are the functions that DuckDB's parser makes of INTERVAL 1 DAY, with the
// unit of the interval's type.
var unitFunctions = map[string]string{
	"to_years": "YEAR", "to_months": "MONTH", "to_weeks": "DAY", "to_days": "DAY", "to_hours": "HOUR", "to_minutes": "MINUTE", "to_seconds": "SECOND",
	"to_milliseconds": "SECOND", "to_microseconds": "SECOND",
}

// rules find the type of a result by the types of the arguments.
var rules = typeRules()

func typeRules() map[string]func(n Node, args []*Type) *Type {
	table := map[string]func(n Node, args []*Type) *Type{
		"sum": sumType, "try_sum": sumType, "avg": averageType, "try_avg": averageType, "mean": averageType,
		"abs": absType, "negative": absType, "round": roundType, "bround": roundType, "ceil": ceilType, "ceiling": ceilType, "floor": ceilType,
		"if": branches(1), "iff": branches(1), "nvl2": branches(1),
		"zeroifnull": func(_ Node, args []*Type) *Type { return common(last(args), scalarType(Int)) },
		"list_value": func(_ Node, args []*Type) *Type { return arrayOf(commonOf(args...)) },
		"array":      func(_ Node, args []*Type) *Type { return arrayOf(commonOf(args...)) },
		"split":      func(Node, []*Type) *Type { return arrayOf(scalarType(StringType)) },
		"concat":     concatType, "||": concatType, "map_from_pairs": pairsType, "named_struct": namedStructType, "make_struct": structType,
		"struct_field": func(_ Node, args []*Type) *Type { return args[1] },
		"transform":    func(_ Node, args []*Type) *Type { return arrayOf(last(args)) },
		"zip_with":     func(_ Node, args []*Type) *Type { return arrayOf(last(args)) },
		"collect_list": aggregatedArray, "collect_set": aggregatedArray, "array_agg": aggregatedArray,
		"array_repeat": aggregatedArray, "sequence": sequenceType,
		"map_keys":   func(_ Node, args []*Type) *Type { return mapParts(args, true) },
		"map_values": func(_ Node, args []*Type) *Type { return mapParts(args, false) },
		"aggregate":  last3, "reduce": last3, "case": first,
		"date_add": dateAddType, "dateadd": dateAddType, "trunc": truncType, "pmod": remainderType, "mod": remainderType,
		"decode": decodeType, "session_value": first, "timestampadd": timestampAddType, "window": windowType,
		"make_dt_interval": func(Node, []*Type) *Type { return intervalType("DAY", "SECOND") },
		"make_ym_interval": func(Node, []*Type) *Type { return intervalType("YEAR", "MONTH") },
	}
	for _, name := range strings.Fields(likeFirst) {
		table[name] = first
	}
	for _, name := range strings.Fields(commonResult) {
		table[name] = func(_ Node, args []*Type) *Type { return commonOf(args...) }
	}
	for _, name := range []string{"element_at", "try_element_at", "get", "array_max", "array_min", "explode", "unnest"} {
		table[name] = elementType
	}
	for name, unit := range unitFunctions {
		table[name] = func(Node, []*Type) *Type { return intervalType(unit, unit) }
	}
	for _, operator := range []string{"+", "-", "*", "/", "%", "&", "|", "^", "@"} {
		table[operator] = func(n Node, args []*Type) *Type { return operatorType(operator, n, args) }
	}
	for name, operator := range tryOperators {
		table[name] = table[operator]
	}
	return table
}

// returnType is the type of a function's result, or nil.
func returnType(name string, n Node, args []*Type) *Type {
	if rule, ok := rules[name]; ok {
		return rule(n, args)
	}
	return results[name]
}

func first(_ Node, args []*Type) *Type {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

func last(args []*Type) *Type {
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}

// last3 is reduce(array, start, merge[, finish]).
func last3(_ Node, args []*Type) *Type {
	switch {
	case len(args) > 3:
		return args[3]
	case len(args) > 1:
		return args[1]
	}
	return nil
}

func branches(from int) func(Node, []*Type) *Type {
	return func(_ Node, args []*Type) *Type {
		if len(args) <= from {
			return nil
		}
		return commonOf(args[from:]...)
	}
}

func absType(n Node, args []*Type) *Type {
	if t := first(n, args); !t.isText() {
		return t
	}
	return scalarType(Double)
}

func sumType(n Node, args []*Type) *Type {
	switch t := first(n, args); {
	case t.integral():
		return scalarType(BigInt)
	case t.is(Decimal):
		return boundedDecimal(t.Precision+10, t.Scale)
	case t.fractional(), t.isText():
		return scalarType(Double)
	case t.is(Interval):
		return t
	}
	return nil
}

func averageType(n Node, args []*Type) *Type {
	switch t := first(n, args); {
	case t.is(Decimal):
		return boundedDecimal(t.Precision+4, t.Scale+4)
	case t.numeric(), t.isText():
		return scalarType(Double)
	}
	return nil
}

func concatType(n Node, args []*Type) *Type {
	if t := first(n, args); t.is(Array) {
		return commonOf(args...)
	} else if t == nil {
		return nil
	}
	return scalarType(StringType)
}

func pairsType(_ Node, args []*Type) *Type {
	var keys, values []*Type
	for i := 0; i+1 < len(args); i += 2 {
		keys, values = append(keys, args[i]), append(values, args[i+1])
	}
	key, value := commonOf(keys...), commonOf(values...)
	if key == nil || value == nil {
		return nil
	}
	return &Type{Name: Map, Key: key, Element: value}
}

func structOfTypes(names []string, types []*Type) *Type {
	t := &Type{Name: Struct}
	for i, field := range types {
		if field == nil {
			return nil
		}
		t.Fields = append(t.Fields, Field{names[i], field})
	}
	return t
}

func namedStructType(n Node, args []*Type) *Type {
	var names []string
	var types []*Type
	for i := 0; i+1 < len(args); i += 2 {
		names, types = append(names, nameOf(children(n)[i])), append(types, args[i+1])
	}
	return structOfTypes(names, types)
}

func structType(n Node, args []*Type) *Type {
	names := make([]string, len(args))
	for i, a := range children(n) {
		field, _ := a.(Node)
		if names[i] = structFieldName(field, i); field["function_name"] == "struct_field" {
			names[i] = nameOf(children(field)[0])
		}
	}
	return structOfTypes(names, args)
}

func aggregatedArray(n Node, args []*Type) *Type { return arrayOf(first(n, args)) }

func sequenceType(n Node, args []*Type) *Type {
	if len(args) == 2 {
		return arrayOf(common(args[0], args[1]))
	}
	return aggregatedArray(n, args)
}

func mapParts(args []*Type, keys bool) *Type {
	switch {
	case len(args) != 1 || !args[0].is(Map):
		return nil
	case keys:
		return arrayOf(args[0].Key)
	}
	return arrayOf(args[0].Element)
}

func elementType(n Node, args []*Type) *Type {
	if t := first(n, args); t.is(Array, Map) {
		return t.Element
	}
	return nil
}

func dateAddType(_ Node, args []*Type) *Type {
	if len(args) == 2 {
		return scalarType(Date)
	}
	return nil
}

func truncType(_ Node, args []*Type) *Type {
	if len(args) == 2 {
		return scalarType(Date)
	}
	return nil
}

func timestampAddType(_ Node, args []*Type) *Type {
	if last(args).is(TimestampNTZ) {
		return last(args)
	}
	return scalarType(Timestamp)
}

func windowType(n Node, args []*Type) *Type {
	t := scalarType(Timestamp)
	if first(n, args).is(TimestampNTZ) {
		t = args[0]
	}
	return structOfTypes([]string{"start", "end"}, []*Type{t, t})
}

func decodeType(_ Node, args []*Type) *Type {
	if len(args) == 2 {
		return scalarType(StringType)
	}
	var results []*Type
	for i := 2; i < len(args); i += 2 {
		results = append(results, args[i])
	}
	if len(args)%2 == 0 {
		results = append(results, last(args))
	}
	return commonOf(results...)
}
