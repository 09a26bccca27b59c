// Package postgres runs a real PostgreSQL for one workspace: it finds the programs on this
// machine or fetches them, makes the database cluster, and keeps the server running until
// it is told to stop.
//
// The server is a child process that runs as an unprivileged user, listens on a unix socket
// in a folder that nobody else may enter, and lets in only who proves by SCRAM that it knows
// a key that this package alone has. Everybody else comes through package lakebase, which
// decides who is who. Writes that the server acknowledged survive the end of any process.
package postgres
