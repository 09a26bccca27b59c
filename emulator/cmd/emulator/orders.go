package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// orders are what the operating system tells us: the first signal to stop in
// good order, the second to stop now.
type orders struct {
	// stop is done after the first signal, now after the second.
	stop, now context.Context //nolint:containedctx // they are the orders

	signals chan os.Signal
	end     context.CancelFunc
	ended   chan struct{}
}

// takeOrders listens for signals until close is called.
func takeOrders() *orders {
	stop, cancelStop := context.WithCancel(context.Background())
	now, cancelNow := context.WithCancel(context.Background())
	end, cancelEnd := context.WithCancel(context.Background())
	o := &orders{stop: stop, now: now, signals: make(chan os.Signal, 2), end: cancelEnd, ended: make(chan struct{})}
	signal.Notify(o.signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // it is under nohup
		signal.Notify(o.signals, syscall.SIGHUP)
	}
	go func() {
		defer close(o.ended)
		defer cancelNow()
		defer cancelStop()
		for _, give := range []context.CancelFunc{cancelStop, cancelNow} {
			select {
			case <-o.signals:
				give()
			case <-end.Done():
				return
			}
		}
		<-end.Done()
	}()
	return o
}

// stopping reports whether the first signal has come.
func (o *orders) stopping() bool { return o.stop.Err() != nil }

func (o *orders) close() {
	signal.Stop(o.signals)
	o.end()
	<-o.ended
}
