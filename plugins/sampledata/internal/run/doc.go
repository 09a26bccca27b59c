// Package run does the work of setting up and cleaning up, step by step, and remembers how far it is. A run goes on when its
// browser leaves, and belongs to one user; nobody else finds it.
package run
