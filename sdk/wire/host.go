package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// HostHandler is what the host does for one plugin.
type HostHandler interface {
	// Log takes records in the order in which the plugin made them; it dropped some before them when its buffer was full.
	Log(records []LogRecord, dropped uint64)
	// Call answers an exchange of the plugin with another plugin's route. parent is the exchange in whose name the call is
	// made; r's context ends with the call. A panic, http.ErrAbortHandler say, aborts the response.
	Call(w http.ResponseWriter, r *http.Request, target string, parent Exchange)
}

// LogRecord is one log line of a plugin.
type LogRecord struct {
	Time    time.Time
	Level   slog.Level
	Message string
	// Attrs is a JSON object, as the plugin sent it: check it.
	Attrs json.RawMessage
}

// ServeHost serves the host's services on the connection whose other end the process has as HostFD, until Close.
// Call it once.
func (c *Client) ServeHost(conn net.Conn, handler HostHandler) {
	server := grpc.NewServer(serverOptions()...)
	pluginv1.RegisterHostServer(server, &hostServer{client: c, handler: handler})
	c.mu.Lock()
	c.services = func() {
		// gRPC would wait two minutes for a plugin that never spoke.
		_ = conn.Close()
		server.Stop()
	}
	c.mu.Unlock()
	c.done.Go(func() {
		// Serve ends with Stop, or when the process is gone; either way there is nobody to serve any more.
		_ = server.Serve(newConnListener(conn))
	})
}

type hostServer struct {
	pluginv1.UnimplementedHostServer
	client  *Client
	handler HostHandler
}

// Log takes batches of records until the plugin closes the stream.
func (s *hostServer) Log(stream grpc.ClientStreamingServer[pluginv1.LogRequest, pluginv1.LogResponse]) error {
	for {
		batch, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(&pluginv1.LogResponse{})
		}
		if err != nil {
			return err
		}
		s.handler.Log(convert(batch.GetRecords(), func(r *pluginv1.LogRecord) LogRecord {
			return LogRecord{
				Time: time.Unix(0, r.GetTimeUnixNano()), Level: slog.Level(r.GetLevel()),
				Message: r.GetMessage(), Attrs: r.GetAttributes(),
			}
		}), batch.GetDropped())
	}
}

// Call serves an exchange that the plugin begins, in the name of one that it answers.
func (s *hostServer) Call(stream grpc.BidiStreamingServer[pluginv1.Part, pluginv1.Part]) error {
	part, err := stream.Recv()
	if err != nil {
		return err
	}
	p := part.GetRequest()
	if p == nil {
		return errors.New("a call begins with a request")
	}
	// The identity is the parent's, whatever the plugin sent: it can act only for users whose requests it is answering.
	parent, ok := s.client.inFlight.find(p.GetParentExchangeId())
	ctx := parent.context(stream.Context())
	w := newResponder(ctx, p.GetExchangeId(), p.GetMethod())
	w.stream = stream
	defer w.finish()
	if !ok {
		w.Fail(fault.New(fault.Invalid, "").WithOp("call without an exchange under way"))
		return nil
	}
	r := newRequest(ctx, p)
	r.Body = newPartBody(stream)
	defer func() {
		if reason := recover(); reason != nil { // http.ErrAbortHandler: the response broke off
			w.abort(fault.New(fault.Internal, "").WithOp(fmt.Sprintf("call aborted: %v", reason)))
		}
	}()
	s.handler.Call(w, r, p.GetPlugin(), parent)
	return nil
}
