package serving

import (
	"fmt"
	"iter"
)

// Model answers the requests of an endpoint. It is safe for concurrent use.
type Model interface {
	// Invoke answers a request, a JSON document. An [*InputError] says that the request is wrong.
	Invoke(body []byte) (Answer, error)
}

// Answer is what a model answers. Exactly one of the two is set.
type Answer struct {
	// Value is an answer that is encoded as JSON.
	Value any
	// Events are an answer that comes in pieces, each encoded as JSON. They are made as they are asked for.
	Events iter.Seq[any]
}

// InputError says what is wrong with a request.
type InputError struct {
	// Field is a JSON pointer to the part that is wrong, or "" for the whole.
	Field   string
	Problem string
}

func (e *InputError) Error() string {
	if e.Field == "" {
		return e.Problem
	}
	return e.Field + ": " + e.Problem
}

func wrong(field, format string, args ...any) *InputError {
	return &InputError{Field: field, Problem: fmt.Sprintf(format, args...)}
}
