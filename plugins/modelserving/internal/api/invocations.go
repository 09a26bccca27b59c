package api

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"corbel.example/plugins/modelserving/internal/endpoint"
	"corbel.example/plugins/modelserving/internal/invocation"
	"corbel.example/plugins/modelserving/internal/stream"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/rest"
)

const eventStream = "text/event-stream"

// invoke sends the body to an endpoint as it is, once it has been checked, and answers with what comes back as it is: at once, or piece
// by piece if the body asks for that with "stream": true.
func (a *API) invoke(w http.ResponseWriter, r *http.Request) error {
	if err := requireJSON(r.Header); err != nil {
		return err
	}
	body, done, err := a.bodies.read(w, r, userOf(r))
	if err != nil {
		return err
	}
	defer done()
	e, streamed, err := a.Invoker.Prepare(r.Context(), r.PathValue("name"), body)
	if err != nil {
		return err
	}
	if err := takes(r.Header, streamed); err != nil {
		return err
	}
	if streamed {
		return a.stream(w, r, e, body, done)
	}
	result, err := a.Invoker.Invoke(r.Context(), e, body)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", rest.MediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("Server-Timing", fmt.Sprintf("model;dur=%.3f", float64(result.Latency.Microseconds())/1e3)) // W3C Server Timing
	// The client may be gone: there is nobody left to tell.
	_, _ = w.Write(result.Body) //nolint:gosec // it is JSON and its type says so
	return nil
}

func requireJSON(h http.Header) error {
	kind := h.Get("Content-Type")
	if kind == "" {
		return nil
	}
	if media, _, err := mime.ParseMediaType(kind); err != nil || media != rest.MediaType {
		return fault.New(fault.Invalid, "The request body must be "+rest.MediaType+".").WithField("Content-Type", "must be "+rest.MediaType)
	}
	return nil
}

// takes refuses a request whose header does not take what its body asks for.
func takes(h http.Header, streamed bool) error {
	accept := h.Get("Accept")
	takesStreams := accept == "" || strings.Contains(accept, eventStream) || strings.Contains(accept, "*/*") || strings.Contains(accept, "text/*")
	switch {
	case streamed && !takesStreams:
		return fault.New(fault.Invalid, "The request asks for a stream and does not take one.").WithField("Accept", "must have "+eventStream)
	case !streamed && strings.TrimSpace(accept) == eventStream:
		return fault.New(fault.Invalid, "The request takes a stream alone and does not ask for one.").WithField("/stream", "must be true")
	}
	return nil
}

// stream begins a stream, whose body is needed until the endpoint answers, and gives it to the client.
func (a *API) stream(w http.ResponseWriter, r *http.Request, e *endpoint.Endpoint, body []byte, done func()) error {
	s, err := a.Streams.Start(r.Context(), userOf(r), &source{invoker: a.Invoker, endpoint: e, body: body, done: done})
	if err != nil {
		return err
	}
	return s.Serve(r.Context(), w, 0)
}

// source opens an endpoint's answer.
type source struct {
	invoker  *invocation.Invoker
	endpoint *endpoint.Endpoint
	body     []byte
	done     func() // with the body
	retries  int
}

func (s *source) Open(ctx context.Context) (answer io.ReadCloser, err error) {
	answer, s.retries, err = s.invoker.Open(ctx, s.endpoint, s.body)
	s.body = nil
	s.done()
	return answer, err
}

// HasLast says that the tasks with the protocol of chat completions end their streams with [DONE].
func (s *source) HasLast() bool {
	return s.endpoint.Task == endpoint.TaskChat || s.endpoint.Task == endpoint.TaskCompletions
}

func (s *source) Close(ctx context.Context, summary stream.Summary) {
	s.invoker.Account(ctx, invocation.Record{
		Endpoint: s.endpoint.Name, Stream: true, Duration: summary.Duration, First: summary.First, Events: summary.Events,
		Retries: s.retries, Usage: summary.Usage, Err: summary.Err,
	})
}

func userOf(r *http.Request) string {
	id, _ := identity.FromContext(r.Context())
	return id.User.ID
}
