// Package stack starts the built programs as `make run` does, and looks at them from outside: over HTTP, through their
// log lines and in the process table. It is for tests and imports nothing of the programs.
package stack
