// Package fault is the error that crosses borders: it has a kind, a message for the user and a cause for the operator,
// and keeps them from the place that knew best, through the plugin border, to the HTTP answer.
//
// A fault is made once, where the knowledge is. Other errors become internal faults at the border.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is a classified error.
type Error struct {
	// Kind decides the HTTP status. The zero Kind is Internal.
	Kind Kind
	// Code is a stable name more precise than the kind, such as Databricks' error class TABLE_OR_VIEW_NOT_FOUND.
	// Empty means the kind's own name.
	Code string
	// Op is what failed, for the operator: "unitycatalog.table". Optional.
	Op string
	// Message is for the user: plain words, the thing it is about and the way out. It never holds an internal address,
	// a path, a token or a stack. Empty means the kind's own sentence.
	Message string
	// Origin is who failed: a plugin's name, "databricks". Optional.
	Origin string
	// Retryable says that the same request may succeed later.
	Retryable bool
	// RetryAfter is how long to wait before the next try; 0 when unknown.
	RetryAfter time.Duration
	// Fields names the parts of the input that were refused.
	Fields []Field
	// Err is the cause, for the operator's log only.
	Err error
}

// Field is one refused part of the input.
type Field struct {
	// Path is a JSON pointer, the name of a query parameter or a configuration key.
	Path string `json:"path"`
	// Message says what is wrong with it.
	Message string `json:"message"`
}

// New returns a fault of a kind with a message for the user.
func New(kind Kind, message string) *Error {
	return &Error{Kind: kind, Message: message, Retryable: kind.Retryable()}
}

// Newf is New with a format. The message is for the user: wrap the cause with Wrap instead of formatting it in.
func Newf(kind Kind, format string, args ...any) *Error {
	return New(kind, fmt.Sprintf(format, args...))
}

// Wrap returns a fault of a kind with a message for the user and a cause for the operator.
func Wrap(kind Kind, err error, message string) *Error {
	return &Error{Kind: kind, Message: message, Retryable: kind.Retryable(), Err: err}
}

// WithCode sets the code and returns the fault.
func (e *Error) WithCode(code string) *Error { e.Code = code; return e }

// WithOp sets what failed and returns the fault.
func (e *Error) WithOp(op string) *Error { e.Op = op; return e }

// WithOrigin sets who failed and returns the fault.
func (e *Error) WithOrigin(origin string) *Error { e.Origin = origin; return e }

// WithField adds a refused part of the input and returns the fault.
func (e *Error) WithField(path, message string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Message: message})
	return e
}

// WithRetryAfter marks the fault retryable after a wait and returns it.
func (e *Error) WithRetryAfter(wait time.Duration) *Error {
	e.Retryable, e.RetryAfter = true, wait
	return e
}

// Error is the operator's text: operation, message and cause.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(e.UserMessage())
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// UserMessage returns Message, or the kind's own sentence.
func (e *Error) UserMessage() string {
	if e.Message != "" {
		return e.Message
	}
	return e.Kind.sentence()
}

// ErrorCode returns Code, or the kind's name.
func (e *Error) ErrorCode() string {
	if e.Code != "" {
		return e.Code
	}
	return e.Kind.String()
}

// From returns the fault in err's chain. Without one, a cancelled context is Canceled, a passed deadline Timeout and
// everything else Internal, with err as its cause. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(Timeout, err, "")
	case errors.Is(err, context.Canceled):
		return Wrap(Canceled, err, "")
	default:
		return Wrap(Internal, err, "")
	}
}

// KindOf returns the kind that From would give. KindOf(nil) is Internal: ask only about errors.
func KindOf(err error) Kind {
	if f := From(err); f != nil {
		return f.Kind
	}
	return Internal
}
