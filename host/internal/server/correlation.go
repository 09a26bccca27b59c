package server

import "corbel.example/sdk/correlation"

// correlate gives the call its request id: the caller's if it is valid, else a new one.
func correlate(next handler) handler {
	return func(c *call) error {
		if sent := c.r.Header[correlation.Header]; len(sent) == 1 {
			c.requestID = correlation.Accept(sent[0])
		} else {
			c.requestID = correlation.NewID()
		}
		c.w.requestID = c.requestID
		return next(c)
	}
}
