package apps

import "fmt"

// Reason tells errors of callers apart.
type Reason int

// The reasons why an order can't be carried out.
const (
	Invalid Reason = iota
	NotFound
	Exists
	Conflict
	Denied
	Unserved
)

// Error is an order that can't be carried out, and what to say about it.
type Error struct {
	Reason  Reason
	Message string
}

func (e *Error) Error() string { return e.Message }

func invalid(format string, args ...any) *Error { return &Error{Invalid, fmt.Sprintf(format, args...)} }
