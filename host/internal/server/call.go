package server

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"corbel.example/host/internal/identity"
)

// call is one request on its way through the stages. It belongs to the request's goroutine and is never used again.
type call struct {
	w *response
	r *http.Request

	begun     time.Time
	requestID string
	caller    identity.Caller
	body      *body // nil when the request has none

	// What answers, for the log: set by the route.
	plugin, route string
}

// handler answers a call, or returns why it could not.
type handler func(*call) error

// stage is a step that calls pass before their handler.
type stage func(handler) handler

// through puts stages before a handler, the first outermost. It is done once for each route, when the server is made.
func through(h handler, stages ...stage) handler {
	for i := len(stages) - 1; i >= 0; i-- {
		h = stages[i](h)
	}
	return h
}

// entry is where Echo hands over. Echo's own writer and errors are not used.
func (s *Server) entry(h handler) echo.HandlerFunc {
	policy := writePolicy{timeout: s.settings.WriteTimeout}
	return func(ctx echo.Context) error {
		c := &call{r: ctx.Request(), begun: time.Now()}
		c.w = newResponse(ctx.Response().Writer, policy)
		if c.r.Body != nil && c.r.Body != http.NoBody {
			c.body = newBody(c.r, c.w, s.settings.ReadTimeout)
			c.body.bound(s.settings.MaxBodyBytes, s.settings.RequestTimeout)
			// In a copy: by the body of its own request net/http sees that some of it is unread, and gives the client time
			// to take the answer before it closes the connection.
			c.r = c.r.WithContext(c.r.Context())
			c.r.Body = c.body
		}
		return h(c)
	}
}
