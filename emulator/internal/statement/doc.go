// Package statement keeps the statements of the Statement Execution API: their states
// from PENDING to CLOSED, their results in chunks, who may see them, how long.
//
// A result is encoded while it is produced. Small chunks stay in memory, larger ones go to
// files, so that a result of any size needs little memory.
package statement
