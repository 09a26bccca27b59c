package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/sdk/fault"
)

// pump reads a model's answer into its stream.
type pump struct {
	stream  *Stream
	source  Source
	timeout time.Duration

	begun   time.Time
	summary Summary
}

// run reads until the answer, the client or the model's time has ended.
func (p *pump) run(ctx context.Context) {
	p.begun = time.Now()
	silence := time.AfterFunc(p.timeout, func() { p.stream.cancel(errSilent) })
	defer silence.Stop()
	life := time.AfterFunc(maxLife, func() { p.stream.cancel(errLife) })
	defer life.Stop()
	err := p.copy(ctx, silence)
	if err != nil {
		err = p.explain(ctx, err)
		p.stream.finish(fault.From(err))
	} else {
		p.stream.finish(nil)
	}
	p.summary.Duration, p.summary.Err = time.Since(p.begun), err
	p.source.Close(context.WithoutCancel(ctx), p.summary)
}

func (p *pump) copy(ctx context.Context, silence *time.Timer) error {
	body, err := p.source.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // what is left of it is of no use
	p.stream.begin()
	model := newEvents(body)
	for {
		silence.Reset(p.timeout)
		e, err := model.next()
		silence.Stop() // a client that does not read is no fault of the model's
		if errors.Is(err, io.EOF) && !p.source.HasLast() {
			return nil
		}
		if err == nil {
			err = e.check()
		}
		if err != nil {
			return err
		}
		p.count(e)
		if !p.stream.put(ctx, e) {
			return ctx.Err()
		}
		if e.isLast() {
			return nil
		}
	}
}

// usageField is what an event with a usage holds.
var usageField = []byte(`"usage"`)

func (p *pump) count(e event) {
	if p.summary.Events++; p.summary.Events == 1 {
		p.summary.First = time.Since(p.begun)
	}
	if !bytes.Contains(e.data, usageField) {
		return
	}
	var used struct {
		Usage *invocation.Usage `json:"usage"`
	}
	if json.Unmarshal(e.data, &used) == nil && used.Usage != nil {
		p.summary.Usage = *used.Usage
	}
}

// explain says why a stream ended before its end.
func (p *pump) explain(ctx context.Context, err error) error {
	var known *fault.Error
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errSilent):
		return invocation.TimedOut(p.timeout)
	case errors.Is(cause, errStopped):
		return fault.Wrap(fault.Canceled, cause, "The answer was stopped.").WithCode("STOPPED")
	case errors.Is(cause, errLost):
		return fault.Wrap(fault.Canceled, cause, "").WithCode("CLIENT_LOST")
	case errors.Is(cause, errLife):
		return fault.Wrap(fault.Timeout, cause, "The answer took longer than an hour.").WithCode(invocation.CodeTimeout)
	case errors.Is(cause, errClosed):
		return fault.Wrap(fault.Unavailable, cause, "The application is being restarted. Try again in a moment.").WithCode("RESTARTING")
	case errors.As(err, &known):
		return known
	case errors.Is(err, errTooLarge):
		return fault.Wrap(fault.Upstream, err, "The model sent an event that is larger than 1 MiB.").WithCode(invocation.CodeTooLarge)
	case errors.Is(err, errNotJSON), errors.Is(err, errReturn):
		return invocation.Garbage(err)
	default:
		return invocation.Broken(err)
	}
}
