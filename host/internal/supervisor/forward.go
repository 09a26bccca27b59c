package supervisor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/wire"
)

const (
	// maxReplays is how often an exchange is given to another process after one was lost.
	maxReplays = 2
	// retryAfter is what clients are told when a process is being replaced.
	retryAfter = time.Second
)

// Forward performs the exchange r with the plugin and copies the answer to w; its errors are wire.Client.Forward's, but
// never a wire.LostError. While the plugin's process is being replaced it waits. An exchange whose process was lost goes to
// the next one if the lost one never saw it, or if its method is idempotent (RFC 9110, 9.2.2) and its body is at hand;
// otherwise it is a fault of kind Unavailable, retryable only if the method is safe.
func (p *Plugin) Forward(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
	// A client that sends its body slowly waits outside.
	if err := wire.ReadInline(r); err != nil {
		return err
	}
	places := p.places
	if x.Streaming || !wire.FitsFrame(r) {
		places = p.streams
	}
	if !places.tryEnter() {
		ok, err := places.enter(r.Context(), p.settings.ExchangeWait)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Exhausted, "Too many requests are under way. Try again in a moment.").
				WithOrigin(p.spec.Name).WithOp("bulkhead").WithRetryAfter(retryAfter)
		}
	}
	defer places.leave()
	now := p.current.Load()
	if now.client == nil {
		return p.forwardLater(w, r, x, nil, nil)
	}
	begun := time.Now()
	err := p.forwardNow(w, r, x, now)
	if err == nil {
		return nil
	}
	return p.recover(w, r, x, now, err, begun)
}

// forwardNow gives the exchange to a process. One that refuses it because it is about to end has lost it: the next may have it, as
// long as the body is at hand.
func (p *Plugin) forwardNow(w http.ResponseWriter, r *http.Request, x wire.Exchange, now *availability) error {
	x.PassAccessToken = now.contract.manifest.NeedsAccessToken
	err := now.client.Forward(w, r, x)
	if err != nil && wire.IsRefusedByDrain(err) && wire.FitsFrame(r) {
		return &wire.LostError{Err: err}
	}
	return err
}

// recover gives an exchange whose process was lost to the next one, if that is safe.
func (p *Plugin) recover(w http.ResponseWriter, r *http.Request, x wire.Exchange, now *availability, err error, begun time.Time) error {
	var lost *wire.LostError
	if !errors.As(err, &lost) {
		return err
	}
	if err := p.spend(&x, begun); err != nil {
		return err
	}
	return p.forwardLater(w, r, x, now.client, lost)
}

// forwardLater waits for a process other than the last one and gives it the exchange, with what is left of its time.
// lost is how the last one failed the exchange, nil if it was not given to any.
func (p *Plugin) forwardLater(w http.ResponseWriter, r *http.Request, x wire.Exchange, last *wire.Client, lost *wire.LostError) error {
	for replays := 0; ; replays++ {
		if lost != nil && (replays == maxReplays || lost.Sent && !replayable(r)) {
			return p.unavailable(r, retryAfter, lost)
		}
		begun := time.Now()
		now, err := p.await(r, last, x.Timeout)
		if err != nil {
			return err
		}
		if err := p.forwardNow(w, r, x, now); !errors.As(err, &lost) {
			return err
		}
		if err := p.spend(&x, begun); err != nil {
			return err
		}
		last = now.client
	}
}

// spend takes what has passed since begun off the exchange's time. The error says that nothing is left of it.
func (p *Plugin) spend(x *wire.Exchange, begun time.Time) error {
	if x.Timeout <= 0 {
		return nil
	}
	if x.Timeout -= time.Since(begun); x.Timeout > 0 {
		return nil
	}
	return fault.Wrap(fault.Timeout, context.DeadlineExceeded, "").WithOrigin(p.spec.Name)
}

// await returns the availability with a process other than the last one, as soon as there is one. timeout is the
// exchange's, 0 for none.
func (p *Plugin) await(r *http.Request, last *wire.Client, timeout time.Duration) (*availability, error) {
	bound := p.settings.ReplacementWait
	if timeout > 0 {
		bound = min(bound, timeout)
	}
	timer := time.NewTimer(bound)
	defer timer.Stop()
	for {
		now := p.current.Load()
		switch {
		case now.client != nil && now.client != last:
			return now, nil
		case now.client == nil && !now.coming:
			return nil, p.unavailable(r, max(now.retryAfter, retryAfter), nil)
		}
		select {
		case <-now.replaced:
		case <-timer.C:
			return nil, p.unavailable(r, retryAfter, nil)
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

// unavailable is the verdict on an exchange that no process could answer.
func (p *Plugin) unavailable(r *http.Request, after time.Duration, cause *wire.LostError) *fault.Error {
	f := fault.New(fault.Unavailable, "This part of the application is being restarted. Try again in a moment.").WithOrigin(p.spec.Name)
	if cause != nil {
		f.Err = cause
	}
	f.Retryable, f.RetryAfter = isSafe(r.Method), after
	return f
}

// replayable says whether a process may get the exchange that another may have performed: the method is idempotent,
// and wire has put the body back.
func replayable(r *http.Request) bool {
	idempotent := isSafe(r.Method) || r.Method == http.MethodPut || r.Method == http.MethodDelete
	return idempotent && wire.FitsFrame(r)
}

// isSafe says whether a method is safe by RFC 9110, 9.2.1.
func isSafe(method string) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	default:
		return false
	}
}
