package dialect

import "strings"

// ConstraintViolated says that a row breaks a CHECK constraint; values are lines about the row.
func ConstraintViolated(name, expression string, values []string) *Error {
	return newError("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "23001", "CHECK constraint %s (%s) violated by row with values:\n%s", name, expression, strings.Join(values, "\n"))
}

// NotNullViolated says that a row has NULL in a column that takes none.
func NotNullViolated(column string) *Error {
	return newError("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502", "NOT NULL constraint violated for column: %s.", column)
}

// NewCheckViolated says that rows of a table break a CHECK constraint that is added.
func NewCheckViolated(rows, table, expression string) *Error {
	return newError("DELTA_NEW_CHECK_CONSTRAINT_VIOLATION", "23512", "%s rows in %s violate the new CHECK constraint (%s)", rows, table, expression)
}

// NewNotNullViolated says that rows of a table have NULL in a column that becomes NOT NULL.
func NewNotNullViolated(rows, table, column string) *Error {
	return newError("DELTA_NEW_NOT_NULL_VIOLATION", "23512", "%s rows in %s violate the new NOT NULL constraint on %s", rows, table, column)
}

// ConstraintExists says that a table has a constraint of that name.
func ConstraintExists(name string) *Error {
	return newError("DELTA_CONSTRAINT_ALREADY_EXISTS", "42710", "Constraint '%s' already exists. Please delete the old constraint first.", name)
}

// ConstraintNotFound says that a table has no constraint of that name.
func ConstraintNotFound(name, table string) *Error {
	return newError("DELTA_CONSTRAINT_DOES_NOT_EXIST", "42704", "Cannot drop nonexistent constraint %s from table %s. To avoid throwing an error, provide the parameter IF EXISTS or set the SQL session configuration to true.", name, table)
}

// CheckNotBoolean says that the expression of a CHECK constraint is no condition.
func CheckNotBoolean(name, expression string) *Error {
	return newError("DELTA_NON_BOOLEAN_CHECK_CONSTRAINT", "42621", "CHECK constraint '%s' (%s) should be a boolean expression.", name, expression)
}

// GeneratedReference says that a generated column is computed from another.
func GeneratedReference(column string) *Error {
	return newError("DELTA_INVALID_GENERATED_COLUMN_REFERENCES", "42621", "A generated column cannot use a non-existent column or another generated column: %s.", column)
}

// GeneratedType says that the expression of a generated column has another type than the column.
func GeneratedType(column string, have, want *Type) *Error {
	return newError("DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH", "42K09", "The expression type of the generated column %s is %s, but the column type is %s.", column, have, want)
}

// InvalidDefault says why a column can't have the default: it can't be computed, or is of
// another type.
func InvalidDefault(column, expression string, ofType bool, cause *Error) *Error {
	class := "INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION"
	why := "which fails to resolve as a valid expression"
	if ofType {
		class, why = "INVALID_DEFAULT_VALUE.DATA_TYPE", "which is not of the column's type"
	}
	return newError(class, "42623", "Failed to execute the command because the destination column or variable `%s` has a DEFAULT value %s, %s: %s", column, expression, why, cause.Detail)
}

// IdentityInsert says that a statement gives the value of a column that the table numbers.
func IdentityInsert(column string) *Error {
	return newError("DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED", "42808", "Providing values for GENERATED ALWAYS AS IDENTITY column %s is not supported.", column)
}

// IdentityUpdate says that a statement changes the value of a column that the table numbers.
func IdentityUpdate(column string) *Error {
	return newError("DELTA_IDENTITY_COLUMNS_UPDATE_NOT_SUPPORTED", "42808", "UPDATE on IDENTITY column %s is not supported.", column)
}

// IdentityType says that a column of the type can't number rows.
func IdentityType(t *Type) *Error {
	return newError("DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE", "428H8", "DataType %s is not supported for IDENTITY columns.", t)
}

// ColumnChange says that a column can't become what ALTER COLUMN asks for.
func ColumnChange(column, from, to string) *Error {
	return newError("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP", "0AKDC", "ALTER TABLE CHANGE COLUMN is not supported for changing column %s from %s to %s.", column, from, to)
}

// DependentColumn says that a rule of the table stands in the way of a change of a column.
func DependentColumn(operation, column, by string) *Error {
	class := "DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE"
	if strings.Contains(by, "generated") {
		class = "DELTA_GENERATED_COLUMNS_DEPENDENT_COLUMN_CHANGE"
	}
	return newError(class, "42K09", "Cannot %s column %s because %s uses it.", operation, column, by)
}

// ColumnInTableNotFound says that ALTER TABLE names a column that isn't there.
func ColumnInTableNotFound(column string) *Error {
	return newError("DELTA_COLUMN_NOT_FOUND_IN_SCHEMA", "42703", "Couldn't find column %s in the table's schema.", column)
}

// ReplaceWhereMismatch says that rows of INSERT ... REPLACE WHERE are not of the kind that
// the statement replaces.
func ReplaceWhereMismatch(condition string) *Error {
	return newError("DELTA_REPLACE_WHERE_MISMATCH", "44000", "Written data does not conform to partial table overwrite condition or constraint '%s'.", condition)
}

// NotPartitioned says that a table has no partitions.
func NotPartitioned(table string) *Error {
	return newError("DELTA_SHOW_PARTITION_IN_NON_PARTITIONED_TABLE", "42809", "SHOW PARTITIONS is not allowed on a table that is not partitioned: %s", table)
}

// PropertyNotFound says that UNSET names a property that isn't set.
func PropertyNotFound(table, key string) *Error {
	return newError("UNSET_NONEXISTENT_PROPERTIES", "42K0J", "Attempted to unset non-existent properties [`%s`] in table %s.", key, table)
}

// NullableKey says that a column of a primary key may be NULL.
func NullableKey(name, column string) *Error {
	return newError("INVALID_PARAMETER_VALUE", "22023", "Cannot create the primary key `%s` because its child column(s) `%s` is nullable. Please change the column nullability and retry.", name, column)
}

// InsertArity says that the data of INSERT has more or fewer columns than it is for.
func InsertArity(table string, want, have []string) *Error {
	class, what := "TOO_MANY_DATA_COLUMNS", "too many"
	if len(have) < len(want) {
		class, what = "NOT_ENOUGH_DATA_COLUMNS", "not enough"
	}
	list := func(names []string) string {
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = "`" + n + "`"
		}
		return strings.Join(quoted, ", ")
	}
	return newError("INSERT_COLUMN_ARITY_MISMATCH."+class, "21S01", "Cannot write to %s, the reason is %s data columns:\nTable columns: %s.\nData columns: %s.", table, what, list(want), list(have))
}

