package dialect

// dateParts are the parts of extract() and date_part() that are integers, in the
// spellings that Databricks and DuckDB share.
const dateParts = "'year', 'years', 'y', 'quarter', 'month', 'months', 'week', 'weeks', 'day', 'days', 'd', 'doy', 'hour', 'hours', 'minute', 'minutes'"

func intPart(name, part string) macro {
	return macro{name, "(d DATE) AS CAST(date_part('" + part + "', d) AS INTEGER), (d TIMESTAMPTZ) AS CAST(date_part('" + part + "', d) AS INTEGER), (d TIMESTAMP) AS CAST(date_part('" + part + "', d) AS INTEGER), (d VARCHAR) AS CAST(date_part('" + part + "', CAST(d AS TIMESTAMP)) AS INTEGER)"}
}

// dateMacros are the functions of dates and times.
var dateMacros = []macro{
	intPart("year", "year"), intPart("quarter", "quarter"), intPart("month", "month"), intPart("day", "day"),
	intPart("dayofyear", "doy"), intPart("weekofyear", "week"), intPart("hour", "hour"), intPart("minute", "minute"), intPart("second", "second"),
	{"dayofweek", "(d) AS CAST(date_part('dow', CAST(d AS DATE)) AS INTEGER) + 1"},
	{"weekday", "(d) AS CAST(date_part('isodow', CAST(d AS DATE)) AS INTEGER) - 1"},
	{"date_part", "(p, d) AS CASE WHEN lower(p) IN (" + dateParts + ") THEN CAST(date_part(p, d) AS INTEGER) ELSE " +
		raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support this part of a date or time.") + " END"},
	{"add_months", "(d, n) AS CASE WHEN TRUE THEN CAST(CAST(d AS DATE) + to_months(CAST(n AS INTEGER)) AS DATE) END"},
	{"curdate", "() AS today()"},
	{"date_add", "(d, n) AS CAST(d AS DATE) + CAST(n AS INTEGER)"},
	{"date_sub", "(d, n) AS CAST(d AS DATE) - CAST(n AS INTEGER)"},
	{"datediff", "(e, s) AS CAST(CAST(e AS DATE) - CAST(s AS DATE) AS INTEGER)"},
	{"date_trunc", "(u, t) AS date_trunc(u, CAST(t AS TIMESTAMPTZ))"},
	{"from_unixtime", "(n) AS strftime(to_timestamp(CAST(n AS BIGINT)) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S')"},
	{"last_day", "(d) AS last_day(CAST(d AS DATE))"},
	{"now", "() AS now()"},
	{"timestamp_seconds", "(n) AS to_timestamp(n)"},
	{"timestamp_millis", "(n) AS CAST(make_timestamp(n * 1000) AS TIMESTAMPTZ)"},
	{"timestamp_micros", "(n) AS CAST(make_timestamp(n) AS TIMESTAMPTZ)"},
	{"timestampdiff", "(u, s, e) AS CAST(date_sub(u, CAST(s AS TIMESTAMP), CAST(e AS TIMESTAMP)) AS BIGINT)"},
	{"to_date", "(s) AS CAST(s AS DATE)"},
	{"to_timestamp", "(s) AS CAST(s AS TIMESTAMPTZ)"},
	{"trunc", "(d, f) AS CASE WHEN lower(f) IN ('year', 'yyyy', 'yy', 'quarter', 'month', 'mon', 'mm', 'week') THEN " +
		"CAST(date_trunc(CASE lower(f) WHEN 'yyyy' THEN 'year' WHEN 'yy' THEN 'year' WHEN 'mon' THEN 'month' WHEN 'mm' THEN 'month' ELSE lower(f) END, CAST(d AS DATE)) AS DATE) END"},
	{"unix_timestamp", "() AS CAST(epoch(now()) AS BIGINT), (t) AS CAST(floor(epoch(CAST(t AS TIMESTAMPTZ))) AS BIGINT)"},
}
