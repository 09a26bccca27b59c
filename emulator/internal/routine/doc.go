// Package routine computes the Databricks functions that SQL macros can't express, and
// registers them with DuckDB as corbel_go_<name>. Which SQL function calls which of them,
// and with what conversions, is package dialect's matter (macro_go.go there).
//
// The functions are pure: they take strings and numbers, and NULL gives NULL.
package routine
