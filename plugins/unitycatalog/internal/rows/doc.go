// Package rows reads a table's rows page by page, as the calling user.
//
// What is promised: rows come in the order of all sortable columns from left to right, the same for every page, so that as
// long as the table does not change pages neither repeat nor skip a row. Rows that are equal in every sortable column
// (columns of maps and variants are not sortable) may change places. A page is one statement of its own: nothing is held
// between pages, a walk may be resumed after any time and on another instance of the app, and a row that is inserted or
// deleted before the place reached moves the following ones.
//
// The order costs the warehouse a pass over the table for each page. A table that is too large for the statement's timeout
// has to be asked with a WHERE instead.
package rows
