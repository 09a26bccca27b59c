package dialect

// numberMacros are the functions of numbers, conditions and aggregates that differ.
var numberMacros = []macro{
	{"ceil", "(x HUGEINT) AS CAST(x AS BIGINT), (x DECIMAL(38,18)) AS CAST(ceil(x) AS BIGINT), (x DOUBLE) AS CAST(ceil(x) AS BIGINT)"},
	{"floor", "(x HUGEINT) AS CAST(x AS BIGINT), (x DECIMAL(38,18)) AS CAST(floor(x) AS BIGINT), (x DOUBLE) AS CAST(floor(x) AS BIGINT)"},
	{"e", "() AS CAST(2.718281828459045 AS DOUBLE)"},
	{"iff", "(a, b, c) AS CASE WHEN a THEN b ELSE c END"},
	{"isnotnull", "(x) AS x IS NOT NULL"},
	{"isnull", "(x) AS x IS NULL"},
	{"log", "(x) AS ln(x), (b, x) AS ln(x) / ln(b)"},
	{"nullif", "(a, b) AS CASE WHEN a = b THEN NULL ELSE a END"},
	{"nvl", "(a, b) AS coalesce(a, b)"},
	{"nvl2", "(a, b, c) AS CASE WHEN a IS NOT NULL THEN b ELSE c END"},
	{"percentile", "(x, p) AS quantile_cont(CAST(x AS DOUBLE), p)"},
	{"pmod", "(a, b) AS CASE WHEN b = 0 THEN " + modByZero + " ELSE ((a % b) + b) % b END"},
	{"sign", "(x) AS CAST(sign(x) AS DOUBLE)"},
	{"try_divide", "(a, b) AS CASE WHEN b = 0 THEN NULL ELSE a / b END"},
	{"zeroifnull", "(x) AS coalesce(x, 0)"},
	{"array_agg", "(x) AS coalesce(list(x) FILTER (WHERE x IS NOT NULL), [])"},
	{"collect_set", "(x) AS coalesce(list(DISTINCT x) FILTER (WHERE x IS NOT NULL), [])"},
}
