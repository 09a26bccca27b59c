package dialect

import (
	"fmt"
	"strings"
)

// Error is a failed statement as Databricks reports it.
type Error struct {
	// Class is the error class: "DIVIDE_BY_ZERO".
	Class string
	// SQLState is the five-character SQLSTATE of the class.
	SQLState string
	// Detail is the message without class and SQLSTATE.
	Detail string
	// where says at which place of the statement, and shows it.
	where string
	// near is the token at which DuckDB's parser failed, position where in its text.
	near     string
	position int
}

// Error is the whole message: "[CLASS] detail SQLSTATE: 12345", and the place in the statement.
func (e *Error) Error() string {
	return fmt.Sprintf("[%s] %s SQLSTATE: %s%s", e.Class, e.Detail, e.SQLState, e.where)
}

func newError(class, state, format string, args ...any) *Error {
	return &Error{Class: class, SQLState: state, Detail: fmt.Sprintf(format, args...)}
}

// Unsupported says that the workspace does not serve this construct. Databricks may.
func Unsupported(construct string) *Error {
	return newError("UNSUPPORTED_FEATURE", "0A000", "This workspace does not support %s.", construct)
}

// TableNotFound says that there is no such table or view, or none that the caller may know of.
func TableNotFound(quotedName string) *Error {
	return newError("TABLE_OR_VIEW_NOT_FOUND", "42P01", "The table or view %s cannot be found. Verify the spelling and correctness of the schema and catalog.\n"+
		"If you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog.\n"+
		"To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.", quotedName)
}

// SchemaNotFound says that there is no such schema.
func SchemaNotFound(quotedName string) *Error {
	return newError("SCHEMA_NOT_FOUND", "42704", "The schema %s cannot be found. Verify the spelling and correctness of the schema and catalog.\n"+
		"To tolerate the error on drop use DROP SCHEMA IF EXISTS.", quotedName)
}

// CatalogNotFound says that there is no such catalog.
func CatalogNotFound(name string) *Error {
	return newError("NO_SUCH_CATALOG_EXCEPTION", "42704", "Catalog '%s' was not found. Please verify the catalog name and then retry the query or command again.", name)
}

// Denied wraps what the caller lacks: "User does not have SELECT on Table 'a.b.c'."
func Denied(lacks string) *Error {
	return newError("INSUFFICIENT_PERMISSIONS", "42501", "Insufficient privileges:\n%s", lacks)
}

// TooLong says that a value is longer than its column, a VARCHAR(limit), holds.
func TooLong(value string, limit int64) *Error {
	return newError("DELTA_EXCEED_CHAR_VARCHAR_LIMIT", "22001", "Value %q exceeds char/varchar type length limitation. Failed check: the length is at most %d.", value, limit)
}

// AlreadyExists says that a table, view or schema of that name exists.
func AlreadyExists(kind, quotedName string) *Error {
	class, state := "TABLE_OR_VIEW_ALREADY_EXISTS", "42P07"
	switch kind {
	case "schema":
		class, state = "SCHEMA_ALREADY_EXISTS", "42P06"
	case "catalog":
		class, state = "CATALOG_ALREADY_EXISTS", "42710"
	case "volume":
		class, state = "VOLUME_ALREADY_EXISTS", "42710"
	case "routine":
		class, state = "ROUTINE_ALREADY_EXISTS", "42723"
	}
	return newError(class, state, "Cannot create %s %s because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.", kind, quotedName)
}

// SchemaNotEmpty says that a schema can't be dropped without CASCADE.
func SchemaNotEmpty(quotedName string) *Error {
	return newError("SCHEMA_NOT_EMPTY", "2BP01", "Cannot drop a schema %s because it contains objects.\nUse DROP SCHEMA ... CASCADE to drop the schema and all its objects.", quotedName)
}

// InvalidName says that an object can't have this name.
func InvalidName(quotedName string) *Error {
	return newError("INVALID_SCHEMA_OR_RELATION_NAME", "42602", "%s is not a valid name for tables/schemas. It must not hold periods, spaces, slashes or control characters.", quotedName)
}

