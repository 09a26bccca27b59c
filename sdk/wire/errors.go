package wire

import "fmt"

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
