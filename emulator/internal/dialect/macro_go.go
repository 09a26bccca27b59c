package dialect

// goMacros are the functions that package routine computes in Go, behind their own
// prefix: corbel_go_<name>.
var goMacros = []macro{
	{"conv", "(s, f, t) AS corbel_go_conv(CAST(s AS VARCHAR), CAST(f AS BIGINT), CAST(t AS BIGINT))"},
	{"crc32", "(s VARCHAR) AS corbel_go_crc32(encode(s)), (s BLOB) AS corbel_go_crc32(s)"},
	{"format_number", "(x, n VARCHAR) AS " + raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support patterns in format_number.") +
		", (x, n INTEGER) AS corbel_go_format_number(CAST(x AS VARCHAR), CAST(n AS BIGINT))"},
	{"initcap", "(s) AS corbel_go_initcap(s)"},
	{"parse_url", "(u, part) AS corbel_go_parse_url(u, part, ''), (u, part, key) AS corbel_go_parse_url(u, part, key)"},
	{"schema_of_json", "(s) AS corbel_go_schema_of_json(s)"},
	{"soundex", "(s) AS corbel_go_soundex(s)"},
	{"typeof", "(x) AS corbel_go_type_name(typeof(x))"},
	{"url_decode", "(s) AS corbel_go_url_decode(s)"},
	{"url_encode", "(s) AS corbel_go_url_encode(s)"},
	{"json_array_length", "(s) AS CASE WHEN json_valid(s) THEN CAST(json_array_length(s) AS INTEGER) END"},
	{"get_json_object", "(j, p) AS CASE WHEN json_valid(j) THEN json_extract_string(j, p) END"},
	{"json_path", "(j, p) AS CASE WHEN json_valid(j) THEN json_extract_string(j, p) END"},
	{"json_field", "(j, f) AS CASE WHEN json_valid(j) THEN json_extract_string(j, '$.' || CAST(to_json(f) AS VARCHAR)) END"},
	{"from_json", "(j, t) AS CASE WHEN json_valid(j) THEN from_json(j, t) END"},
	{"to_json", "(x) AS CASE WHEN typeof(x) LIKE '%TIMESTAMP%' THEN " +
		raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support to_json() of timestamps.") + " ELSE corbel_go_json_tidy(CAST(to_json(x) AS VARCHAR)) END"},
}
