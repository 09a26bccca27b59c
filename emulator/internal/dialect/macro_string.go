package dialect

// stringMacros are the functions of strings whose meaning, order of arguments or type differs.
var stringMacros = []macro{
	{"ascii", "(s) AS CASE WHEN s = '' THEN 0 ELSE CAST(ascii(s) AS INTEGER) END"},
	{"base64", "(s VARCHAR) AS to_base64(encode(s)), (s BLOB) AS to_base64(s)"},
	{"instr", "(s, sub) AS CAST(instr(s, sub) AS INTEGER)"},
	{"left", "(s, n) AS left(s, greatest(n, 0))"},
	{"length", "(s VARCHAR) AS CAST(length(s) AS INTEGER), (s BLOB) AS CAST(octet_length(s) AS INTEGER)"},
	{"levenshtein", "(a, b) AS CAST(levenshtein(a, b) AS INTEGER)"},
	{"locate", "(sub, s) AS CAST(instr(s, sub) AS INTEGER)"},
	{"lpad", "(s, n) AS CASE WHEN n <= 0 THEN '' ELSE lpad(s, n, ' ') END, (s, n, p) AS CASE WHEN n <= 0 THEN '' ELSE lpad(s, n, p) END"},
	{"ltrim", "(s) AS ltrim(s), (chars, s) AS ltrim(s, chars)"},
	{"position", "(s, sub) AS CAST(instr(s, sub) AS INTEGER)"},
	{"regexp_extract", "(s, p) AS regexp_extract(s, p, 1), (s, p, g) AS regexp_extract(s, p, g)"},
	{"regexp_matches", "(s, p) AS regexp_matches(s, p)"},
	{"regexp_replace", "(s, p, r) AS regexp_replace(s, p, regexp_replace(r, '\\$([0-9])', '\\\\\\1', 'g'), 'g')"},
	{"replace", "(s, a) AS replace(s, a, ''), (s, a, b) AS CASE WHEN a = '' THEN s ELSE replace(s, a, b) END"},
	{"right", "(s, n) AS right(s, greatest(n, 0))"},
	{"rpad", "(s, n) AS CASE WHEN n <= 0 THEN '' ELSE rpad(s, n, ' ') END, (s, n, p) AS CASE WHEN n <= 0 THEN '' ELSE rpad(s, n, p) END"},
	{"rtrim", "(s) AS rtrim(s), (chars, s) AS rtrim(s, chars)"},
	{"sha2", "(s, bits) AS CASE WHEN bits IN (0, 256) THEN sha256(s) ELSE " + raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support sha2 of other lengths than 256 bits.") + " END"},
	{"space", "(n) AS repeat(' ', n)"},
	{"split", "(s, p) AS string_split_regex(s, p)"},
	{"substring", "(s, i) AS substring(s, CASE WHEN i = 0 THEN 1 ELSE i END), " +
		"(s, i, n) AS CASE WHEN n <= 0 THEN '' WHEN i < -length(s) THEN substring(s, 1, greatest(n + i + length(s), 0)) ELSE substring(s, CASE WHEN i = 0 THEN 1 ELSE i END, n) END"},
	{"uuid", "() AS CAST(uuid() AS VARCHAR)"},
}
