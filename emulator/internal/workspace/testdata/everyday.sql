-- Everyday Databricks statements, written from the SQL reference. A blank line ends a statement.
--   ?  a parameter: name TYPE value      :  the types of the columns, with | between them
--   >  a row, cells with | between them  ~  part of the error's message
--   !  the error: class and SQLSTATE     =  the names of the columns
-- A statement without any of these has to succeed. They run in this order, as one user.

CREATE SCHEMA main.everyday COMMENT 'Everyday work'

USE SCHEMA main.everyday

CREATE TABLE main.everyday.employees (id BIGINT NOT NULL, name STRING, dept STRING, salary DECIMAL(10,2), hired DATE, boss BIGINT) USING DELTA COMMENT 'People' TBLPROPERTIES ('team' = 'hr')

INSERT INTO main.everyday.employees VALUES (1, 'Ada', 'eng', 120.50, DATE'2020-01-15', NULL), (2, 'Bob', 'eng', 100.00, DATE'2021-03-01', 1), (3, 'Cy', 'ops', 80.25, DATE'2022-06-30', 1), (4, 'Di', 'ops', 90.00, DATE'2023-12-31', 3), (5, 'Ed', NULL, NULL, NULL, NULL)
> 5|5
= num_affected_rows|num_inserted_rows

CREATE TABLE main.everyday.depts (dept STRING, city STRING)

INSERT INTO main.everyday.depts (dept, city) VALUES ('eng', 'Oslo'), ('law', 'Rome')

CREATE OR REPLACE TABLE main.everyday.sales (region STRING, quarter INT, amount INT)

INSERT INTO main.everyday.sales VALUES ('n', 1, 10), ('n', 2, 20), ('s', 1, 5), ('s', 3, 7)

-- SELECT

SELECT 1 AS one, 'a' AS letter
> 1|a
: INT|STRING
= one|letter

SELECT NULL
> NULL
: VOID

SELECT true, false, NOT true
> true|false|false
: BOOLEAN|BOOLEAN|BOOLEAN

SELECT name, salary * 2 AS double_pay FROM main.everyday.employees WHERE id = 1
> Ada|241.00
: STRING|DECIMAL(12,2)

SELECT DISTINCT dept FROM main.everyday.employees ORDER BY dept
> NULL
> eng
> ops

SELECT name FROM main.everyday.employees ORDER BY dept DESC NULLS LAST, salary DESC LIMIT 2
> Di
> Cy

SELECT id FROM main.everyday.employees ORDER BY id LIMIT 2 OFFSET 1
> 2
> 3

SELECT id FROM main.everyday.employees ORDER BY id LIMIT ALL OFFSET 4
> 5

SELECT * EXCEPT (salary, hired, boss) FROM main.everyday.employees WHERE dept IS NULL
> 5|Ed|NULL
= id|name|dept

SELECT e.* FROM main.everyday.employees AS e WHERE e.name LIKE 'A%'
> 1|Ada|eng|120.50|2020-01-15|NULL
: BIGINT|STRING|STRING|DECIMAL(10,2)|DATE|BIGINT

SELECT ALL id FROM VALUES (1), (1) AS t(id)
> 1
> 1

FROM main.everyday.depts SELECT city WHERE dept = 'eng'
> Oslo

TABLE main.everyday.depts
> eng|Oslo
> law|Rome

VALUES (1, 'x'), (2, 'y')
> 1|x
> 2|y
= col1|col2

SELECT count(*) FROM main.everyday.employees TABLESAMPLE (100 PERCENT)
> 5

SELECT count(*) FROM main.everyday.employees TABLESAMPLE (3 ROWS)
> 3

SELECT id + 1 AS next, next * 2 AS twice FROM range(2)
> 1|2
> 2|4

SELECT CASE dept WHEN 'eng' THEN 'E' WHEN 'ops' THEN 'O' ELSE '?' END AS c FROM main.everyday.employees ORDER BY id
> E
> E
> O
> O
> ?

WITH a AS (SELECT 1 AS x), b(y) AS (SELECT x + 1 FROM a) SELECT x, y FROM a CROSS JOIN b
> 1|2

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n ORDER BY i
> 1
> 2
> 3

SELECT id FROM range(10, 0, -4)
> 10
> 6
> 2

SELECT name FROM main.everyday.employees WHERE salary > (SELECT avg(salary) FROM main.everyday.employees) ORDER BY name
> Ada
> Bob

SELECT name FROM main.everyday.employees e WHERE EXISTS (SELECT 1 FROM main.everyday.employees b WHERE b.boss = e.id) ORDER BY 1
> Ada
> Cy

SELECT name FROM main.everyday.employees WHERE dept IN (SELECT dept FROM main.everyday.depts) AND id NOT IN (2)
> Ada

SELECT name FROM main.everyday.employees WHERE hired BETWEEN '2021-01-01' AND '2022-12-31' ORDER BY name
> Bob
> Cy

