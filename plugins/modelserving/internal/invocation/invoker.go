package invocation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/plugins/modelserving/internal/usage"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const (
	// MaxBody is the largest request: the platform takes no more.
	MaxBody = 16 << 20
	// largeBody is the size from which on bodies are checked one at a time.
	largeBody = 1 << 20
	// maxAnswer is the largest answer that is read as a whole.
	maxAnswer = 32 << 20
	// notReadyRetry is when to ask again for an endpoint that is not ready.
	notReadyRetry = 5 * time.Second
	// eventStream is the media type of server-sent events.
	eventStream = "text/event-stream"
)

// Settings of an Invoker.
type Settings struct {
	// Timeout bounds an invocation with its repetitions.
	Timeout time.Duration
	Logger  *slog.Logger
	Meter   *usage.Meter
}

// Invoker invokes endpoints. It is safe for concurrent use.
type Invoker struct {
	workspace *workspace.Workspace
	endpoints *endpoint.Reader
	settings  Settings
	large     chan struct{} // is taken while a large body is checked
}

// New returns an Invoker.
func New(w *workspace.Workspace, endpoints *endpoint.Reader, settings Settings) *Invoker {
	return &Invoker{workspace: w, endpoints: endpoints, settings: settings, large: make(chan struct{}, 1)}
}

// Result is the answer of an endpoint.
type Result struct {
	Body    json.RawMessage
	Latency time.Duration
	// Retries is how often the request was repeated.
	Retries int
	Usage   Usage
}

// Usage is what an answer cost, where the endpoint says so.
type Usage struct {
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
}

// Prepare finds the endpoint and checks that it answers, and that body is what it takes. streamed says whether body asks for an answer
// that comes piece by piece.
func (i *Invoker) Prepare(ctx context.Context, name string, body []byte) (e *endpoint.Endpoint, streamed bool, err error) {
	e, err = i.endpoints.Get(ctx, name)
	if err != nil {
		return nil, false, err
	}
	if e.State.IsReady() {
		streamed, err = i.check(ctx, e, body)
	} else {
		err = errNotReady(e.Name, e.State.String())
	}
	if err != nil {
		i.Account(ctx, Record{Endpoint: e.Name, Stream: streamed, Err: err})
		return nil, false, err
	}
	return e, streamed, nil
}

// check checks a body. Large ones are checked one at a time: as values they take many times their size.
func (i *Invoker) check(ctx context.Context, e *endpoint.Endpoint, body []byte) (streamed bool, err error) {
	if len(body) > largeBody {
		select {
		case i.large <- struct{}{}:
			defer func() { <-i.large }()
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return e.Check(body)
}

// Invoke sends a prepared request and returns the whole answer.
func (i *Invoker) Invoke(ctx context.Context, e *endpoint.Endpoint, body []byte) (*Result, error) {
	start := time.Now()
	within, stop := context.WithTimeoutCause(ctx, i.settings.Timeout, errTimeout)
	defer stop()
	result := &Result{}
	err := i.invoke(within, e, body, result)
	if err != nil && ctx.Err() == nil && errors.Is(context.Cause(within), errTimeout) {
		err = TimedOut(i.settings.Timeout)
	}
	result.Latency = time.Since(start)
	i.Account(ctx, Record{
		Endpoint: e.Name, Duration: result.Latency, Retries: result.Retries, Usage: result.Usage, Err: err,
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

func (i *Invoker) invoke(ctx context.Context, e *endpoint.Endpoint, body []byte, result *Result) error {
	response, retries, err := i.send(ctx, e.Name, body, "application/json")
	result.Retries = retries
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // it has been read
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return Broken(err)
	case len(answer) > maxAnswer:
		return Garbage(fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20))
	case !json.Valid(answer):
		return Garbage(fmt.Errorf("the answer of %d bytes is not JSON", len(answer)))
	}
	var used struct {
		Usage Usage `json:"usage"`
	}
	// An answer of another shape has no usage.
	_ = json.Unmarshal(answer, &used)
	result.Body, result.Usage = answer, used.Usage
	return nil
}

// Open sends a prepared request whose answer comes piece by piece, and returns it when its first byte is there. The end of ctx ends it.
func (i *Invoker) Open(ctx context.Context, e *endpoint.Endpoint, body []byte) (stream io.ReadCloser, retries int, err error) {
	response, retries, err := i.send(ctx, e.Name, body, eventStream)
	if err != nil {
		return nil, retries, err
	}
	if !isEventStream(response.Header) {
		_ = response.Body.Close() // it is not what was asked for
		return nil, retries, Garbage(errors.New("the answer is no event stream"))
	}
	return response.Body, retries, nil
}

// send sends a request, more than once if need be, and returns an answer that is a success.
func (i *Invoker) send(ctx context.Context, name string, body []byte, accept string) (response *http.Response, retries int, err error) {
	request := workspace.Request{
		Method: http.MethodPost, Path: "/serving-endpoints/" + url.PathEscape(name) + "/invocations", Body: body,
		Header: http.Header{"Content-Type": {"application/json"}, "Accept": {accept}},
	}
	deadline := time.Now().Add(i.settings.Timeout)
	for {
		response, err := i.workspace.Open(ctx, request)
		var f *fault.Error
		switch {
		case err != nil && ctx.Err() != nil:
			return nil, retries, ctx.Err()
		case err != nil:
			f = fault.From(err)
		case response.StatusCode >= http.StatusBadRequest:
			f = workspace.ResponseFault(response)
		case response.StatusCode != http.StatusOK:
			_ = response.Body.Close() // it is no answer
			return nil, retries, Garbage(fmt.Errorf("the answer has status %d", response.StatusCode))
		default:
			return response, retries, nil
		}
		if retries == maxRetries || !passing(f) || !pause(ctx, backoff(retries, f.RetryAfter), deadline) {
			return nil, retries, i.refused(ctx, name, f)
		}
		retries++
	}
}

// refused forgets what is known of an endpoint that turned out to be something else.
func (i *Invoker) refused(ctx context.Context, name string, f *fault.Error) error {
	f = refusal(f)
	switch f.Kind {
	case fault.NotFound, fault.Forbidden, fault.Unavailable, fault.Invalid:
		i.endpoints.Forget(ctx, name)
	}
	return f
}
