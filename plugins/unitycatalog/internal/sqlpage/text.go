package sqlpage

import "net/url"

// The page's texts.
const (
	textTitle       = "SQL"
	textStatement   = "Statement"
	textRun         = "Run"
	textCancel      = "Cancel"
	textCatalog     = "Catalog"
	textSchema      = "Schema"
	textNoSchema    = "(none)"
	textLimit       = "Rows"
	textAllRows     = "All rows"
	textUpdate      = "Update"
	textUpdateHint  = "Update the schemas of the catalog and the fields of the parameters"
	textParameters  = "Parameters"
	textType        = "Type of :"
	textNull        = "NULL"
	textTooLong     = "The statement is too long for a link"
	textTooLongHint = "It runs as any other; the address of this page holds its result for you alone, and not its text."
	textTooLarge    = "The statement is larger than 1 MiB. Put what is long into a table, or run it in parts."
	textNotShown    = "The statement is too large to be shown again. Go back in your browser to find it."
	textEmpty       = "There is no statement. Write one, and run it."
	textMissing     = "The statement has parameters: give them values, then run it."
	textNeedsValue  = "needs a value; choose NULL for none"

	textSave      = "Save this query"
	textName      = "Name"
	textSaveDo    = "Save"
	textSaved     = "The query is saved."
	textNameEmpty = "The query needs a name to be saved."

	textNoResult     = "No result yet"
	textNoResultHint = "Run a statement: its rows are shown here."
	textTryExample   = "Try an example"
	textPending      = "Waiting for the SQL warehouse"
	textStarting     = "The SQL warehouse is starting. This can take some minutes; the statement runs as soon as it is there."
	textRunning      = "Running"
	textReload       = "Reload"
	textCanceled     = "The statement was cancelled"
	textGone         = "The result is gone"
	textFailed       = "The statement failed"
	textNotRun       = "The statement was not run"
	textExpired      = "Your session has ended"
	textExpiredHint  = "Reload the page to sign in again: what you have written is kept."
	textNoRows       = "No rows"
	textNoRowsHint   = "The statement has succeeded, and gives no rows."
	textTable        = "Table"
	textChart        = "Chart"
	textViews        = "Views of the result"
	textResult       = "Result"
	textDownload     = "Download CSV"
	textLink         = "Link to this query"
	textPages        = "Pages of the result"
	textCut          = "The result is cut"
	textCutHint      = "There are more rows than you have asked for. Choose more rows below the editor."
	textSortLarge    = "More than 200,000 rows are not sorted here: sort with ORDER BY."
	textFirstColumns = "These are the first %s of %s columns. The CSV has all of them."
	textWholeCell    = "all "
	textNoChart      = "Nothing to draw"
	textNoChartHint  = "A chart needs a column of numbers."
	textChartKind    = "Kind"
	textChartTitle   = "%s by %s"
	textAcross       = "Across"
	textUp           = "Values"
	textDraw         = "Draw"
	textSeveral      = "(several)"
	textBars         = "Bars"
	textLines        = "Lines"
	textPoints       = "Points"
	textHistogram    = "Histogram"
	textTook         = "Took"
	textRunAt        = "Run"
	textRecent       = "Recent queries"
	textSavedQueries = "Saved queries"
	textAllQueries   = "All queries"
	textOpen         = "Open"
	textNoRecent     = "What you run is listed here, for you alone."
	textNoSaved      = "Queries that you save are listed here, for you alone."
	textOneRow       = "1 row"
	textRowCount     = "%s rows"
	textOfRows       = " of "
	textChartOfFirst = "The chart shows the first %s rows."
	textBinaryPrefix = "0x"
)

// hints say what to do about an error, by the beginning of its class.
var hints = []struct{ class, hint string }{
	{"PARSE_", "Check the spelling of keywords, commas and brackets around the underlined place."},
	{"UNRESOLVED_COLUMN", "Check the column's name: the editor completes the names of a table behind FROM."},
	{"TABLE_OR_VIEW_NOT_FOUND", "Check catalog and schema below the editor, or write the whole name: catalog.schema.table."},
	{"SCHEMA_NOT_FOUND", "Check the catalog below the editor, or write the whole name: catalog.schema."},
	{"UNRESOLVED_ROUTINE", "Check the function's name and the number of its arguments."},
	{"UNBOUND_SQL_PARAMETER", "Give every :name of the statement a value."},
	{"INVALID_PARAMETER_MARKER_VALUE", "Check the value and the type of the parameter."},
	{"DIVIDE_BY_ZERO", "Use try_divide to get NULL instead."},
	{"CAST_INVALID_INPUT", "Use try_cast to get NULL instead."},
	{"DATATYPE_MISMATCH", "Convert one side with CAST."},
	{"INSUFFICIENT_PERMISSIONS", "Ask the owner for the privilege that is named."},
	{"PERMISSION_DENIED", "Ask the owner for the privilege that is named."},
	{"MISSING_AGGREGATION", "Put the column behind GROUP BY, or into an aggregate such as max."},
	{"WAREHOUSE", "Ask an administrator of the app."},
	{"TOO_MANY_RUNS", "Open the running ones from your other tabs, and cancel what you do not need."},
}

// scriptTexts are what the page's script says.
var scriptTexts = map[string]string{
	"ended": textExpired, "failed": "The statement could not be sent", "kept": "What you have written stays here.",
	"requestId": "Request id ",
}

// example is a query that needs no table. It has a parameter, and its result can be drawn.
var example = url.Values{
	fieldStatement: {"SELECT id, id * id AS square\nFROM range(100)\nWHERE id < :below"}, prefixType + "below": {"INT"}, prefixValue + "below": {"20"},
}
