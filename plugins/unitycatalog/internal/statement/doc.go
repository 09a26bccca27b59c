// Package statement runs SQL on a warehouse as the calling user: submit, wait, fetch what is left of the result, cancel.
//
// A statement is submitted once and never again: one whose answer was lost may have run. It is cancelled upstream when
// its caller leaves or its time is up, also when the workspace has not even told its id by then.
package statement
