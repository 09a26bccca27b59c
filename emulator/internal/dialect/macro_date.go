package dialect

func intPart(name, part string) macro {
	return macro{name, "(d DATE) AS CAST(date_part('" + part + "', d) AS INTEGER), (d TIMESTAMPTZ) AS CAST(date_part('" + part + "', d) AS INTEGER), (d TIMESTAMP) AS CAST(date_part('" + part + "', d) AS INTEGER), (d VARCHAR) AS CAST(date_part('" + part + "', CAST(d AS TIMESTAMP)) AS INTEGER)"}
}

// weekdayNumber is the ISO number of the day that w names in English.
const weekdayNumber = "CASE WHEN lower(w) IN ('mo', 'mon', 'monday') THEN 1 WHEN lower(w) IN ('tu', 'tue', 'tuesday') THEN 2 WHEN lower(w) IN ('we', 'wed', 'wednesday') THEN 3 " +
	"WHEN lower(w) IN ('th', 'thu', 'thursday') THEN 4 WHEN lower(w) IN ('fr', 'fri', 'friday') THEN 5 WHEN lower(w) IN ('sa', 'sat', 'saturday') THEN 6 WHEN lower(w) IN ('su', 'sun', 'sunday') THEN 7 END"

// monthsBetween counts months of 31 days, except between the same days of a month or the
// last ones.
const monthsBetween = "round((year(CAST(a AS TIMESTAMP)) - year(CAST(b AS TIMESTAMP))) * 12 + month(CAST(a AS TIMESTAMP)) - month(CAST(b AS TIMESTAMP)) + " +
	"CASE WHEN day(CAST(a AS TIMESTAMP)) = day(CAST(b AS TIMESTAMP)) OR CAST(a AS DATE) = last_day(CAST(a AS DATE)) AND CAST(b AS DATE) = last_day(CAST(b AS DATE)) THEN 0 " +
	"ELSE ((day(CAST(a AS TIMESTAMP)) - day(CAST(b AS TIMESTAMP))) * 86400 + epoch(CAST(CAST(a AS TIMESTAMP) AS TIME)) - epoch(CAST(CAST(b AS TIMESTAMP) AS TIME))) / 2678400 END, 8)"