// NotPartitionColumn says that PARTITION names a column by which the table is not partitioned.
func NotPartitionColumn(column, table string) *Error {
	return newError("NON_PARTITION_COLUMN", "42000", "PARTITION clause cannot contain the non-partition column: `%s` of %s.", column, table)
}

// AddedDefault says that a new column of a table with rows can't have a default.
func AddedDefault() *Error {
	return newError("WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED", "0AKDC", "Failed to execute the command because DEFAULT values are not supported when adding new columns to previously existing Delta tables; please add the column without a default value first, then run a second ALTER TABLE ALTER COLUMN SET DEFAULT command to apply for future inserted rows instead.")
}

// ViewArity says that a view names more or fewer columns than its query has.
func ViewArity(view string, want, have int) *Error {
	class, what := "TOO_MANY_DATA_COLUMNS", "too many"
	if have < want {
		class, what = "NOT_ENOUGH_DATA_COLUMNS", "not enough"
	}
	return newError("CREATE_VIEW_COLUMN_ARITY_MISMATCH."+class, "21S01", "Cannot create view %s, the reason is %s data columns: the view has %d, its query %d.", view, what, want, have)
}

// NotATable says that a statement about tables names a view.
func NotATable(quotedName string) *Error {
	return newError("EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW", "42809", "The operation expects a table but %s is a view. Please use ALTER VIEW instead.", quotedName)
}

// NotAView says that a statement about views names a table.
func NotAView(quotedName string) *Error {
	return newError("EXPECT_VIEW_NOT_TABLE.USE_ALTER_TABLE", "42809", "The table %s does not support views' operations. Please use ALTER TABLE instead.", quotedName)
}

// NotAPartitionedTable says that a statement takes a table with partitions.
func NotAPartitionedTable(operation, table string) *Error {
	return newError("NOT_A_PARTITIONED_TABLE", "42809", "Operation %s is not allowed for %s because it is not a partitioned table.", operation, table)
}

// VolumeNotFound says that there is no such volume.
func VolumeNotFound(quotedName string) *Error {
	return newError("UC_VOLUME_NOT_FOUND", "42704", "Volume %s does not exist. Please use 'SHOW VOLUMES' to list available volumes.", quotedName)
}

// NotAScalarFunction says that a function that returns a table stands where a value does.
func NotAScalarFunction(quotedName string) *Error {
	return newError("NOT_A_SCALAR_FUNCTION", "42887", "%s appears as a scalar expression here, but the function was defined as a table function. Please update the query to move the function call into the FROM clause, or redefine the function as a scalar function instead.", quotedName)
}

// NotATableFunction says that a function that returns a value stands in FROM.
func NotATableFunction(quotedName string) *Error {
	return newError("NOT_A_TABLE_FUNCTION", "42887", "%s appears as a table function here, but the function was defined as a scalar function. Please update the query to move the function call outside the FROM clause, or redefine the function as a table function instead.", quotedName)
}

// RequiredAfterOptional says that a parameter without a default stands behind one with.
func RequiredAfterOptional(function, required, optional string) *Error {
	return newError("USER_DEFINED_FUNCTIONS.REQUIRED_PARAMETER_AFTER_OPTIONAL", "42601", "In the function %s, the required parameter %s stands behind the optional parameter %s.", function, required, optional)
}

// FunctionArity says that a function returns more or fewer columns than it declares.
func FunctionArity(function string, want, have int) *Error {
	return newError("USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH", "42601", "The number of columns produced by the RETURN clause of %s (num: `%d`) does not match the number of columns specified by its RETURNS clause (num: `%d`).", function, have, want)
}

// InsertOverflow says that a value is too large for the column that it is inserted into.
func InsertOverflow(from, to, column string) *Error {
	return newError("CAST_OVERFLOW_IN_TABLE_INSERT", "22003", "Fail to assign a value of %q type to the %q type column or variable `%s` due to an overflow. Use `try_cast` on the input value to tolerate overflow and return NULL instead.", from, to, column)
}

// WrongCommand says that DROP of a table names a view, or the other way round.
func WrongCommand(quotedName, kind string) *Error {
	required, found, alternative := "EXTERNAL or MANAGED", "VIEW", "DROP VIEW"
	if kind == string(ViewObject) {
		required, found, alternative = "VIEW", "TABLE", "DROP TABLE"
	}
	return newError("WRONG_COMMAND_FOR_OBJECT_TYPE", "42809", "The operation DROP %s requires a %s. But %s is a %s. Use %s instead.", kind, required, quotedName, found, alternative)
}
