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
const native = `abs acos acosh asin asinh atan atan2 atanh bin ceil coalesce concat_ws contains cos cosh cot degrees exp factorial
	greatest hex isnan least ln log10 log2 lower md5 pi pow power radians repeat round sha1 sin sinh sqrt
	split_part tan tanh translate trim upper make_date map_keys map_values map_entries flatten if map_concat map_from_entries`

// parserMade are names that DuckDB's own parser puts into the tree for syntax.
const parserMade = `list_value struct_pack struct_extract list_apply array_extract to_days to_months to_years to_weeks to_hours to_minutes to_seconds
	to_milliseconds to_microseconds row get_current_timestamp today ~~ !~~ timezone unnest not_like_escape like_escape ilike_escape not_ilike_escape struct_field strptime strftime
	list_transform list_filter list_reduce && || - * + | & << >> ~ @ ^ **`

const aggregates = `any_value approx_count_distinct avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star
	covar_pop covar_samp first last max median min mode quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
	stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance`

const windows = `cume_dist first_value lag last_value lead nth_value percent_rank`

const intWindows = `dense_rank ntile rank row_number`

// renamed are functions that DuckDB has by another name.
var renamed = map[string]string{
	"aggregate": "list_reduce", "array": "list_value", "array_max": "list_max", "array_min": "list_min", "ceiling": "ceil",
	"char": "chr", "chr": "chr", "endswith": "ends_with", "explode": "unnest", "filter": "list_filter", "lcase": "lower", "map_from_arrays": "map", "json_object_keys": "json_keys",
	"map_contains_key": "map_contains", "reduce": "list_reduce", "sha": "sha1", "startswith": "starts_with",
	"transform": "list_transform", "ucase": "upper", "unbase64": "from_base64", "unhex": "unhex",
}

// renamedAggregates likewise.
var renamedAggregates = map[string]string{
	"any": "bool_or", "every": "bool_and", "kurtosis": "kurtosis_pop", "listagg": "string_agg", "max_by": "arg_max_null", "mean": "avg", "min_by": "arg_min_null",
	"some": "bool_or", "std": "stddev", "try_avg": "avg", "try_sum": "sum",
}

// macroAliases are second names of functions that macros serve.
var macroAliases = map[string]string{
	"&&": "xor", "charindex": "locate", "getbit": "bit_get", "mid": "substring", "random": "rand", "to_unix_timestamp": "unix_timestamp",
	"try_date_add": "date_add", "cardinality": "size", "char_length": "length", "character_length": "length", "date_diff": "datediff",
	"dateadd": "date_add", "dayofmonth": "day", "ifnull": "nvl", "len": "length", "regexp": "regexp_matches", "regexp_full_match": "regexp_matches",
	"regexp_like": "regexp_matches", "rlike": "regexp_matches", "signum": "sign", "substr": "substring",
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
	for _, group := range [][]macro{operatorMacros, stringMacros, goMacros, numberMacros, dateMacros, collectionMacros} {
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

// arities are the numbers of arguments that the macros take, by their names in DuckDB.
var arities = countArguments()

func countArguments() map[string][]int {
	counts := map[string][]int{}
	for _, group := range [][]macro{stringMacros, goMacros, numberMacros, dateMacros, collectionMacros} {
		for _, m := range group {
			for _, overload := range splitTop(m.overloads) {
				parameters, _, _ := strings.Cut(strings.TrimPrefix(overload, "("), ") AS ")
				n := 0
				if parameters != "" {
					n = strings.Count(parameters, ",") + 1
				}
				counts[macroPrefix+m.name] = append(counts[macroPrefix+m.name], n)
			}
		}
	}
	return counts
}

// operatorRules are the operators that a macro serves.
var operatorRules = map[string]string{"/": "divide", "//": "div", "%": "mod", "+": "plus", "-": "minus"}

// tableFunctions are the functions that can stand in FROM, with the name of their column.
var tableFunctions = map[string]string{"range": "id", "unnest": "col", "explode": "col"}

// unserved are functions of Databricks that the workspace does not have.
const unserved = `aes_decrypt aes_encrypt ai_analyze_sentiment ai_classify ai_extract ai_fix_grammar ai_forecast ai_gen ai_generate_text ai_mask ai_query ai_similarity
	ai_summarize ai_translate approx_top_k bitmap_bit_position bitmap_bucket_number bitmap_construct_agg bitmap_count bitmap_or_agg 
	collate collation collations current_metastore current_recipient current_version count_min_sketch event_log from_avro from_csv from_protobuf from_xml 
	h3_longlatash3 histogram_numeric hll_sketch_agg hll_sketch_estimate hll_union hll_union_agg http_request input_file_block_length input_file_name
	is_variant_null java_method kll_sketch_agg_bigint list_secrets make_interval make_valid_utf8 monotonically_increasing_id
	parse_json randstr read_files read_kafka read_kinesis read_pubsub read_pulsar read_state_metadata read_statestore reflect 
	schema_of_csv schema_of_json_agg schema_of_variant schema_of_variant_agg schema_of_xml secret session_window
	spark_partition_id sql_keywords st_area st_asgeojson st_astext st_point table_changes to_avro to_binary to_char to_csv to_geography to_geometry to_number to_protobuf to_varchar
	to_variant_object to_xml try_aes_decrypt try_parse_json try_reflect try_secret try_to_binary try_to_number try_url_decode try_variant_get try_zstd_decompress 
	vector_search version window_time xpath xpath_boolean xpath_double xpath_float xpath_int xpath_long xpath_number xpath_short xpath_string zstd_compress
	zstd_decompress variant_explode variant_explode_outer variant_get try_remainder `

var unservedFunctions = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(unserved) {
		names[name] = true
	}
	return names
}()

// unknownFunction tells a function that only Databricks has from one that nobody has.
func unknownFunction(name string) *Error {
	if unservedFunctions[name] {
		return Unsupported("the function " + name)
	}
	return UnresolvedRoutine(name)
}
