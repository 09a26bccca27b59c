// Package dialect turns Databricks SQL into what DuckDB understands, and DuckDB's
// answers into what Databricks says. It is a pipeline with one place for each rule:
//
//	lexer.go      characters to tokens: literals, quoting, comments, parameters
//	parameter.go  parameter markers to typed literals
//	statement.go  tokens to one [Statement]; parse_*.go, one file per family of statements
//	rewrite.go    the tokens of a query or an expression to DuckDB's syntax
//	tree.go       DuckDB's syntax tree: operators, casts and functions with Databricks' meaning
//	function.go   the table of functions: a function that isn't in it doesn't exist
//	macro.go      the DuckDB macros that stand behind functions and operators
//	type.go       type names, in both languages
//	render.go     values as the strings of Databricks' JSON_ARRAY
//	error.go      error classes with SQLSTATE; fault.go finds the class of DuckDB's errors
//
// It runs nothing and knows no table and no user: package warehouse does. What it can't
// translate with the right meaning it refuses with UNSUPPORTED_FEATURE.
package dialect
