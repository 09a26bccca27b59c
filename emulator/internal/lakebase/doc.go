// Package lakebase is the front of the workspace's PostgreSQL, as Lakebase has one: TLS, and
// logins by a principal's name with a token as the password.
//
// The front reads what a client says until it is logged in. Then it opens a session in
// PostgreSQL as the principal's own role, by a key that nobody else has, and passes bytes on
// without looking at them: no statement can make a session somebody else's. Tokens are
// checked at the login only, as Lakebase does.
//
// The server itself is package postgres's matter; the REST APIs are in package api.
package lakebase