// dateMacros are the functions of dates and times.
var dateMacros = []macro{
	intPart("year", "year"), intPart("quarter", "quarter"), intPart("month", "month"), intPart("day", "day"),
	intPart("dayofyear", "doy"), intPart("weekofyear", "week"), intPart("hour", "hour"), intPart("minute", "minute"), intPart("second", "second"),
	{"dayofweek", "(d) AS CAST(date_part('dow', CAST(d AS DATE)) AS INTEGER) + 1"},
	{"weekday", "(d) AS CAST(date_part('isodow', CAST(d AS DATE)) AS INTEGER) - 1"},
	{"as_time", "(t VARCHAR) AS CAST(t AS TIMESTAMP), (t DATE) AS CAST(t AS TIMESTAMP), (t TIMESTAMPTZ) AS timezone('UTC', t), (t TIMESTAMP) AS t, (t INTERVAL) AS " + intervals},
	{"add_months", "(d, n) AS CASE WHEN TRUE THEN CAST(CAST(d AS DATE) + to_months(CAST(n AS INTEGER)) AS DATE) END"},
	{"curdate", "() AS today()"},
	{"date_add", "(d, n) AS CAST(d AS DATE) + CAST(n AS INTEGER)"},
	{"date_sub", "(d, n) AS CAST(d AS DATE) - CAST(n AS INTEGER)"},
	{"datediff", "(e, s) AS CAST(CAST(e AS DATE) - CAST(s AS DATE) AS INTEGER)"},
	{"convert_timezone", "(target, t) AS timezone(target, CAST(t AS TIMESTAMPTZ)), (source, target, t) AS timezone(target, timezone(source, CAST(t AS TIMESTAMP)))"},
	{"current_timezone", "() AS 'Etc/UTC'"},
	{"date_from_unix_date", "(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)"},
	{"date_trunc", "(u, t) AS date_trunc(CASE lower(u) WHEN 'yyyy' THEN 'year' WHEN 'yy' THEN 'year' WHEN 'mm' THEN 'month' WHEN 'mon' THEN 'month' WHEN 'dd' THEN 'day' ELSE lower(u) END, CAST(t AS TIMESTAMPTZ))"},
	{"dayname", "(d) AS strftime(CAST(d AS TIMESTAMP), '%a')"},
	{"from_utc_timestamp", "(t, zone) AS timezone('UTC', timezone(zone, CAST(t AS TIMESTAMPTZ)))"},
	{"make_timestamp", "(y, mo, d, h, mi, s) AS CAST(make_timestamp(y, mo, d, h, mi, s) AS TIMESTAMPTZ)"},
	{"make_timestamp_ntz", "(y, mo, d, h, mi, s) AS make_timestamp(y, mo, d, h, mi, s)"},
	{"monthname", "(d) AS strftime(CAST(d AS TIMESTAMP), '%b')"},
	{"months_between", "(a, b) AS " + monthsBetween + ", (a, b, rounded) AS CASE WHEN rounded THEN " + monthsBetween + " ELSE " + raise("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support months_between without rounding.") + " END"},
	{"next_day", "(d, w) AS CASE WHEN " + weekdayNumber + " IS NULL THEN " +
		raiseAbout("ILLEGAL_DAY_OF_WEEK", "22009", "Illegal input for day of week: ", "w", ".") +
		" ELSE CAST(d AS DATE) + CAST((" + weekdayNumber + " - isodow(CAST(d AS DATE)) + 6) % 7 + 1 AS INTEGER) END"},
	{"from_unixtime", "(n) AS strftime(to_timestamp(CAST(n AS BIGINT)) AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M:%S')"},
	{"last_day", "(d) AS last_day(CAST(d AS DATE))"},
	{"now", "() AS now()"},
	{"timestamp_seconds", "(n) AS to_timestamp(n)"},
	{"timestamp_millis", "(n) AS CAST(make_timestamp(n * 1000) AS TIMESTAMPTZ)"},
	{"timestamp_micros", "(n) AS CAST(make_timestamp(n) AS TIMESTAMPTZ)"},
	{"timestampdiff", "(u, s, e) AS CAST(date_sub(u, CAST(s AS TIMESTAMP), CAST(e AS TIMESTAMP)) AS BIGINT)"},
	{"to_utc_timestamp", "(t, zone) AS timezone(zone, timezone('UTC', CAST(t AS TIMESTAMPTZ)))"},
	{"try_to_date", "(s) AS TRY_CAST(s AS DATE)"},
	{"try_to_timestamp", "(s) AS TRY_CAST(s AS TIMESTAMPTZ)"},
	{"unix_date", "(d) AS CAST(CAST(d AS DATE) - DATE '1970-01-01' AS INTEGER)"},
	{"unix_micros", "(t) AS epoch_us(CAST(t AS TIMESTAMPTZ))"},
	{"unix_millis", "(t) AS epoch_ms(CAST(t AS TIMESTAMPTZ))"},
	{"unix_seconds", "(t) AS CAST(floor(epoch(CAST(t AS TIMESTAMPTZ))) AS BIGINT)"},
	{"to_date", "(s) AS CAST(s AS DATE)"},
	{"to_timestamp_ntz", "(s) AS CAST(s AS TIMESTAMP)"},
	{"make_dt_interval", "() AS to_days(0), (d) AS to_days(d), (d, h) AS to_days(d) + to_hours(h), (d, h, m) AS to_days(d) + to_hours(h) + to_minutes(m), (d, h, m, s) AS to_days(d) + to_hours(h) + to_minutes(m) + to_microseconds(CAST(round(s * 1000000) AS BIGINT))"},
	{"make_ym_interval", "() AS to_years(0), (y) AS to_years(y), (y, m) AS to_years(y) + to_months(m)"},
	{"to_timestamp", "(s) AS CAST(s AS TIMESTAMPTZ)"},
	{"trunc", "(d, f) AS CASE WHEN lower(f) IN ('year', 'yyyy', 'yy', 'quarter', 'month', 'mon', 'mm', 'week') THEN " +
		"CAST(date_trunc(CASE lower(f) WHEN 'yyyy' THEN 'year' WHEN 'yy' THEN 'year' WHEN 'mon' THEN 'month' WHEN 'mm' THEN 'month' ELSE lower(f) END, CAST(d AS DATE)) AS DATE) END"},
	{"unix_timestamp", "() AS CAST(epoch(now()) AS BIGINT), (t) AS CAST(floor(epoch(CAST(t AS TIMESTAMPTZ))) AS BIGINT)"},
}
