// Package warehouse runs statements on DuckDB as a principal.
//
// Every statement goes the same way: package dialect parses it, the names in it are
// resolved and the caller's privileges checked against one snapshot of the metastore, what
// is left is a DuckDB statement whose every table is fully qualified, and DuckDB runs it.
// For queries the check walks DuckDB's own syntax tree (json_serialize_sql), so that what
// is checked is what runs; the queries and expressions inside other statements go the same
// way, piece by piece.
//
// A catalog is one DuckDB file, attached as uc_<name>: DuckDB reserves names such as
// "main". The engine itself is closed: no external access beyond its own folder, a locked
// configuration, and functions only from an allow-list.
package warehouse
