// Package grid reads what a page shows of a result: some of its rows, in an order, or one cell. A result can be of any size: what is
// held is one page, and for an order the place of each row.
package grid
