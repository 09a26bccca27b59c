// Package database is the way to PostgreSQL: the pool with its tokens, the migrations, and the transactions in which the
// row-level policies see the user. It does not know what the tables are for.
package database
