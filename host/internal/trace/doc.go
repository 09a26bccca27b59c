// Package trace remembers the last log lines in memory, so that a request can be found by its id, and a plugin's last lines can
// be read, without a log service. What is remembered is bounded in bytes and forgotten oldest first.
package trace
