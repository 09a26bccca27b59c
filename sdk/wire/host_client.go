package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// Host is the plugin's end of the host's services. It implements plugin.Caller.
type Host struct {
	conn    *grpc.ClientConn
	client  pluginv1.HostClient
	uploads sync.WaitGroup
}

// DialHost returns the host's services on the connection that the plugin inherited as HostFD. It owns the connection.
func DialHost(conn net.Conn) (*Host, error) {
	cc, err := grpc.NewClient("passthrough:///host", append(dialOptions(insecure.NewCredentials()),
		grpc.WithContextDialer(newConnDialer(conn)))...)
	if err != nil {
		return nil, err
	}
	return &Host{conn: cc, client: pluginv1.NewHostClient(cc)}, nil
}

// Close ends the connection and the calls on it.
func (h *Host) Close() error {
	err := h.conn.Close()
	h.uploads.Wait()
	return err
}

// LogStream sends log records to the host.
type LogStream struct {
	stream grpc.ClientStreamingClient[pluginv1.LogRequest, pluginv1.LogResponse]
}

// Log opens a stream of log records, which ends with ctx.
func (h *Host) Log(ctx context.Context) (*LogStream, error) {
	stream, err := h.client.Log(ctx)
	if err != nil {
		return nil, err
	}
	return &LogStream{stream: stream}, nil
}

// Send sends a batch; dropped counts the records lost before it.
func (s *LogStream) Send(records []LogRecord, dropped uint64) error {
	return s.stream.Send(&pluginv1.LogRequest{
		Dropped: dropped,
		Records: convert(records, func(r LogRecord) *pluginv1.LogRecord {
			return &pluginv1.LogRecord{
				TimeUnixNano: r.Time.UnixNano(), Level: int32(r.Level), Message: r.Message, Attributes: r.Attrs, //nolint:gosec // levels are small
			}
		}),
	})
}

// Close flushes the stream and waits until the host has taken everything.
func (s *LogStream) Close() error {
	_, err := s.stream.CloseAndRecv()
	return err
}

// Call sends r to another plugin in the name of the exchange that r's context belongs to.
func (h *Host) Call(r *http.Request, target string) (*http.Response, error) {
	parent, ok := exchangeID(r.Context())
	if !ok {
		return nil, fault.New(fault.Internal, "").WithOp("call " + target + ": the request's context comes from no exchange")
	}
	ctx, cancel := context.WithCancel(r.Context())
	resp, err := h.call(ctx, cancel, r, target, parent)
	if err == nil {
		return resp, nil
	}
	cancel()
	if ctxErr := r.Context().Err(); ctxErr != nil {
		return nil, ctxErr
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return nil, f
	}
	return nil, fault.Wrap(fault.Unavailable, err, "").WithOp("call " + target)
}

// call begins the call; the response's body ends it. The request's body goes up while the response comes down.
func (h *Host) call(ctx context.Context, cancel context.CancelFunc, r *http.Request, target string, parent uint64) (*http.Response, error) {
	head, err := callHead(r, target, parent)
	if err != nil {
		return nil, err
	}
	stream, err := h.client.Call(ctx)
	if err == nil {
		err = stream.Send(&pluginv1.Part{Part: &pluginv1.Part_Request{Request: head}})
	}
	if err != nil {
		return nil, err
	}
	up := startUpload(&h.uploads, stream, r, 0, cancel)
	resp, err := receiveCall(stream, r, cancel)
	if err != nil {
		if uploadErr := up.failed(); uploadErr != nil {
			return nil, uploadErr
		}
	}
	return resp, err
}

func callHead(r *http.Request, target string, parent uint64) (*pluginv1.Request, error) {
	head := &pluginv1.Request{
		Method: r.Method, Target: requestTarget(r), Host: r.Host, ContentLength: r.ContentLength,
		Plugin: target, ParentExchangeId: parent,
	}
	if head.Method == "" {
		head.Method = http.MethodGet
	}
	var err error
	head.Headers, err = appendRequestHeaders(nil, r.Header)
	return head, err
}

func receiveCall(stream clientStream, r *http.Request, cancel context.CancelFunc) (*http.Response, error) {
	part, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	p := part.GetResponse()
	if p == nil {
		return nil, errors.New("the answer begins without a response")
	}
	if f := p.GetFault(); f != nil {
		return nil, faultFromProto(f)
	}
	resp := &http.Response{
		StatusCode: int(p.GetStatus()), Status: strconv.Itoa(int(p.GetStatus())) + " " + http.StatusText(int(p.GetStatus())),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: headerFromProto(p.GetHeaders()), Request: r, ContentLength: -1,
	}
	if n, err := strconv.ParseInt(resp.Header.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	}
	resp.Body = &callBody{partBody: newPartBody(stream), response: resp, cancel: cancel}
	return resp, nil
}

// callBody is the body of another plugin's response; closing it ends the call.
type callBody struct {
	*partBody
	response *http.Response
	cancel   context.CancelFunc
}

func (b *callBody) Read(p []byte) (int, error) {
	n, err := b.partBody.Read(p)
	if errors.Is(err, io.EOF) && b.response.Trailer == nil && len(b.trailers) > 0 {
		b.response.Trailer = headerFromProto(b.trailers)
	}
	return n, err
}

func (b *callBody) Close() error {
	b.cancel()
	return b.partBody.Close()
}
