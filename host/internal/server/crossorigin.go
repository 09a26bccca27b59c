package server

import (
	"net/http"

	"corbel.example/sdk/fault"
)

// sameOrigin refuses requests that change something when a page of another site has sent them. It stands after identity,
// which has put right the host that the browser sees.
func sameOrigin() stage {
	protection := http.NewCrossOriginProtection()
	return func(next handler) handler {
		return func(c *call) error {
			if err := protection.Check(c.r); err != nil {
				return fault.Wrap(fault.Forbidden, err, "This request was sent by a page of another site.").WithCode("CROSS_ORIGIN")
			}
			return next(c)
		}
	}
}