SELECT 1 AS `a b`, 2 AS `c``d`
> 1|2
= a b|c`d

SELECT "double quoted", 'it''s', r'raw\n'
> double quoted|it's|raw\n

-- Joins

SELECT e.name, d.city FROM main.everyday.employees e JOIN main.everyday.depts d ON e.dept = d.dept ORDER BY e.name
> Ada|Oslo
> Bob|Oslo

SELECT dept, name, city FROM main.everyday.employees JOIN main.everyday.depts USING (dept) ORDER BY name
> eng|Ada|Oslo
> eng|Bob|Oslo

SELECT e.name FROM main.everyday.employees e LEFT ANTI JOIN main.everyday.depts d ON e.dept = d.dept ORDER BY name
> Cy
> Di
> Ed

SELECT name FROM main.everyday.employees e LEFT SEMI JOIN main.everyday.depts d ON e.dept = d.dept ORDER BY name
> Ada
> Bob

SELECT count(*) FROM main.everyday.employees e FULL OUTER JOIN main.everyday.depts d ON e.dept = d.dept
> 6

SELECT d.city, e.name FROM main.everyday.employees e RIGHT JOIN main.everyday.depts d ON e.dept = d.dept WHERE e.name IS NULL
> Rome|NULL

SELECT e.name, b.name AS boss FROM main.everyday.employees e LEFT JOIN main.everyday.employees b ON e.boss = b.id ORDER BY e.id LIMIT 2
> Ada|NULL
> Bob|Ada

SELECT t.id, s.x FROM range(2) t, LATERAL (SELECT t.id * 10 AS x) s ORDER BY 1
> 0|0
> 1|10

SELECT * FROM (SELECT 1 AS a) NATURAL JOIN (SELECT 1 AS a, 2 AS b)
> 1|2

-- Groups

SELECT dept, count(*) AS n, sum(salary) AS s, avg(salary) AS a FROM main.everyday.employees GROUP BY dept HAVING count(*) > 1 ORDER BY dept
> eng|2|220.50|110.250000
> ops|2|170.25|85.125000
: STRING|BIGINT|DECIMAL(20,2)|DECIMAL(14,6)

SELECT dept, max(name) FROM main.everyday.employees GROUP BY ALL ORDER BY ALL
> NULL|Ed
> eng|Bob
> ops|Di

SELECT region, quarter, sum(amount) FROM main.everyday.sales GROUP BY ROLLUP (region, quarter) ORDER BY region NULLS LAST, quarter NULLS LAST
> n|1|10
> n|2|20
> n|NULL|30
> s|1|5
> s|3|7
> s|NULL|12
> NULL|NULL|42

SELECT region, sum(amount) FROM main.everyday.sales GROUP BY region WITH ROLLUP ORDER BY region NULLS LAST
> n|30
> s|12
> NULL|42

SELECT region, quarter, sum(amount), grouping(region), grouping_id(region, quarter) FROM main.everyday.sales WHERE quarter = 1 GROUP BY CUBE (region, quarter) ORDER BY 5, 1
> n|1|10|0|0
> s|1|5|0|0
> n|NULL|10|0|1
> s|NULL|5|0|1
> NULL|1|15|1|2
> NULL|NULL|15|1|3
: STRING|INT|BIGINT|TINYINT|BIGINT

SELECT region, quarter, sum(amount) FROM main.everyday.sales GROUP BY GROUPING SETS ((region), ()) ORDER BY region
! UNRESOLVED_COLUMN.WITH_SUGGESTION 42703

SELECT region, sum(amount) AS total FROM main.everyday.sales GROUP BY region GROUPING SETS ((region), ()) ORDER BY total
> s|12
> n|30
> NULL|42

SELECT quarter, sum(amount) FILTER (WHERE region = 'n') AS n FROM main.everyday.sales GROUP BY quarter ORDER BY 1
> 1|10
> 2|20
> 3|NULL

SELECT 1 AS k, count(*) GROUP BY 1
> 1|1

-- Windows

SELECT name, row_number() OVER (PARTITION BY dept ORDER BY salary DESC) AS r, rank() OVER (ORDER BY dept) AS k, dense_rank() OVER (ORDER BY dept) AS d FROM main.everyday.employees ORDER BY id
> Ada|1|2|2
> Bob|2|2|2
> Cy|2|4|3
> Di|1|4|3
> Ed|1|1|1
: STRING|INT|INT|INT

SELECT id, lag(id) OVER w, lead(id, 1, -1) OVER w, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM range(3) WINDOW w AS (ORDER BY id) ORDER BY id
> 0|NULL|1|0
> 1|0|2|1
> 2|1|-1|3

SELECT id, first_value(id) OVER (ORDER BY id), last_value(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value(id, 2) OVER (ORDER BY id), ntile(2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY id), cume_dist() OVER (ORDER BY id) FROM range(2) ORDER BY id
> 0|0|1|NULL|1|0.0|0.5
> 1|0|1|1|2|1.0|1.0

SELECT name FROM main.everyday.employees QUALIFY row_number() OVER (PARTITION BY dept ORDER BY hired) = 1 ORDER BY name
> Ada
> Cy
> Ed

-- Set operations

SELECT 1 UNION SELECT 1 UNION ALL SELECT 2 ORDER BY 1
> 1
> 2

SELECT id FROM range(4) EXCEPT SELECT id FROM range(2) ORDER BY id
> 2
> 3

SELECT id FROM range(4) INTERSECT SELECT id FROM range(2) ORDER BY id
> 0
> 1

(SELECT 1 AS a) UNION ALL (SELECT 2) ORDER BY a DESC
> 2
> 1

-- LATERAL VIEW, table functions, PIVOT

SELECT k, c FROM (SELECT 'a' AS k, array(1, 2) AS xs) LATERAL VIEW explode(xs) t AS c
> a|1
> a|2

SELECT k, p, c FROM (SELECT 'a' AS k, array('x', 'y') AS xs) LATERAL VIEW posexplode(xs) t AS p, c
> a|0|x
> a|1|y
: STRING|INT|STRING

SELECT k, c FROM (SELECT 'a' AS k, CAST(NULL AS ARRAY<INT>) AS xs) LATERAL VIEW OUTER explode(xs) t AS c
> a|NULL

SELECT k, v FROM (SELECT map('a', 1, 'b', 2) AS m) LATERAL VIEW explode(m) t AS k, v ORDER BY k
> a|1
> b|2

SELECT explode(map('a', 1))
> a|1
= key|value

SELECT posexplode(array(10, 20))
> 0|10
> 1|20
= pos|col

SELECT * FROM explode(array(1, 2)) AS t(x)
> 1
> 2

SELECT inline(array(struct(1, 'a'), struct(2, 'b')))
> 1|a
> 2|b

SELECT stack(2, 1, 'a', 2, 'b')
> 1|a
> 2|b

SELECT t.id, e.x FROM (SELECT 1 AS id, array(7, 8) AS xs) t, LATERAL explode(t.xs) AS e(x)
> 1|7
> 1|8

SELECT * FROM main.everyday.sales PIVOT (sum(amount) FOR quarter IN (1, 2, 3)) ORDER BY region
> n|10|20|NULL
> s|5|NULL|7
= region|1|2|3

SELECT * FROM (SELECT region, quarter, amount FROM main.everyday.sales) PIVOT (sum(amount) AS total FOR quarter IN (1 AS q1, 2 AS q2)) ORDER BY region
> n|10|20
> s|5|NULL
= region|q1|q2

SELECT * FROM (SELECT 'a' AS id, 1 AS x, 2 AS y) UNPIVOT (val FOR name IN (x, y))
> a|x|1
> a|y|2
= id|name|val

-- Strings

SELECT concat('a', 'b', 1), concat_ws('-', 'a', NULL, 'b'), 'a' || 'b'
> ab1|a-b|ab

SELECT split('a,b,c', ','), split('a,b,c', ',', 2), split_part('a.b.c', '.', 2), substring_index('www.apache.org', '.', 2)
> ["a","b","c"]|["a","b,c"]|b|www.apache

SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1), regexp_replace('100-200', '(\\d+)', 'num'), regexp_extract_all('a1b2', '[a-z](\\d)', 1), regexp_count('abab', 'ab'), regexp_substr('x12', '\\d+'), regexp_like('abc', '^a'), regexp_instr('abc', 'c')
> 100|num-num|["1","2"]|2|12|true|3

SELECT 'Spark' RLIKE '^S.*k$', 'abc' LIKE ANY ('x%', 'a%'), 'abc' LIKE ALL ('a%', '%c'), 'ABC' ILIKE '%b%', 'abc' NOT LIKE 'b%', 'abc' LIKE SOME ('z')
> true|true|true|true|true|false

SELECT format_string('%s has %d and %.2f', 'x', 3, 1.5), lpad('7', 3, '0'), rpad('a', 3, 'xy'), initcap('hello wORLD'), reverse('abc'), repeat('ab', 2)
> x has 3 and 1.50|007|axy|Hello World|cba|abab

SELECT instr('SparkSQL', 'SQL'), locate('b', 'abcb', 3), position('bar', 'foobarbar'), charindex('a', 'banana', 3), length('Spark '), char_length('é'), octet_length('é'), bit_length('a')
> 6|4|4|4|6|1|2|8
: INT|INT|INT|INT|INT|INT|INT|INT

SELECT trim('  a '), ltrim('  a'), rtrim('a  '), btrim(' a '), trim(BOTH 'x' FROM 'xax'), trim(LEADING 'x' FROM 'xax')
> a|a|a|a|a|ax

SELECT upper('a'), lower('A'), ucase('b'), lcase('B'), left('Spark', 2), right('Spark', 2), substr('Spark' FROM 2 FOR 2), substring('Spark', -3, 2), mid('Spark', 2, 1)
> A|a|B|b|Sp|rk|pa|ar|p

SELECT levenshtein('kitten', 'sitting'), soundex('Miller'), ascii('A'), chr(65), char(66), translate('AaBb', 'ab', '12'), overlay('SparkSQL' PLACING '_' FROM 6), space(2) || '.'
> 3|M460|65|A|B|A1B2|Spark_QL|  .

SELECT startswith('Spark', 'Sp'), endswith('Spark', 'rk'), contains('Spark', 'par'), find_in_set('b', 'a,b,c'), elt(2, 'x', 'y'), field('b', 'a', 'b')
! UNRESOLVED_ROUTINE 42883

SELECT startswith('Spark', 'Sp'), endswith('Spark', 'rk'), contains('Spark', 'par'), find_in_set('b', 'a,b,c'), elt(2, 'x', 'y')
> true|true|true|2|y

SELECT md5('Spark'), sha1('Spark'), sha2('Spark', 256), crc32('Spark'), hash('Spark', array(123), 2)
> 8cde774d6f7333752ed72cacddb05126|85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c|529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b|1557323817|-1321691492

SELECT base64('Spark SQL'), string(unbase64('U3Bhcms=')), hex('Spark'), hex(17), unhex('537061726B'), encode('a', 'utf-8'), decode(X'61', 'utf-8')
> U3BhcmsgU1FM|Spark|537061726B|11|U3Bhcms=|YQ==|a

SELECT url_encode('a b&c'), url_decode('a+b'), parse_url('https://x.org/p?q=1', 'HOST'), parse_url('https://x.org/p?q=1', 'QUERY', 'q')
> a+b%26c|a b|x.org|1

SELECT sentences('Hi there! Bye.')
> [["Hi","there"],["Bye"]]

SELECT format_number(12332.1234, 2), to_number('1,234', '9,999'), to_char(1234, '9,999'), printf('%05d', 42)
> 12,332.12|1234|1,234|00042

-- Numbers

SELECT 1/2, 10 div 3, 7 % 3, mod(-7, 3), pmod(-7, 3), 2 * 3.5, 5 - 1.25
> 0.5|3|1|-1|2|7.0|3.75
: DOUBLE|BIGINT|INT|INT|INT|DECIMAL(4,1)|DECIMAL(4,2)

SELECT 1.0 / 3, CAST(10 AS DECIMAL(10,2)) / CAST(4 AS DECIMAL(10,2)), 1.5 + 2.25, 1.5 * 1.5
> 0.333333|2.5000000000000|3.75|2.25
: DECIMAL(7,6)|DECIMAL(23,13)|DECIMAL(4,2)|DECIMAL(5,2)

SELECT round(2.5), round(-2.5), round(3.14159, 2), round(1234.5, -2), bround(2.5, 0), bround(3.5), round(2.5D), round(12345, -2)
> 3|-3|3.14|1200|2|4|3.0|12300
: DECIMAL(2,0)|DECIMAL(2,0)|DECIMAL(4,2)|DECIMAL(5,0)|DECIMAL(2,0)|DECIMAL(2,0)|DOUBLE|INT

SELECT ceil(1.2), ceiling(-1.2), floor(-1.2), ceil(5), ceil(3.1411, 2), floor(3.1415, 3)
> 2|-1|-2|5|3.15|3.141
: DECIMAL(2,0)|DECIMAL(2,0)|DECIMAL(2,0)|BIGINT|DECIMAL(4,2)|DECIMAL(5,3)

SELECT abs(-5), sign(-2.0), signum(3), negative(4), positive(4), sqrt(16), cbrt(27.0), power(2, 10), pow(2, 0.5) > 1.41, exp(0), ln(1), log(2, 8), log10(100), log2(8), log1p(0), expm1(0)
> 5|-1.0|1.0|-4|4|4.0|3.0|1024.0|true|1.0|0.0|3.0|2.0|3.0|0.0|0.0

SELECT sin(0), cos(0), tan(0), asin(0), acos(1), atan(0), atan2(0, 1), sinh(0), degrees(pi()), radians(180) = pi(), hypot(3, 4), e() > 2.71
> 0.0|1.0|0.0|0.0|0.0|0.0|0.0|0.0|180.0|true|5.0|true

SELECT conv('100', 2, 10), conv('ff', 16, 10), bin(13), hex(255), factorial(5), width_bucket(5.3, 0.2, 10.6, 5), greatest(1, 5, 3), least('b', 'a'), bit_count(7), shiftleft(2, 1), shiftright(4, 1)
> 4|255|1101|FF|120|3|5|a|3|4|2

SELECT try_divide(1, 0), try_add(2147483647, 1), try_subtract(1, 2), try_multiply(2, 3), try_cast('x' AS INT), nanvl(CAST('NaN' AS DOUBLE), 1.0D), isnan(CAST('NaN' AS DOUBLE))
> NULL|NULL|-1|6|NULL|1.0|true

SELECT 5 & 3, 5 | 3, 5 ^ 3, ~5, -(-2), + 3
> 1|7|6|-6|2|3

SELECT 1e3, 1.5D, 2.5F, 3BD, 10L, 1S, 1Y, 1.25
> 1000.0|1.5|2.5|3|10|1|1|1.25
: DOUBLE|DOUBLE|FLOAT|DECIMAL(1,0)|BIGINT|SMALLINT|TINYINT|DECIMAL(3,2)

SELECT rand(1) < 1, randn() IS NOT NULL, uniform(1, 10) BETWEEN 1 AND 10
> true|true|true

-- Dates

SELECT date_add(DATE'2024-01-31', 1), date_sub('2024-01-31', 1), dateadd(MONTH, 1, DATE'2024-01-31'), date_add(WEEK, 1, DATE'2024-01-31'), dateadd(DAY, 2, TIMESTAMP'2024-01-01 10:00:00')
> 2024-02-01|2024-01-30|2024-02-29T00:00:00.000Z|2024-02-07T00:00:00.000Z|2024-01-03T10:00:00.000Z
: DATE|DATE|TIMESTAMP|TIMESTAMP|TIMESTAMP

SELECT datediff('2024-01-10', '2024-01-01'), datediff(MONTH, DATE'2024-01-15', DATE'2024-03-14'), timestampdiff(HOUR, TIMESTAMP'2024-01-01 00:00:00', TIMESTAMP'2024-01-01 05:30:00'), date_diff(DAY, DATE'2024-01-01', DATE'2024-01-03')
> 9|1|5|2
: INT|BIGINT|BIGINT|BIGINT

SELECT timestampadd(MINUTE, 90, TIMESTAMP'2024-01-01 00:00:00'), date_trunc('MONTH', DATE'2024-05-17'), date_trunc('hour', TIMESTAMP'2024-05-17 10:20:30'), trunc(DATE'2024-05-17', 'YEAR'), trunc('2024-05-17', 'quarter')
> 2024-01-01T01:30:00.000Z|2024-05-01T00:00:00.000Z|2024-05-17T10:00:00.000Z|2024-01-01|2024-04-01

SELECT add_months('2024-01-31', 1), months_between('1997-02-28 10:30:00', '1996-10-30'), last_day('2024-02-05'), next_day('2015-01-14', 'TU'), make_date(2024, 2, 29), make_timestamp(2024, 1, 2, 3, 4, 5.5)
> 2024-02-29|3.94959677|2024-02-29|2015-01-20|2024-02-29|2024-01-02T03:04:05.500Z

SELECT to_date('2024-01-05'), to_date('05/01/2024', 'dd/MM/yyyy'), to_timestamp('2024-01-05 10:11:12'), to_timestamp('05.01.2024 10:11', 'dd.MM.yyyy HH:mm'), try_to_timestamp('x'), date('2024-01-05'), timestamp('2024-01-05')
> 2024-01-05|2024-01-05|2024-01-05T10:11:12.000Z|2024-01-05T10:11:00.000Z|NULL|2024-01-05|2024-01-05T00:00:00.000Z
: DATE|DATE|TIMESTAMP|TIMESTAMP|TIMESTAMP|DATE|TIMESTAMP

SELECT date_format(DATE'2024-01-05', 'EEEE, d MMMM yyyy'), date_format('2024-01-05 13:04:05', 'yyyyMMdd HH:mm:ss a'), date_format(TIMESTAMP'2024-01-05 13:04:05.678', "yyyy-MM-dd'T'HH:mm:ss.SSS"), date_format(DATE'2024-05-05', 'Q'), date_format(DATE'2024-01-05', 'E')
> Friday, 5 January 2024|20240105 13:04:05 PM|2024-01-05T13:04:05.678|2|Fri

SELECT unix_timestamp('2024-01-01 00:00:00'), unix_timestamp('01/01/2024', 'dd/MM/yyyy'), from_unixtime(0), from_unixtime(0, 'yyyy-MM-dd'), to_unix_timestamp('1970-01-02'), unix_date(DATE'1970-01-02'), date_from_unix_date(1), unix_millis(TIMESTAMP'1970-01-01 00:00:01'), unix_seconds(TIMESTAMP'1970-01-01 00:00:01')
> 1704067200|1704067200|1970-01-01 00:00:00|1970-01-01|86400|1|1970-01-02|1000|1

SELECT extract(YEAR FROM DATE'2024-05-17'), extract(DAYOFWEEK FROM DATE'2024-05-17'), extract(SECOND FROM TIMESTAMP'2024-01-01 00:00:05.5'), date_part('month', DATE'2024-05-17'), datepart('day', DATE'2024-05-17'), extract(WEEK FROM DATE'2024-05-17')
> 2024|6|5.500000|5|17|20
: INT|INT|DECIMAL(8,6)|INT|INT|INT

SELECT year(d), quarter(d), month(d), day(d), dayofmonth(d), dayofweek(d), weekday(d), dayofyear(d), weekofyear(d), dayname(d), monthname(d) FROM (SELECT DATE'2024-05-17' AS d)
> 2024|2|5|17|17|6|4|138|20|Fri|May

SELECT hour('2024-01-01 10:20:30'), minute(TIMESTAMP'2024-01-01 10:20:30'), second(TIMESTAMP'2024-01-01 10:20:30')
> 10|20|30

SELECT current_date() = current_date, current_timestamp() = now(), typeof(current_date), current_timezone()
> true|true|date|Etc/UTC

SELECT DATE'2024-01-31' + INTERVAL 1 MONTH, TIMESTAMP'2024-01-01 00:00:00' + INTERVAL '2 hours 30 minutes', DATE'2024-01-10' - INTERVAL '3' DAY, DATE'2024-01-01' + 5, DATE'2024-01-01' - 1, TIMESTAMP'2024-01-01' - INTERVAL '1 02:00:00' DAY TO SECOND
> 2024-02-29|2024-01-01T02:30:00.000Z|2024-01-07|2024-01-06|2023-12-31|2023-12-30T22:00:00.000Z

SELECT sequence(DATE'2024-01-01', DATE'2024-01-03', INTERVAL 1 DAY), sequence(DATE'2024-01-01', DATE'2024-03-01', INTERVAL 1 MONTH), explode(sequence(1, 1))
> ["2024-01-01","2024-01-02","2024-01-03"]|["2024-01-01","2024-02-01","2024-03-01"]|1
: ARRAY<DATE>|ARRAY<DATE>|INT

SELECT DATE'2024-03-10' - DATE'2024-03-01'
> 9 00:00:00.000000000
: INTERVAL DAY

SELECT to_utc_timestamp('2024-01-01 12:00:00', 'Asia/Seoul'), from_utc_timestamp('2024-01-01 12:00:00', 'Asia/Seoul'), convert_timezone('UTC', 'Asia/Seoul', TIMESTAMP_NTZ'2024-01-01 12:00:00')
> 2024-01-01T03:00:00.000Z|2024-01-01T21:00:00.000Z|2024-01-01T21:00:00.000
: TIMESTAMP|TIMESTAMP|TIMESTAMP_NTZ

SELECT timestamp_seconds(1.5), timestamp_millis(1500), timestamp_micros(1500000)
> 1970-01-01T00:00:01.500Z|1970-01-01T00:00:01.500Z|1970-01-01T00:00:01.500Z

SELECT window.start, sum(v) FROM VALUES (TIMESTAMP'2024-01-01 00:01:00', 1), (TIMESTAMP'2024-01-01 00:04:00', 2), (TIMESTAMP'2024-01-01 00:06:00', 3) AS t(ts, v) GROUP BY window(ts, '5 minutes') ORDER BY 1
> 2024-01-01T00:00:00.000Z|3
> 2024-01-01T00:05:00.000Z|3

-- Conditions and casts

SELECT iff(1 > 0, 'y', 'n'), if(false, 1, 2), nvl(NULL, 1), nvl2(NULL, 1, 2), ifnull(NULL, 3), nullif(1, 1), coalesce(NULL, NULL, 4), decode(2, 1, 'one', 2, 'two', 'many'), decode(NULL, NULL, 'null'), nullifzero(0), zeroifnull(NULL)
> y|2|1|2|3|NULL|4|two|null|NULL|0

SELECT NULL <=> NULL, 1 <=> NULL, 1 IS DISTINCT FROM 2, true IS TRUE, NULL IS NOT TRUE, NULL IS UNKNOWN, isnull(1), isnotnull(1), 1 != 2, 1 <> 1
> true|false|true|true|true|true|false|true|true|false

SELECT int('42'), bigint(1), double('1.5'), string(1), boolean('true'), float(1), decimal(5), date('2024-01-05'), smallint(1), tinyint(1), binary('a'), timestamp('2024-01-05 10:00:00')
> 42|1|1.5|1|true|1.0|5|2024-01-05|1|1|YQ==|2024-01-05T10:00:00.000Z
: INT|BIGINT|DOUBLE|STRING|BOOLEAN|FLOAT|DECIMAL(10,0)|DATE|SMALLINT|TINYINT|BINARY|TIMESTAMP

SELECT '5'::INT + 1, '1.5'::DECIMAL(3,1), 5.9::INT, '2024-01-05'::DATE, 1::STRING, 'yes'::BOOLEAN, 0::BOOLEAN
> 6|1.5|5|2024-01-05|1|true|false

SELECT CAST(array(1, 2) AS ARRAY<STRING>), CAST('12.345' AS DECIMAL(5,2)), CAST(DATE'2024-01-05' AS TIMESTAMP), CAST(1.5D AS STRING), CAST(1e20D AS STRING), CAST(X'61' AS STRING), CAST('a' AS VARCHAR(10))
> ["1","2"]|12.35|2024-01-05T00:00:00.000Z|1.5|1.0E20|a|a

SELECT CAST(array(1, 2) AS STRING), CAST(map('a', 1) AS STRING), CAST(named_struct('a', 1, 'b', 'x') AS STRING), CAST(array('x', NULL) AS STRING)
> [1, 2]|{a -> 1}|{1, x}|[x, null]

SELECT typeof(1), typeof('a'), typeof(1.5), typeof(array(1)), typeof(map('a', 1)), typeof(named_struct('x', 1)), typeof(NULL), typeof(1L), typeof(current_timestamp())
> int|string|decimal(2,1)|array<int>|map<string,int>|struct<x:int>|void|bigint|timestamp

SELECT 1 = '1', '2' > 1, 1 + '1', '3' * 2, 1 IN ('1', '2')
> true|true|2|6|true

-- JSON

SELECT get_json_object('{"a":{"b":[1,2]},"c":"x"}', '$.a.b[1]'), get_json_object('{"c":"x"}', '$.c'), get_json_object('{"a":{"b":1}}', '$.a'), get_json_object('{}', '$.z')
> 2|x|{"b":1}|NULL

SELECT j:name, j:address.city, j:tags[0], j:age::INT + 1, j:['name'] FROM (SELECT '{"name":"Ada","age":36,"address":{"city":"London"},"tags":["x","y"]}' AS j)
> Ada|London|x|37|Ada

SELECT t.j:a.b:c FROM (SELECT '{"a":{"b":{"c":5}}}' AS j) t
> 5

SELECT from_json('{"a":1,"b":0.8,"c":["x"]}', 'a INT, b DOUBLE, c ARRAY<STRING>')
> {"a":"1","b":"0.8","c":["x"]}
: STRUCT<a: INT, b: DOUBLE, c: ARRAY<STRING>>

SELECT from_json('{"a":1}', 'struct<a:bigint>').a, from_json('[1,2]', 'array<int>')[1], from_json('{"x":1}', 'MAP<STRING, INT>')['x']
> 1|2|1

SELECT to_json(named_struct('a', 1, 'b', array(1, 2))), to_json(map('k', 'v')), to_json(array(1, 2)), to_json(named_struct('d', DATE'2024-01-05', 'n', NULL))
> {"a":1,"b":[1,2]}|{"k":"v"}|[1,2]|{"d":"2024-01-05"}

SELECT json_tuple('{"a":1,"b":"x"}', 'a', 'b')
> 1|x
= c0|c1

SELECT a, b FROM (SELECT '{"a":1,"b":"x"}' AS j) LATERAL VIEW json_tuple(j, 'a', 'b') t AS a, b
> 1|x

SELECT schema_of_json('{"a":1,"b":["x"]}'), json_array_length('[1,2,3]'), json_object_keys('{"a":1,"b":2}')
> STRUCT<a: BIGINT, b: ARRAY<STRING>>|3|["a","b"]

-- Complex types

SELECT array(1, 2, 3), array(1, 2)[0], map('a', 1, 'b', 2), map('a', 1)['a'], struct(1, 'x'), named_struct('a', 1).a, array(), map()
> ["1","2","3"]|1|{"a":"1","b":"2"}|1|{"col1":"1","col2":"x"}|1|[]|{}

SELECT element_at(array(1, 2, 3), 2), element_at(array(1, 2, 3), -1), element_at(map('a', 1), 'a'), element_at(map('a', 1), 'z'), try_element_at(array(1), 5), get(array(1), 9)
> 2|3|1|NULL|NULL|NULL

SELECT sort_array(array(3, NULL, 1)), sort_array(array(1, 2), false), array_sort(array(3, NULL, 1)), array_sort(array(1, 3, 2), (l, r) -> CASE WHEN l < r THEN 1 WHEN l > r THEN -1 ELSE 0 END)
> [null,"1","3"]|["2","1"]|["1","3",null]|["3","2","1"]

SELECT array_distinct(array(1, 2, 1)), array_union(array(1, 2), array(2, 3)), array_except(array(1, 2), array(2)), array_intersect(array(1, 2), array(2, 3)), array_compact(array(1, NULL)), array_remove(array(1, 2, 1), 1), array_repeat('a', 2)
> ["1","2"]|["1","2","3"]|["1"]|["2"]|["1"]|["2"]|["a","a"]

SELECT array_join(array('a', 'b'), '-'), array_join(array('a', NULL), ',', '?'), array_position(array(3, 2, 1), 1), array_contains(array(1, 2), 2), array_max(array(1, 3)), array_min(array(1, 3)), array_size(array(1, 2)), size(map('a', 1)), cardinality(array(1)), arrays_overlap(array(1, 2), array(2))
> a-b|a,?|3|true|3|1|2|1|1|true

SELECT arrays_zip(array(1, 2), array('a', 'b')), flatten(array(array(1), array(2, 3))), slice(array(1, 2, 3, 4), 2, 2), slice(array(1, 2, 3), -2, 2), sequence(1, 5, 2), sequence(3, 1), array_append(array(1), 2), array_prepend(array(1), 0), array_insert(array(1, 3), 2, 2), reverse(array(1, 2)), concat(array(1), array(2)), shuffle(array(1))
> [{"0":"1","1":"a"},{"0":"2","1":"b"}]|["1","2","3"]|["2","3"]|["2","3"]|["1","3","5"]|["3","2","1"]|["1","2"]|["0","1"]|["1","2","3"]|["2","1"]|["1","2"]|["1"]

SELECT transform(array(1, 2), x -> x * 2), transform(array(1, 2), (x, i) -> x + i), filter(array(1, 2, 3), x -> x % 2 = 1), exists(array(1, 2), x -> x > 1), forall(array(1, 2), x -> x > 0), aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x), reduce(array(1, 2, 3), 10, (acc, x) -> acc + x, acc -> acc * 10), zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)
> ["2","4"]|["1","3"]|["1","3"]|true|true|6|160|["4","6"]

SELECT map_keys(map('a', 1, 'b', 2)), map_values(map('a', 1)), map_entries(map('a', 1)), map_from_arrays(array('a', 'b'), array(1, 2)), map_from_entries(array(struct('a', 1))), map_concat(map('a', 1), map('b', 2)), map_contains_key(map('a', 1), 'a'), str_to_map('a:1,b:2')
> ["a","b"]|["1"]|[{"key":"a","value":"1"}]|{"a":"1","b":"2"}|{"a":"1"}|{"a":"1","b":"2"}|true|{"a":"1","b":"2"}

SELECT transform_values(map('a', 1), (k, v) -> v + 1), transform_keys(map('a', 1), (k, v) -> upper(k)), map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1), map_zip_with(map('a', 1), map('a', 2), (k, v1, v2) -> v1 + v2)
> {"a":"2"}|{"A":"1"}|{"b":"2"}|{"a":"3"}

SELECT s.a, s.b.c FROM (SELECT named_struct('a', 1, 'b', named_struct('c', 'x')) AS s)
> 1|x

SELECT s.* FROM (SELECT named_struct('a', 1, 'b', 2) AS s)
> 1|2
= a|b

-- Aggregates

SELECT count(*), count(dept), count(DISTINCT dept), count_if(salary > 90), approx_count_distinct(dept), sum(id), avg(id), min(name), max(hired) FROM main.everyday.employees
> 5|4|2|2|2|15|3.0|Ada|2023-12-31
: BIGINT|BIGINT|BIGINT|BIGINT|BIGINT|BIGINT|DOUBLE|STRING|DATE

SELECT sort_array(collect_list(dept)), sort_array(collect_set(dept)), sort_array(array_agg(DISTINCT dept)) FROM main.everyday.employees
> ["eng","eng","ops","ops"]|["eng","ops"]|["eng","ops"]

SELECT percentile(id, 0.5), percentile_approx(id, 0.5), approx_percentile(id, array(0.5)), median(id), mode(dept), percentile_cont(0.5) WITHIN GROUP (ORDER BY id), percentile_disc(0.5) WITHIN GROUP (ORDER BY id) FROM main.everyday.employees WHERE id < 5 AND dept IS NOT NULL AND id <> 4
> 2.0|2|["2"]|2.0|eng|2.0|2.0

SELECT max_by(name, salary), min_by(name, salary), any_value(1), first(name), last(name), first_value(id), bool_and(id > 0), bool_or(id > 4), every(id > 1), some(id = 1), any(id = 1) FROM main.everyday.employees
> Ada|Cy|1|Ada|Ed|1|true|true|false|true|true

SELECT stddev(id), stddev_samp(id), stddev_pop(id), variance(id), var_pop(id), corr(id, id * 2), covar_pop(id, id), covar_samp(id, id), skewness(id), kurtosis(id) < 0 FROM range(1, 4)
> 1.0|1.0|0.816496580927726|1.0|0.6666666666666666|1.0|0.6666666666666666|1.0|0.0|true

SELECT listagg(name, ', ') WITHIN GROUP (ORDER BY name), string_agg(dept, '|') WITHIN GROUP (ORDER BY id) FROM main.everyday.employees WHERE id < 4
> Ada, Bob, Cy|eng|eng|ops

SELECT bit_and(id), bit_or(id), bit_xor(id), product(id), sum(DISTINCT id % 2), try_sum(id), try_avg(id), regr_slope(id, id), first(NULL, true), any_value(id) FROM range(2, 3)
! UNRESOLVED_ROUTINE 42883

SELECT bit_and(id), bit_or(id), bit_xor(id), sum(DISTINCT id % 2), try_sum(id), try_avg(id), any_value(id), first(x, true) FROM (SELECT id, nullif(id, 2) AS x FROM range(2, 4))
> 2|3|1|1|5|2.5|2|3

SELECT histogram_numeric(id, 2) IS NOT NULL, max(struct(id, 'a')).id, min(array(id)) FROM range(2)
> true|1|["0"]

SELECT sum(amount) AS total, round(avg(amount), 2) AS mean FROM main.everyday.sales
> 42|10.5
: BIGINT|DOUBLE

-- DDL and DML

CREATE TABLE IF NOT EXISTS main.everyday.kinds (a TINYINT, b SMALLINT, c INT, d BIGINT, e FLOAT, f DOUBLE, g DECIMAL(12,3), h STRING, i VARCHAR(20), j BINARY, k BOOLEAN, l DATE, m TIMESTAMP, n TIMESTAMP_NTZ, o ARRAY<INT>, p MAP<STRING, INT>, q STRUCT<x: INT, y: STRING>) USING DELTA CLUSTER BY (c)

INSERT INTO main.everyday.kinds VALUES (1, 2, 3, 4, 1.5, 2.5, 1.25, 's', 'v', X'61', true, DATE'2024-01-05', TIMESTAMP'2024-01-05 10:00:00', TIMESTAMP_NTZ'2024-01-05 10:00:00', array(1), map('a', 1), named_struct('x', 1, 'y', 'z'))
> 1|1

SELECT * FROM main.everyday.kinds
> 1|2|3|4|1.5|2.5|1.250|s|v|YQ==|true|2024-01-05|2024-01-05T10:00:00.000Z|2024-01-05T10:00:00.000|["1"]|{"a":"1"}|{"x":"1","y":"z"}

CREATE TABLE main.everyday.orders (id BIGINT GENERATED ALWAYS AS IDENTITY, at TIMESTAMP, day DATE GENERATED ALWAYS AS (CAST(at AS DATE)), status STRING DEFAULT 'new', price INT NOT NULL COMMENT 'in cents') TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')

INSERT INTO main.everyday.orders (at, price) VALUES (TIMESTAMP'2024-01-05 10:00:00', 5), (TIMESTAMP'2024-01-06 10:00:00', 7)
> 2|2

SELECT id, day, status, price FROM main.everyday.orders ORDER BY id
> 1|2024-01-05|new|5
> 2|2024-01-06|new|7

INSERT INTO main.everyday.orders (at, status, price) VALUES (NULL, DEFAULT, 1)
> 1|1

INSERT INTO main.everyday.orders (at, price) VALUES (NULL, NULL)
! DELTA_NOT_NULL_CONSTRAINT_VIOLATED 23502

CREATE TABLE main.everyday.copy AS SELECT id, name FROM main.everyday.employees
> 5|5

CREATE OR REPLACE TABLE main.everyday.copy COMMENT 'again' AS SELECT id, name, dept FROM main.everyday.employees WHERE id < 4

CREATE VIEW main.everyday.engineers (id, name COMMENT 'who') COMMENT 'Engineers only' AS SELECT id, name FROM main.everyday.employees WHERE dept = 'eng'

SELECT * FROM main.everyday.engineers ORDER BY id
> 1|Ada
> 2|Bob

CREATE OR REPLACE VIEW main.everyday.engineers AS SELECT id, name FROM main.everyday.employees WHERE dept = 'eng'

INSERT INTO main.everyday.copy BY NAME SELECT 'Zed' AS name, 9L AS id, 'x' AS dept
> 1|1

INSERT INTO main.everyday.copy TABLE main.everyday.copy
> 4|4

INSERT INTO TABLE main.everyday.copy (id, name) SELECT 10, 'Ten'
> 1|1

INSERT OVERWRITE main.everyday.copy SELECT id, name, dept FROM main.everyday.employees WHERE id <= 2

INSERT INTO main.everyday.copy REPLACE WHERE id = 2 VALUES (2, 'Bo', 'eng')

SELECT count(*), max(name) FROM main.everyday.copy
> 2|Bo

UPDATE main.everyday.copy SET name = upper(name), dept = 'x' WHERE id = 1
> 1
= num_affected_rows

UPDATE main.everyday.copy AS c SET c.name = 'none' WHERE c.id = 99
> 0

DELETE FROM main.everyday.copy WHERE id = 2
> 1

DELETE FROM main.everyday.copy AS c WHERE c.dept IN (SELECT dept FROM main.everyday.depts)
> 0

MERGE INTO main.everyday.copy t USING main.everyday.employees s ON t.id = s.id WHEN MATCHED AND s.id = 1 THEN UPDATE SET t.name = s.name, t.dept = s.dept WHEN NOT MATCHED AND s.id < 4 THEN INSERT (id, name, dept) VALUES (s.id, s.name, s.dept)
> 3|1|0|2
= num_affected_rows|num_updated_rows|num_deleted_rows|num_inserted_rows

MERGE INTO main.everyday.copy USING (SELECT 1L AS id, 'Ada2' AS name, 'eng' AS dept UNION ALL SELECT 7L, 'New', 'law') AS s ON copy.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT * WHEN NOT MATCHED BY SOURCE AND copy.id = 3 THEN DELETE
> 3|1|1|1

MERGE INTO main.everyday.copy t USING (SELECT 7L AS id) s ON t.id = s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET dept = 'none'
> 3|2|1|0

SELECT * FROM main.everyday.copy ORDER BY id
> 1|Ada2|none
> 2|Bob|none

ALTER TABLE main.everyday.copy ADD COLUMN age INT COMMENT 'years'

ALTER TABLE main.everyday.copy ADD COLUMNS (x STRING, y DOUBLE)

ALTER TABLE main.everyday.copy SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')

ALTER TABLE main.everyday.copy RENAME COLUMN x TO z

ALTER TABLE main.everyday.copy DROP COLUMN y

ALTER TABLE main.everyday.copy DROP COLUMNS (z)

ALTER TABLE main.everyday.copy ALTER COLUMN age COMMENT 'full years'

ALTER TABLE main.everyday.copy ALTER COLUMN age TYPE BIGINT

ALTER TABLE main.everyday.copy ALTER COLUMN dept SET DEFAULT 'none'

ALTER TABLE main.everyday.copy ALTER COLUMN id SET NOT NULL

ALTER TABLE main.everyday.copy ADD CONSTRAINT positive CHECK (id > 0)

INSERT INTO main.everyday.copy (id, name) VALUES (-1, 'no')
! DELTA_VIOLATE_CONSTRAINT_WITH_VALUES 23001

ALTER TABLE main.everyday.copy DROP CONSTRAINT positive

ALTER TABLE main.everyday.copy RENAME TO main.everyday.renamed

SELECT id, age FROM main.everyday.renamed ORDER BY id
> 1|NULL
> 2|NULL
: BIGINT|BIGINT

ALTER VIEW main.everyday.engineers RENAME TO main.everyday.engs

ALTER VIEW main.everyday.engs AS SELECT id FROM main.everyday.employees

COMMENT ON TABLE main.everyday.renamed IS 'Renamed'

COMMENT ON COLUMN main.everyday.renamed.name IS 'who'

COMMENT ON SCHEMA main.everyday IS 'All days'

TRUNCATE TABLE main.everyday.renamed

SELECT count(*) FROM main.everyday.renamed
> 0

-- Rules of tables

CREATE TABLE main.everyday.tickets (id BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 100 INCREMENT BY 10), title STRING NOT NULL, opened TIMESTAMP DEFAULT current_timestamp(), year INT GENERATED ALWAYS AS (year(due)), due DATE, points DECIMAL(5,1) DEFAULT 0.5, CONSTRAINT tickets_pk PRIMARY KEY (id)) PARTITIONED BY (year) TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported')

INSERT INTO main.everyday.tickets (title, due) VALUES ('one', DATE'2024-05-01')
> 1|1

INSERT INTO main.everyday.tickets (id, title, due, points) VALUES (7, 'two', DATE'2025-05-01', DEFAULT)
> 1|1

SELECT id, title, year, points, opened IS NOT NULL FROM main.everyday.tickets ORDER BY id
> 7|two|2025|0.5|true
> 100|one|2024|0.5|true
: BIGINT|STRING|INT|DECIMAL(5,1)|BOOLEAN

INSERT INTO main.everyday.tickets (title, due, year) VALUES ('wrong', DATE'2024-05-01', 1999)
! DELTA_VIOLATE_CONSTRAINT_WITH_VALUES 23001

UPDATE main.everyday.tickets SET due = DATE'2026-01-01', points = DEFAULT WHERE id = 7
> 1

SHOW PARTITIONS main.everyday.tickets
> 2024
> 2026
= year

SHOW PARTITIONS main.everyday.depts
! DELTA_SHOW_PARTITION_IN_NON_PARTITIONED_TABLE 42809

UPDATE main.everyday.tickets SET id = 1
! DELTA_IDENTITY_COLUMNS_UPDATE_NOT_SUPPORTED 42808

INSERT INTO main.everyday.tickets (due) VALUES (DATE'2024-05-01')
! DELTA_NOT_NULL_CONSTRAINT_VIOLATED 23502
~ NOT NULL constraint violated for column: title

INSERT INTO main.everyday.orders (id, price) VALUES (5, 5)
! DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED 42808

MERGE INTO main.everyday.tickets t USING (SELECT 'three' AS title, DATE'2027-01-01' AS due) s ON t.title = s.title WHEN NOT MATCHED THEN INSERT (title, due) VALUES (s.title, s.due)
> 1|0|0|1

SELECT year, points FROM main.everyday.tickets WHERE title = 'three'
> 2027|0.5

ALTER TABLE main.everyday.tickets ADD CONSTRAINT dated CHECK (due > DATE'2000-01-01' AND points >= 0)

UPDATE main.everyday.tickets SET points = -1 WHERE title = 'one'
! DELTA_VIOLATE_CONSTRAINT_WITH_VALUES 23001
~ CHECK constraint dated

ALTER TABLE main.everyday.tickets ADD CONSTRAINT late CHECK (due > DATE'2026-06-01')
! DELTA_NEW_CHECK_CONSTRAINT_VIOLATION 23512

ALTER TABLE main.everyday.tickets ADD CONSTRAINT dated CHECK (points < 10)
! DELTA_CONSTRAINT_ALREADY_EXISTS 42710

ALTER TABLE main.everyday.tickets DROP CONSTRAINT nowhere
! DELTA_CONSTRAINT_DOES_NOT_EXIST 42704

ALTER TABLE main.everyday.tickets DROP CONSTRAINT IF EXISTS nowhere

SELECT constraint_name, constraint_type FROM main.information_schema.table_constraints WHERE table_name = 'tickets' ORDER BY 1
> dated|CHECK
> tickets_pk|PRIMARY KEY

CREATE TABLE main.everyday.broken (a INT DEFAULT 'x')
! INVALID_DEFAULT_VALUE.DATA_TYPE 42623

CREATE TABLE main.everyday.broken (a INT GENERATED ALWAYS AS IDENTITY)
! DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE 428H8

CREATE TABLE main.everyday.ghost LIKE main.everyday.tickets

SELECT count(*) FROM main.everyday.ghost
> 0

CREATE TABLE main.everyday.twin DEEP CLONE main.everyday.depts

SELECT * FROM main.everyday.twin ORDER BY city
> eng|Oslo
> law|Rome

INSERT INTO main.everyday.twin (city) VALUES (1)
> 1|1

INSERT INTO main.everyday.sales VALUES ('x', 1, 3000000000)
! CAST_OVERFLOW_IN_TABLE_INSERT 22003
~ to the "INT" type column or variable `amount`

WITH two AS (SELECT 'hr' AS dept, 'Bonn' AS city) INSERT INTO main.everyday.twin SELECT * FROM two
> 1|1

INSERT INTO main.everyday.twin REPLACE WHERE dept = 'hr' SELECT 'law', 'Bern'
! DELTA_REPLACE_WHERE_MISMATCH 44000

INSERT OVERWRITE main.everyday.tickets PARTITION (year = 2024) (title, due) VALUES ('again', DATE'2024-02-02')
> 1|1

ALTER TABLE main.everyday.twin ADD COLUMN first INT FIRST, second STRING AFTER dept

SELECT * FROM main.everyday.twin WHERE dept = 'eng'
> NULL|eng|NULL|Oslo
= first|dept|second|city

ALTER TABLE main.everyday.twin ALTER COLUMN city AFTER first

DESCRIBE TABLE main.everyday.twin city
> col_name|city
> data_type|string
> comment|NULL
= info_name|info_value

ALTER TABLE main.everyday.twin ALTER COLUMN city SET NOT NULL

ALTER TABLE main.everyday.twin ALTER COLUMN first SET NOT NULL
! DELTA_NEW_NOT_NULL_VIOLATION 23512

ALTER TABLE main.everyday.twin ALTER COLUMN first TYPE STRING
! DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP 0AKDC

ALTER TABLE main.everyday.twin ALTER COLUMN city DROP NOT NULL

ALTER TABLE main.everyday.twin DROP COLUMN IF EXISTS nowhere

ALTER TABLE main.everyday.twin SET TAGS ('cost' = 'low', 'team' = 'hr')

SELECT tag_name, tag_value FROM main.information_schema.table_tags WHERE table_name = 'twin' ORDER BY 1
> cost|low
> team|hr

ALTER TABLE main.everyday.twin UNSET TAGS ('cost')

ALTER TABLE main.everyday.twin UNSET TBLPROPERTIES ('nowhere')
! UNSET_NONEXISTENT_PROPERTIES 42K0J

ALTER TABLE main.everyday.twin CLUSTER BY (dept)

ALTER TABLE main.everyday.twin OWNER TO `ben@example.com`

ALTER SCHEMA main.everyday SET DBPROPERTIES ('stage' = 'test')

VACUUM main.everyday.twin
= path

REFRESH TABLE main.everyday.twin

DESCRIBE HISTORY main.everyday.tickets LIMIT 1
= version|timestamp|userId|userName|operation|operationParameters|job|notebook|clusterId|readVersion|isolationLevel|isBlindAppend|operationMetrics|userMetadata|engineInfo

CREATE TABLE main.everyday.boxes (x INT, s STRUCT<x: INT>)

UPDATE main.everyday.boxes SET s.x = 1
! UNSUPPORTED_FEATURE 0A000

DROP VIEW main.everyday.boxes
! WRONG_COMMAND_FOR_OBJECT_TYPE 42809

CREATE FUNCTION main.everyday.shout(s STRING, mark STRING DEFAULT '!') RETURNS STRING RETURN upper(s) || mark

SELECT main.everyday.shout('a'), main.everyday.shout('a', '?')
> A!|A?

CREATE FUNCTION main.everyday.of_dept(d STRING) RETURNS TABLE (id BIGINT, name STRING) RETURN SELECT id, name FROM main.everyday.employees WHERE dept = d

SELECT name FROM main.everyday.of_dept('ops') ORDER BY id
> Cy
> Di

SHOW USER FUNCTIONS IN main.everyday
> main.everyday.of_dept
> main.everyday.shout
= function

DESCRIBE FUNCTION main.everyday.shout
= function_desc

DROP FUNCTION main.everyday.shout

CREATE VOLUME main.everyday.files COMMENT 'Files'

SHOW VOLUMES IN main.everyday
> everyday|files
= database|volume_name

DROP VOLUME main.everyday.files

CREATE TEMPORARY VIEW short AS SELECT 1 AS one

EXECUTE IMMEDIATE 'SELECT ? + 1 AS next' USING 41
> 42
= next

SET ansi_mode = true
= key|value

SET TIME ZONE 'UTC'

SHOW TABLE EXTENDED IN main.everyday LIKE 'tw*'
= database|tableName|isTemporary|information

SHOW CURRENT NAMESPACE
= catalog|namespace

ALTER VIEW main.everyday.engs RENAME TO main.everyday.engs
! TABLE_OR_VIEW_ALREADY_EXISTS 42P07

CREATE MATERIALIZED VIEW main.everyday.kept AS SELECT 1 AS a
! UNSUPPORTED_FEATURE 0A000

COPY INTO main.everyday.depts FROM '/tmp/x' FILEFORMAT = CSV
! UNSUPPORTED_FEATURE 0A000

SELECT name
FROM main.everyday.employees
WHERE id = = 1
! PARSE_SYNTAX_ERROR 42601
~ == SQL ==

-- SHOW, DESCRIBE, information_schema

SHOW CATALOGS
> main
> samples
> system
= catalog

SHOW SCHEMAS IN main LIKE 'every*'
> everyday
= databaseName

SHOW TABLES IN main.everyday LIKE 'd*'
> everyday|depts|false
= database|tableName|isTemporary

SHOW VIEWS IN main.everyday
> everyday|engs|false|false
= namespace|viewName|isTemporary|isMaterialized

SHOW COLUMNS IN main.everyday.depts
> dept
> city
= col_name

SHOW TBLPROPERTIES main.everyday.employees ('team')
> team|hr
= key|value

SHOW GRANTS ON SCHEMA main.everyday
= Principal|ActionType|ObjectType|ObjectKey

SHOW CREATE TABLE main.everyday.depts
= createtab_stmt

DESCRIBE TABLE main.everyday.depts
> dept|string|NULL
> city|string|NULL
= col_name|data_type|comment

DESC main.everyday.renamed
> id|bigint|NULL
> name|string|who
> dept|string|NULL
> age|bigint|full years

DESCRIBE TABLE EXTENDED main.everyday.depts

DESCRIBE SCHEMA main.everyday
= database_description_item|database_description_value

DESCRIBE SCHEMA EXTENDED main.everyday

DESCRIBE CATALOG main

DESCRIBE QUERY SELECT 1 AS a
> a|int|NULL

DESCRIBE DETAIL main.everyday.depts

DESCRIBE HISTORY main.everyday.depts

DESCRIBE FUNCTION upper

SHOW FUNCTIONS LIKE 'upper'

EXPLAIN SELECT * FROM main.everyday.depts
= plan

EXPLAIN EXTENDED SELECT 1

SELECT table_name, table_type FROM main.information_schema.tables WHERE table_schema = 'everyday' AND table_name IN ('depts', 'engs') ORDER BY table_name
> depts|MANAGED
> engs|VIEW

SELECT column_name, ordinal_position, data_type, is_nullable FROM main.information_schema.columns WHERE table_schema = 'everyday' AND table_name = 'depts' ORDER BY ordinal_position
> dept|1|STRING|YES
> city|2|STRING|YES

SELECT schema_name FROM main.information_schema.schemata WHERE schema_name = 'everyday'
> everyday

SELECT table_catalog, table_name FROM system.information_schema.tables WHERE table_schema = 'everyday' AND table_name = 'depts'
> main|depts

SELECT catalog_name FROM system.information_schema.catalogs WHERE catalog_name = 'main'
> main

-- Names, parameters, session

SELECT count(*) FROM IDENTIFIER(:t)
? t STRING main.everyday.depts
> 2

SELECT IDENTIFIER(:c) FROM main.everyday.depts ORDER BY 1
? c STRING city
> Oslo
> Rome

SELECT :a, :b, :c, :d, :e, :f, :g
? a INT 1
? b STRING it's
? c DATE 2024-01-05
? d DECIMAL(4,2) 1.50
? e BOOLEAN true
? f TIMESTAMP 2024-01-05 10:00:00
? g BIGINT 9
> 1|it's|2024-01-05|1.50|true|2024-01-05T10:00:00.000Z|9
: INT|STRING|DATE|DECIMAL(4,2)|BOOLEAN|TIMESTAMP|BIGINT

SELECT name FROM main.everyday.employees WHERE dept = :d AND salary > :s ORDER BY id LIMIT :n
? d STRING eng
? s DOUBLE 50
? n INT 1
> Ada

SELECT current_user(), current_catalog(), current_schema(), current_database(), current_user, session_user()
> ana@example.com|main|default|default|ana@example.com|ana@example.com

SELECT * FROM main.everyday.depts VERSION AS OF 0
! UNSUPPORTED_FEATURE 0A000

SET VAR x = 1
! UNSUPPORTED_FEATURE 0A000

OPTIMIZE main.everyday.depts

ANALYZE TABLE main.everyday.depts COMPUTE STATISTICS

GRANT SELECT ON TABLE main.everyday.depts TO `ben@example.com`

REVOKE SELECT ON TABLE main.everyday.depts FROM `ben@example.com`

-- Errors

SELECT 1/0
! DIVIDE_BY_ZERO 22012
~ Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.

SELECT CAST('abc' AS INT)
! CAST_INVALID_INPUT 22018
~ The value 'abc' of the type "STRING" cannot be cast to "INT" because it is malformed.

SELECT int('1x')
! CAST_INVALID_INPUT 22018

SELECT to_date('2024-13-01')
! CAST_INVALID_INPUT 22018

SELECT 1 + 'a'
! CAST_INVALID_INPUT 22018
~ cannot be cast to "BIGINT"

SELECT 2147483647 + 1
! ARITHMETIC_OVERFLOW 22003
~ integer overflow. Use 'try_add' to tolerate overflow and return NULL instead.

SELECT CAST(3000000000 AS INT)
! CAST_OVERFLOW 22003

SELECT nam FROM main.everyday.employees
! UNRESOLVED_COLUMN.WITH_SUGGESTION 42703
~ A column, variable, or function parameter with name `nam` cannot be resolved. Did you mean one of the following? [`name`

SELECT e.nope FROM main.everyday.employees e
! UNRESOLVED_COLUMN.WITH_SUGGESTION 42703

SELECT * FROM main.everyday.nowhere
! TABLE_OR_VIEW_NOT_FOUND 42P01
~ The table or view `main`.`everyday`.`nowhere` cannot be found.

SELECT * FROM main.nowhere.t
! TABLE_OR_VIEW_NOT_FOUND 42P01

SHOW TABLES IN main.nowhere
! SCHEMA_NOT_FOUND 42704

USE CATALOG nowhere
! NO_SUCH_CATALOG_EXCEPTION 42704

SELEC 1
! PARSE_SYNTAX_ERROR 42601
~ Syntax error at or near 'SELEC'

SELECT * FORM t
! PARSE_SYNTAX_ERROR 42601

SELECT nosuch(1)
! UNRESOLVED_ROUTINE 42883
~ Cannot resolve routine `nosuch` on search path

SELECT dept, name, count(*) FROM main.everyday.employees GROUP BY dept
! MISSING_AGGREGATION 42803
~ "name"

SELECT name, count(*) FROM main.everyday.employees
! MISSING_GROUP_BY 42803

SELECT dept FROM main.everyday.employees e JOIN main.everyday.depts d ON e.dept = d.dept
! AMBIGUOUS_REFERENCE 42704
~ Reference `dept` is ambiguous

CREATE TABLE main.everyday.depts (a INT)
! TABLE_OR_VIEW_ALREADY_EXISTS 42P07

CREATE SCHEMA main.everyday
! SCHEMA_ALREADY_EXISTS 42P06

SELECT array(1)[3]
! INVALID_ARRAY_INDEX 22003
~ The index 3 is out of bounds. The array has 1 elements.

SELECT element_at(array(1), 5)
! INVALID_ARRAY_INDEX_IN_ELEMENT_AT 22003

SELECT element_at(array(1), 0)
! INVALID_INDEX_OF_ZERO 22003

SELECT abs('x', 1)
! WRONG_NUM_ARGS.WITHOUT_SUGGESTION 42605

SELECT 1 + array(1)
! DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES 42K09

SELECT sum(name) FROM main.everyday.employees WHERE id = 1
! CAST_INVALID_INPUT 22018

SELECT id FROM main.everyday.employees WHERE count(*) > 1
! INVALID_WHERE_CONDITION 42903

SELECT 1 UNION SELECT 1, 2
! NUM_COLUMNS_MISMATCH 42826

SELECT raise_error('boom')
! USER_RAISED_EXCEPTION P0001
~ boom

SELECT assert_true(1 > 2)
! USER_RAISED_EXCEPTION P0001

SELECT :missing
! UNBOUND_SQL_PARAMETER 42P02

INSERT INTO main.everyday.depts VALUES (1)
! INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS 21S01

INSERT INTO main.everyday.employees (id) VALUES ('x')
! CAST_INVALID_INPUT 22018

UPDATE main.everyday.depts SET nope = 1
! UNRESOLVED_COLUMN.WITH_SUGGESTION 42703

CREATE VIEW main.everyday.bad AS SELECT * FROM main.everyday.nowhere
! TABLE_OR_VIEW_NOT_FOUND 42P01

SELECT (SELECT id FROM main.everyday.employees)
! SCALAR_SUBQUERY_TOO_MANY_ROWS 21000

DROP TABLE main.everyday.nowhere
! TABLE_OR_VIEW_NOT_FOUND 42P01

DROP SCHEMA main.everyday
! SCHEMA_NOT_EMPTY 2BP01

SELECT make_date(2024, 13, 1)
! DATETIME_FIELD_OUT_OF_BOUNDS 22023

DROP VIEW IF EXISTS main.everyday.nowhere

DROP VIEW main.everyday.engs

DROP TABLE IF EXISTS main.everyday.renamed

UNDROP TABLE main.everyday.renamed
! UNSUPPORTED_FEATURE 0A000

DROP SCHEMA main.everyday CASCADE

DROP SCHEMA IF EXISTS main.everyday RESTRICT
