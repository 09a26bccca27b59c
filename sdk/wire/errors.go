package wire

import (
	"errors"
	"fmt"

	"corbel.example/sdk/fault"
)

// drainingCode is the code of the fault with which a plugin that drains refuses an exchange.
const drainingCode = "PLUGIN_DRAINING"

// IsRefusedByDrain says whether an exchange came when its plugin was draining already: no handler has seen it.
func IsRefusedByDrain(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Unavailable && f.Code == drainingCode
}

// LostError says that the connection to the plugin broke before anything was written to the client.
type LostError struct {
	// Sent is false when the plugin never saw the request.
	Sent bool
	Err  error
}

func (e *LostError) Error() string {
	if e.Sent {
		return fmt.Sprintf("connection to the plugin lost during the exchange: %v", e.Err)
	}
	return fmt.Sprintf("connection to the plugin lost before the exchange: %v", e.Err)
}

// Unwrap returns why the connection broke.
func (e *LostError) Unwrap() error { return e.Err }

// AbortedError says that a response broke off after it had begun: the client's connection must be aborted, so that it
// does not take the piece for the whole.
type AbortedError struct{ Err error }

func (e *AbortedError) Error() string { return fmt.Sprintf("response broken off: %v", e.Err) }

// Unwrap returns why the response broke off.
func (e *AbortedError) Unwrap() error { return e.Err }
