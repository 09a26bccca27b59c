package dialect

import "strings"

// function says how a Databricks function is served.
type function struct {
	target string // the DuckDB function or macro
	// aggregate functions take DISTINCT, FILTER and OVER; macros can't.
	aggregate bool
	// windowInt marks window functions that return INT in Databricks and BIGINT in DuckDB.
	windowInt bool
}

// functions is the table of functions, by Databricks' name in lower case. A function that
// is not in it does not exist for SQL: that is what keeps DuckDB's own functions (files,
// settings, other sessions, its catalog) out of reach.
var functions = buildFunctions()

// native are functions with the same name and meaning in both.
const native = `abs acos asin atan atan2 bit_count cbrt ceil coalesce concat_ws contains cos cot degrees exp factorial
	greatest isnan least ln log10 log2 lower md5 pi pow power radians repeat reverse round sha1 sin sqrt
	split_part tan translate trim upper make_date map_keys map_values map_entries flatten if epoch`

// parserMade are names that DuckDB's own parser puts into the tree for syntax.
const parserMade = `list_value struct_pack list_apply array_extract to_days to_months to_years to_weeks to_hours to_minutes to_seconds
	to_milliseconds to_microseconds row get_current_timestamp today ~~ !~~ timezone unnest not_like_escape like_escape ilike_escape not_ilike_escape struct_field strptime strftime
	|| - * + | & << >> ~ @ ^ **`

const aggregates = `any_value approx_count_distinct avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star
	covar_pop covar_samp first kurtosis last max median min mode regr_count regr_intercept regr_r2 regr_slope skewness
	stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance`

const windows = `cume_dist first_value lag last_value lead nth_value percent_rank`

const intWindows = `dense_rank ntile rank row_number`

// renamed are functions that DuckDB has by another name.
var renamed = map[string]string{
	"array": "list_value", "array_max": "list_max", "array_min": "list_min", "ceiling": "ceil",
	"char": "chr", "chr": "chr", "endswith": "ends_with", "explode": "unnest", "filter": "list_filter", "lcase": "lower",
	"map_contains_key": "map_contains", "rand": "random", "random": "random", "sha": "sha1", "startswith": "starts_with",
	"transform": "list_transform", "try_element_at": "array_extract", "ucase": "upper", "unbase64": "from_base64", "unhex": "unhex",
}

// renamedAggregates likewise.
var renamedAggregates = map[string]string{
	"any": "bool_or", "every": "bool_and", "listagg": "string_agg", "max_by": "arg_max_null", "mean": "avg", "min_by": "arg_min_null",
	"some": "bool_or", "std": "stddev",
}

// macroAliases are second names of functions that macros serve.
var macroAliases = map[string]string{
	"cardinality": "size", "char_length": "length", "character_length": "length", "collect_list": "array_agg", "date_diff": "datediff",
	"dateadd": "date_add", "dayofmonth": "day", "ifnull": "nvl", "len": "length", "regexp": "regexp_matches", "regexp_full_match": "regexp_matches",
	"regexp_like": "regexp_matches", "rlike": "regexp_matches", "signum": "sign", "substr": "substring", "datepart": "date_part",
}

func buildFunctions() map[string]function {
	table := map[string]function{}
	for _, name := range strings.Fields(native + " " + parserMade) {
		table[name] = function{target: name}
	}
	for _, name := range strings.Fields(aggregates + " " + windows) {
		table[name] = function{target: name, aggregate: true}
	}
	for _, name := range strings.Fields(intWindows) {
		table[name] = function{target: name, aggregate: true, windowInt: true}
	}
	for name, target := range renamed {
		table[name] = function{target: target}
	}
	for name, target := range renamedAggregates {
		table[name] = function{target: target, aggregate: true}
	}
	for _, group := range [][]macro{operatorMacros, stringMacros, numberMacros, dateMacros, collectionMacros} {
		for _, m := range group {
			table[m.name] = function{target: macroPrefix + m.name}
		}
	}
	for name, target := range macroAliases {
		table[name] = function{target: macroPrefix + target}
	}
	for operator, target := range operatorRules {
		table[operator] = function{target: macroPrefix + target}
	}
	return table
}

// operatorRules are the operators that a macro serves.
var operatorRules = map[string]string{"/": "divide", "//": "div", "%": "mod", "+": "plus", "-": "minus"}

// tableFunctions are the functions that can stand in FROM, with the name of their column.
var tableFunctions = map[string]string{"range": "id", "unnest": "col", "explode": "col"}
