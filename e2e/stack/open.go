package stack

import (
	"context"
	"io"
	"net/http"
)

// Open sends a request and leaves the answer's body to the caller, who closes it. It has no time limit but ctx.
func (v *Visitor) Open(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.base+path, body)
	if err != nil {
		return nil, err
	}
	if v.token != "" {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	endless := *v.client
	endless.Timeout = 0
	return endless.Do(r)
}
