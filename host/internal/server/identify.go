package server

import (
	"corbel.example/sdk/correlation"
	"corbel.example/sdk/identity"
)

// anonymous puts the request id into the context, for routes that ask nobody who they are.
func anonymous(next handler) handler {
	return func(c *call) error {
		c.caller.Scheme = "http"
		c.r = c.r.WithContext(correlation.NewContext(c.r.Context(), c.requestID))
		return next(c)
	}
}

// identify finds out who calls and puts them and the request id into the context.
func (s *Server) identify(next handler) handler {
	return func(c *call) error {
		caller, err := s.callers.Caller(c.r)
		ctx := correlation.NewContext(c.r.Context(), c.requestID)
		if err != nil {
			c.r = c.r.WithContext(ctx)
			return err
		}
		if !caller.Identity.User.IsZero() {
			ctx = identity.NewContext(ctx, caller.Identity)
		}
		c.r = c.r.WithContext(ctx) // a copy: the server's own request keeps its host
		c.caller = caller
		c.w.https = caller.Scheme == "https"
		if caller.Host != "" {
			c.r.Host = caller.Host
		}
		return next(c)
	}
}
