package server

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"corbel.example/sdk/fault"
)

// panicError is a panic on its way to the log.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// errAborted says that somebody gave up the connection on purpose.
var errAborted = errors.New("response aborted")

// recoverPanics turns a panic into a fault, whose stack only the log sees.
func recoverPanics(next handler) handler {
	return func(c *call) (err error) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				err = errAborted
			default:
				err = fault.Wrap(fault.Internal, &panicError{value: v, stack: debug.Stack()}, "")
			}
		}()
		return next(c)
	}
}
