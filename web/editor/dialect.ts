import { SQLDialect } from "@codemirror/lang-sql";

/** Words that completion offers in upper case. */
export const keywords =
  "add after all alter always analyze and anti any array as asc at between both by call cascade case cast catalog catalogs change check clear " +
  "cluster clustered clustering column columns comment commit compact constraint copy cost create cross cube current current_date current_timestamp " +
  "current_user database databases day deep default delete delta desc describe detail distinct distribute drop else end escape every " +
  "except exclude execute exists explain extended external extract false fields filter first following for foreign format from full function " +
  "functions generated global grant group grouping groups having history hour identifier if ignore immediate in index inner insert intersect interval into is " +
  "join json key keys last lateral leading left like ilike limit list local location map match matched materialized merge minus minute month " +
  "names natural next no not null nulls of offset on only optimize option or order out outer over overlaps overwrite partition partitioned " +
  "partitions percent pivot preceding primary procedure qualify range recover recursive references refresh regexp rename repair replace " +
  "respect restore restrict returns revoke right rlike rollup row rows sample schema schemas second select semi set sets show sort start " +
  "streaming struct table tables tablesample tblproperties temp temporary then ties to trailing transaction transform true truncate " +
  "type unbounded union unique unknown unpivot unset update use user using vacuum values version view views volume volumes when where " +
  "window with within year zone zorder";

const types =
  "bigint binary boolean byte date decimal double float int integer interval long map numeric object real short smallint string struct " +
  "timestamp timestamp_ntz timestamp_ltz tinyint array variant void";

const builtin =
  "abs aggregate approx_count_distinct array_agg array_contains avg bit_and ceil ceiling coalesce collect_list collect_set concat concat_ws " +
  "count count_if date_add date_diff date_format date_sub date_trunc dateadd datediff day dayofweek dense_rank element_at exp explode filter " +
  "first_value floor format_number from_json get_json_object greatest hash hour ifnull initcap isnull lag last_value lead least length ln log lower lpad " +
  "ltrim max md5 mean median min minute mod month named_struct ntile now nullif nvl parse_json percentile percentile_approx posexplode pow " +
  "power quarter rand rank regexp_extract regexp_replace repeat replace reverse round row_number rpad rtrim second sequence sha2 sign " +
  "size sort_array split sqrt stddev substr substring sum timestampadd timestampdiff to_date to_json to_timestamp transform trim trunc " +
  "try_cast try_divide try_add unix_timestamp upper uuid variance weekofyear year";

/** SQL as warehouses read it. */
export const sql = SQLDialect.define({
  keywords,
  types,
  builtin,
  backslashEscapes: true,
  doubleQuotedStrings: true,
  identifierQuotes: "`",
  operatorChars: "*+-%<>!=&|~^/",
  specialVar: ":?",
  caseInsensitiveIdentifiers: true,
});

export const functions = builtin;
