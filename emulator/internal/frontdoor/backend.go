package frontdoor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// Backend is where the app is. It may start late, move and end. It must be safe for
// concurrent use.
type Backend interface {
	// Acquire returns the app's address, of which only scheme and host are used, and what
	// must be called when the request is answered. The error is [ErrStarting] when it is
	// worth waiting, [ErrStopped] when somebody must start the app first; any other
	// means that the app doesn't run.
	Acquire() (target *url.URL, release func(), err error)
	// Wait returns when the app isn't starting any more, or when ctx is done.
	Wait(ctx context.Context)
}

// The reasons why a [Backend] has no address.
var (
	ErrStarting = errors.New("the app is starting")
	ErrStopped  = errors.New("the app is stopped")
)

var errEnded = errors.New("app has ended")

// oneApp is an app that starts once, at one address.
type oneApp struct {
	target      *url.URL
	ready, gone <-chan struct{}
}

func (a *oneApp) Acquire() (target *url.URL, release func(), err error) {
	if a.ready != nil {
		select {
		case <-a.ready:
		case <-a.gone:
			return nil, nil, errEnded
		default:
			return nil, nil, ErrStarting
		}
	}
	return a.target, func() {}, nil
}

func (a *oneApp) Wait(ctx context.Context) {
	select {
	case <-a.ready:
	case <-a.gone:
	case <-ctx.Done():
	}
}

// acquire waits until there is an app, for a while.
func (d *FrontDoor) acquire(ctx context.Context) (*url.URL, func(), error) {
	target, release, err := d.backend.Acquire()
	if !errors.Is(err, ErrStarting) {
		return target, release, err
	}
	select {
	case d.waiting <- struct{}{}:
		defer func() { <-d.waiting }()
	default:
		return nil, nil, fmt.Errorf("%w: %d requests wait for it already", err, maxWaiting)
	}
	wait, cancel := context.WithTimeout(ctx, d.startTimeout)
	defer cancel()
	for errors.Is(err, ErrStarting) && wait.Err() == nil {
		d.backend.Wait(wait)
		target, release, err = d.backend.Acquire()
	}
	return target, release, err
}
