package dialect

// collectionMacros are the functions of arrays and maps that differ.
var collectionMacros = []macro{
	{"array_contains", "(a, x) AS list_contains(a, x)"},
	{"array_join", "(a, sep) AS array_to_string(a, sep)"},
	{"array_position", "(a, x) AS CAST(coalesce(list_position(a, x), 0) AS BIGINT)"},
	{"get", "(a, i) AS CASE WHEN i < 0 THEN NULL ELSE a[CAST(i AS BIGINT) + 1] END"},
	{"sequence", "(a, b) AS CASE WHEN a <= b THEN generate_series(a, b) ELSE generate_series(a, b, -1) END, (a, b, s) AS generate_series(a, b, s)"},
	{"size", "(a) AS CAST(len(a) AS INTEGER)"},
	{"sort_array", "(a) AS list_sort(a, 'ASC', 'NULLS FIRST'), (a, up) AS CASE WHEN up THEN list_sort(a, 'ASC', 'NULLS FIRST') ELSE list_sort(a, 'DESC', 'NULLS LAST') END"},
	{"get_json_object", "(j, p) AS json_extract_string(j, p)"},
}