// InvalidParameterValue says that an argument of a statement is not what it must be.
func InvalidParameterValue(detail string) *Error {
	return newError("INVALID_PARAMETER_VALUE", "22023", "%s", detail)
}

// UnresolvedColumn says that a name is none of the columns in reach.
func UnresolvedColumn(name string) *Error {
	return newError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703", "A column, variable, or function parameter with name `%s` cannot be resolved.", name)
}

// maxSuggestions bounds the names that an error suggests.
const maxSuggestions = 5

// UnresolvedAmong says that a name is none of the columns in reach, which look like these.
func UnresolvedAmong(name string, candidates []string) *Error {
	var quoted []string
	for _, c := range candidates[:min(len(candidates), maxSuggestions)] {
		quoted = append(quoted, "`"+strings.ReplaceAll(c, ".", "`.`")+"`")
	}
	suggestion := ""
	if len(quoted) > 0 {
		suggestion = " Did you mean one of the following? [" + strings.Join(quoted, ", ") + "]."
	}
	return newError("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", "A column, variable, or function parameter with name `%s` cannot be resolved.%s", name, suggestion)
}

// MissingGroupBy says that a query without GROUP BY mixes aggregates and columns.
func MissingGroupBy() *Error {
	return newError("MISSING_GROUP_BY", "42803", "The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.")
}

// UnresolvedRoutine says that there is no such function.
func UnresolvedRoutine(name string) *Error {
	return newError("UNRESOLVED_ROUTINE", "42883", "Cannot resolve routine `%s` on search path [`system`.`builtin`, `system`.`session`].", name)
}

// RoutineNotFound says that a statement names a function that doesn't exist.
func RoutineNotFound(quotedName string) *Error {
	return newError("ROUTINE_NOT_FOUND", "42883", "The routine %s cannot be found. Verify the spelling and correctness of the schema and catalog.\n"+
		"To tolerate the error on drop use DROP ... IF EXISTS.", quotedName)
}

// ConcurrentChange says that the objects of a statement changed again and again while it began.
func ConcurrentChange() *Error {
	return newError("DELTA_METADATA_CHANGED", "2D521", "The metadata of a table has been changed by a concurrent update. Please try the operation again.")
}

// DivideByZero says that a divisor is 0.
func DivideByZero() *Error {
	return newError("DIVIDE_BY_ZERO", "22012", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.")
}

// Internal hides an error that is not the caller's; its text goes to the log.
func Internal() *Error {
	return newError("INTERNAL_ERROR", "XX000", "The statement failed inside the workspace. The log has the details under this request id.")
}

// ArityMismatch says that a query has another number of columns than it needs.
func ArityMismatch(want, have int) *Error {
	class := "TOO_MANY_DATA_COLUMNS"
	if have < want {
		class = "NOT_ENOUGH_DATA_COLUMNS"
	}
	return newError("INSERT_COLUMN_ARITY_MISMATCH."+class, "21S01", "Cannot write: the target has %d columns, the data has %d.", want, have)
}

// DuplicateColumn says that a column is named twice.
func DuplicateColumn(name string) *Error {
	return newError("COLUMN_ALREADY_EXISTS", "42711", "The column `%s` already exists. Choose another name or rename the existing column.", name)
}

// WrongKind says that an object is not of the kind that the statement is for.
func WrongKind(quotedName, kind string) *Error {
	return newError("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "42809", "%s is not a %s.", quotedName, kind)
}

// PrincipalNotFound says that there is no user, group or service principal of that name.
func PrincipalNotFound(name string) *Error {
	return newError("PRINCIPAL_DOES_NOT_EXIST", "42704", "Could not find principal with name %s.", name)
}

// MergeCardinality says that several source rows match one row of the target of MERGE.
func MergeCardinality() *Error {
	return newError("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "21506", "Cannot perform Merge as multiple source rows matched and attempted to modify the same target row in the Delta table in possibly conflicting ways.")
}

// InlineLimit says that a result is too large to be returned inline.
func InlineLimit(limit int64) *Error {
	return newError("INLINE_LIMIT_EXCEEDED", "54000", "Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most %d bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download the full result.", limit)
}
