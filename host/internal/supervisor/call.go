package supervisor

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
)

// maxCallDepth is how deep plugins may call each other for one request.
const maxCallDepth = 2

// hostServices is what the host does for one plugin.
type hostServices struct{ caller *Plugin }

var _ wire.HostHandler = (*hostServices)(nil)

// Log writes the plugin's records to the host's log.
func (s *hostServices) Log(records []wire.LogRecord, dropped uint64) {
	s.caller.log.records(records, dropped)
}

// Call answers an exchange of the plugin with a route of another. It runs as the user of the exchange in whose name it is
// made, and ends with it. A response that breaks off panics with http.ErrAbortHandler, as net/http's handlers do.
func (s *hostServices) Call(w http.ResponseWriter, r *http.Request, target string, parent wire.Exchange) {
	err := s.call(w, r, target, parent)
	if err == nil {
		return
	}
	var aborted *wire.AbortedError
	if errors.As(err, &aborted) {
		panic(http.ErrAbortHandler)
	}
	fault.Fail(w, err, parent.RequestID)
}

func (s *hostServices) call(w http.ResponseWriter, r *http.Request, target string, parent wire.Exchange) error {
	callee, refused := s.admit(r, target, parent)
	if refused != nil {
		return refused.WithOrigin(s.caller.spec.Name).WithOp("call " + printable(target))
	}
	x := parent
	x.Depth++
	x.MountPath = ""
	c := callee.knownContract()
	if c == nil {
		return callee.unavailable(r, retryAfter, nil)
	}
	route := c.route(r)
	if route == nil {
		return fault.New(fault.NotFound, "").WithOrigin(target).WithOp("call")
	}
	x.MaxBodyBytes, x.Streaming = route.MaxBodyBytes, route.Streaming
	if route.Timeout > 0 && (x.Timeout == 0 || route.Timeout < x.Timeout) {
		x.Timeout = route.Timeout
	}
	// The caller's process has the parent's deadline and its call carries it.
	if deadline, ok := r.Context().Deadline(); ok {
		left := max(1, time.Until(deadline))
		if x.Timeout == 0 || left < x.Timeout {
			x.Timeout = left
		}
	}
	removeIdentity(r.Header)
	return observed{callee, s.caller.spec.Name}.Forward(&statusWriter{ResponseWriter: w}, r, x)
}

// admit decides whether the caller may make the call.
func (s *hostServices) admit(r *http.Request, target string, parent wire.Exchange) (*Plugin, *fault.Error) {
	if parent.Depth >= maxCallDepth {
		return nil, fault.New(fault.Forbidden, "Plugins call each other too deep.").WithCode("CALL_TOO_DEEP")
	}
	c := s.caller.knownContract()
	if c == nil || !c.mayCall(target, r) {
		return nil, fault.New(fault.Forbidden, "A plugin made a call that its manifest does not list.").WithCode("CALL_NOT_DECLARED")
	}
	callee := s.caller.find(target)
	if callee == nil {
		return nil, fault.New(fault.NotEnabled, "")
	}
	return callee, nil
}

// knownContract is the last manifest's, nil before the first.
func (p *Plugin) knownContract() *contract {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.contract
}

// removeIdentity takes away what could speak for a user or a proxy: the exchange says who calls.
func removeIdentity(h http.Header) {
	for name := range h {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-forwarded-") || strings.HasPrefix(lower, "x-databricks-") {
			h.Del(name)
		}
	}
	for _, name := range []string{
		"Authorization", "Proxy-Authorization", "Cookie", "Forwarded", "Via", "X-Real-Ip", "X-Request-Id", "Traceparent", "Tracestate",
	} {
		h.Del(name)
	}
}
