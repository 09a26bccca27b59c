package dialect

// isMap tells a map from an array where a macro takes both. It can't know which it gets
// before DuckDB binds it, so both branches have to bind for either.
const isMap = "typeof(a) LIKE 'MAP(%'"

// elementAtErrors are the errors of element_at() outside an array's bounds.
var elementAtErrors = "WHEN " + isMap + " THEN a[i] WHEN i = 0 THEN " +
	raise("INVALID_INDEX_OF_ZERO", "22003", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).") +
	" WHEN a[i] IS NULL AND abs(i) > corbel_elements(a) THEN " + raiseAbout("INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "22003", "The index ", "i", " is out of bounds. The array has ", "corbel_elements(a)", " elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.")

// collectionMacros are the functions of arrays and maps that differ.
var collectionMacros = []macro{
	{"array_append", "(a, x) AS list_append(a, x)"},
	{"array_compact", "(a) AS list_filter(a, x -> x IS NOT NULL)"},
	{"array_contains", "(a, x) AS list_contains(a, x)"},
	{"array_distinct", "(a) AS list_filter(a, (x, i) -> list_position(a, x) = i)"},
	{"array_except", "(a, b) AS list_filter(a, (x, i) -> list_position(a, x) = i AND list_position(b, x) IS NULL)"},
	{"array_insert", "(a, i, x) AS CASE WHEN i = 0 THEN " +
		raise("INVALID_INDEX_OF_ZERO", "22003", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).") +
		" WHEN i > len(a) THEN list_concat(a, list_append(list_resize(a[1:0], CAST(i AS BIGINT) - len(a) - 1), x))" +
		" WHEN i > 0 THEN list_concat(list_append(a[1:CAST(i AS BIGINT) - 1], x), a[CAST(i AS BIGINT):])" +
		" WHEN -i > len(a) + 1 THEN list_concat(list_prepend(x, list_resize(a[1:0], CAST(-i AS BIGINT) - len(a) - 1)), a)" +
		" ELSE list_concat(list_append(a[1:CAST(len(a) + i AS BIGINT) + 1], x), a[CAST(len(a) + i AS BIGINT) + 2:]) END"},
	{"array_intersect", "(a, b) AS list_filter(a, (x, i) -> list_position(a, x) = i AND list_position(b, x) IS NOT NULL)"},
	{"array_join", "(a, sep) AS array_to_string(a, sep), (a, sep, absent) AS array_to_string(list_transform(a, x -> coalesce(CAST(x AS VARCHAR), absent)), sep)"},
	{"array_position", "(a, x) AS CAST(coalesce(list_position(a, x), 0) AS BIGINT)"},
	{"array_prepend", "(a, x) AS list_prepend(x, a)"},
	{"array_remove", "(a, e) AS CASE WHEN e IS NOT NULL THEN list_filter(a, x -> x IS DISTINCT FROM e) END"},
	{"array_repeat", "(x, n) AS list_transform(range(greatest(CAST(n AS BIGINT), 0)), i -> x)"},
	{"array_size", "(a) AS CAST(len(a) AS INTEGER)"},
	{"array_sort", "(a) AS list_sort(a, 'ASC', 'NULLS LAST')"},
	{"array_union", "(a, b) AS list_filter(list_concat(a, b), (x, i) -> list_position(list_concat(a, b), x) = i)"},
	{"arrays_overlap", "(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN list_has_any(a, b) THEN true WHEN len(a) > 0 AND len(b) > 0 AND (list_count(a) < len(a) OR list_count(b) < len(b)) THEN NULL ELSE false END"},
	{"element_at", "(a, i VARCHAR) AS a[i], (a, i BIGINT) AS CASE " + elementAtErrors + " ELSE a[i] END"},
	{"element_or_null", "(a) AS CASE WHEN a IS NULL OR len(a) = 0 THEN [NULL] ELSE a END"},
	{"get", "(a, i) AS CASE WHEN i < 0 THEN NULL ELSE a[CAST(i AS BIGINT) + 1] END"},
	{"positions", "(a) AS list_transform(range(len(a)), x -> CAST(x AS INTEGER)), (a, b) AS list_transform(range(greatest(len(a), len(b))), x -> CAST(x AS INTEGER))"},
	{"reverse", "(s VARCHAR) AS reverse(s), (a) AS list_reverse(a)"},
	{"sequence", "(a INTEGER, b INTEGER) AS CASE WHEN a <= b THEN CAST(generate_series(a, b) AS INTEGER[]) ELSE CAST(generate_series(a, b, -1) AS INTEGER[]) END, " +
		"(a BIGINT, b BIGINT) AS CASE WHEN a <= b THEN generate_series(a, b) ELSE generate_series(a, b, -1) END, " +
		"(a DATE, b DATE) AS CAST(generate_series(a, b, CASE WHEN a <= b THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END) AS DATE[]), " +
		"(a INTEGER, b INTEGER, s INTEGER) AS CAST(generate_series(a, b, s) AS INTEGER[]), (a BIGINT, b BIGINT, s BIGINT) AS generate_series(a, b, s), " +
		"(a DATE, b DATE, s INTERVAL) AS CAST(generate_series(a, b, s) AS DATE[]), (a TIMESTAMPTZ, b TIMESTAMPTZ, s INTERVAL) AS generate_series(a, b, s)"},
	{"shuffle", "(a) AS list_select(a, list_grade_up(list_transform(a, x -> random())))"},
	{"size", "(a) AS CAST(corbel_elements(a) AS INTEGER)"},
	{"slice", "(a, i, n) AS CASE WHEN i = 0 THEN " + raise("INVALID_PARAMETER_VALUE.START", "22023", "The value of parameter(s) `start` in `slice` is invalid: SQL array indices start at 1.") +
		" WHEN n < 0 THEN " + raise("INVALID_PARAMETER_VALUE.LENGTH", "22023", "The value of parameter(s) `length` in `slice` is invalid: it has to be at least 0.") +
		" WHEN i > 0 THEN a[CAST(i AS BIGINT):CAST(i + n AS BIGINT) - 1] WHEN len(a) + i < 0 THEN a[1:0] ELSE a[CAST(len(a) + i AS BIGINT) + 1:CAST(len(a) + i + n AS BIGINT)] END"},
	{"sort_array", "(a) AS list_sort(a, 'ASC', 'NULLS FIRST'), (a, up) AS CASE WHEN up THEN list_sort(a, 'ASC', 'NULLS FIRST') ELSE list_sort(a, 'DESC', 'NULLS LAST') END"},
	{"str_to_map", "(s) AS " + textMap("','", "':'") + ", (s, p) AS " + textMap("p", "':'") + ", (s, p, k) AS " + textMap("p", "k")},
	{"try_element_at", "(a, i VARCHAR) AS a[i], (a, i BIGINT) AS CASE WHEN " + isMap + " THEN a[i] WHEN i = 0 THEN " +
		raise("INVALID_INDEX_OF_ZERO", "22003", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).") + " ELSE a[i] END"},
}

// textMap is the expression of str_to_map() with these delimiters.
func textMap(pairs, keys string) string {
	return "map_from_entries(list_transform(string_split(s, " + pairs + "), x -> struct_pack(k := split_part(x, " + keys + ", 1), " +
		"v := CASE WHEN contains(x, " + keys + ") THEN substring(x, instr(x, " + keys + ") + length(" + keys + ")) END)))"
}
