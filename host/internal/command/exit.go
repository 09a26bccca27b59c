package command

import (
	"net/http"

	"corbel.example/sdk/fault"
)

// The exit codes of commands.
const (
	// ExitFailed: it failed, and will again.
	ExitFailed = 1
	// ExitMisuse: the command line is wrong.
	ExitMisuse = 2
	// ExitRefused: the caller is not signed in, or lacks a permission.
	ExitRefused = 3
	// ExitLater: it may succeed at another time.
	ExitLater = 4
)

// Misuse is a command line that is wrong.
type Misuse struct{ Message string }

func (m *Misuse) Error() string { return m.Message }

// Failure is a command that its plugin ended with a problem.
type Failure struct{ Problem fault.Problem }

// Error is for the person at the shell.
func (f *Failure) Error() string {
	text := f.Problem.Detail
	for _, field := range f.Problem.Errors {
		text += "\n  " + field.Path + " " + field.Message
	}
	if f.Problem.Status >= http.StatusInternalServerError && f.Problem.RequestID != "" {
		text += " (request id " + f.Problem.RequestID + ")"
	}
	return printable(text)
}

// ExitCode is what scripts can tell failures by.
func (f *Failure) ExitCode() int {
	switch status := f.Problem.Status; {
	case status == http.StatusBadRequest:
		return ExitMisuse
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ExitRefused
	case f.Problem.Retryable:
		return ExitLater
	default:
		return ExitFailed
	}
}
