package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

type clientStream = grpc.BidiStreamingClient[pluginv1.Part, pluginv1.Part]

// forwardStream performs an exchange whose request is large or of unknown length.
func (c *Client) forwardStream(w http.ResponseWriter, r *http.Request, x Exchange) error {
	wait := newDeadline(x.Timeout)
	defer wait.stop()
	ctx, cancel := wait.context(r.Context())
	defer cancel()

	head := new(pluginv1.Request)
	if err := fillRequest(head, r, &x); err != nil {
		return err
	}
	head.ExchangeId = c.exchange.Add(1)
	c.inFlight.add(head.ExchangeId, &pending{exchange: x})
	defer c.inFlight.remove(head.ExchangeId)

	stream, err := c.control.Stream(ctx)
	if err == nil {
		err = stream.Send(&pluginv1.Part{Part: &pluginv1.Part_Request{Request: head}})
	}
	if err != nil {
		return c.streamError(r.Context(), err, false)
	}
	up := startUpload(&c.done, stream, r, x.MaxBodyBytes, cancel)
	err = c.receiveStream(w, r, stream)
	cancel()
	if uploadErr := up.stop(w); uploadErr != nil {
		var aborted *AbortedError
		if err != nil && !errors.As(err, &aborted) {
			return uploadErr // what the client sent is why the plugin could not answer
		}
	}
	return err
}

// resume fetches the answer of an exchange that began in a frame and turned out to be large or open-ended.
func (c *Client) resume(w http.ResponseWriter, r *http.Request, id uint64, wait deadline) error {
	ctx, cancel := wait.context(r.Context())
	defer cancel()
	stream, err := c.control.Stream(ctx)
	if err == nil {
		err = stream.Send(&pluginv1.Part{Part: &pluginv1.Part_ResumeExchangeId{ResumeExchangeId: id}})
	}
	if err == nil {
		err = stream.CloseSend()
	}
	if err != nil {
		return c.streamError(r.Context(), err, true)
	}
	return c.receiveStream(w, r, stream)
}

// receiveStream copies the response on a stream to w.
func (c *Client) receiveStream(w http.ResponseWriter, r *http.Request, stream clientStream) error {
	part, err := stream.Recv()
	if err != nil {
		return c.streamError(r.Context(), err, true)
	}
	resp := part.GetResponse()
	if resp == nil {
		return fault.New(fault.Upstream, "").WithOp("stream of the plugin begins without a response")
	}
	if f := resp.GetFault(); f != nil {
		return faultFromProto(f)
	}
	if err := writeHead(w.Header(), resp); err != nil {
		return err
	}
	w.WriteHeader(int(resp.GetStatus()))
	if err := copyParts(w, stream); err != nil {
		return &AbortedError{Err: err}
	}
	return nil
}

// copyParts copies a body to w and flushes each piece: the plugin has decided how large the pieces are.
func copyParts(w http.ResponseWriter, stream clientStream) error {
	control := http.NewResponseController(w)
	for {
		if err := control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		part, err := stream.Recv()
		if err != nil {
			return err // io.EOF too: an end must come first
		}
		switch p := part.GetPart().(type) {
		case *pluginv1.Part_Data:
			if _, err := w.Write(p.Data); err != nil {
				return err
			}
		case *pluginv1.Part_End:
			if f := p.End.GetFault(); f != nil {
				return faultFromProto(f)
			}
			trailers, err := trailerHeader(p.End.GetTrailers())
			for name, values := range trailers {
				w.Header()[http.TrailerPrefix+name] = values
			}
			return err
		default:
			return fmt.Errorf("stream of the plugin holds %T in a body", p)
		}
	}
}

// streamError says what a failed stream means to the one who asked. ctx is the request's own context.
func (c *Client) streamError(ctx context.Context, err error, sent bool) error {
	if ctxErr := ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	select {
	case <-c.lost:
		return &LostError{Sent: sent, Err: c.lostErr}
	default:
	}
	switch status.Code(err) {
	case codes.DeadlineExceeded:
		return fault.Wrap(fault.Timeout, err, "")
	case codes.ResourceExhausted:
		return fault.Wrap(fault.Exhausted, err, "").WithRetryAfter(time.Second)
	case codes.Unavailable:
		return &LostError{Sent: sent, Err: err}
	default:
		return fault.Wrap(fault.Upstream, err, "")
	}
}
