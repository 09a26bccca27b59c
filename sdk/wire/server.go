package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// Server is the plugin's end of the border.
type Server struct {
	pluginv1.UnimplementedPluginServer

	runtime Runtime
	logger  *slog.Logger

	mu        sync.Mutex
	exchanges map[uint64]*exchange
	draining  bool
	idle      chan struct{} // closed when draining and no exchange is left
	idleOnce  sync.Once
	onLink    atomic.Int32 // exchanges that came on the link
}

// NewServer returns the server of a plugin process. logger gets the stacks of panics.
func NewServer(runtime Runtime, logger *slog.Logger) *Server {
	return &Server{runtime: runtime, logger: logger, exchanges: make(map[uint64]*exchange), idle: make(chan struct{})}
}

// Register registers the Plugin service.
func (s *Server) Register(registrar grpc.ServiceRegistrar) {
	pluginv1.RegisterPluginServer(registrar, s)
}

// ServeLink answers the exchanges that arrive on the link, until it ends or ctx does. It returns nil when the host closed
// the link. The server owns the connection.
func (s *Server) ServeLink(ctx context.Context, conn net.Conn) error {
	l := newLink(conn, func() int { return int(s.onLink.Load()) })
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { l.close(ctx.Err()) })
	defer func() {
		stop()
		cancel() // the exchanges that came on it end with it
		l.close(errLinkClosed)
		l.wait()
	}()
	err := l.send(&pluginv1.Frame{Hello: &pluginv1.Hello{Credits: MaxInFlight}})
	if err == nil {
		w := &workers{serve: s.serve, work: make(chan *exchange), quit: ctx.Done()}
		err = l.read(func(f *pluginv1.Frame) error { return s.receive(ctx, l, w, f) })
	}
	switch {
	case isHangup(err):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return err
}

// isHangup says whether a link ended because the other side closed it, be it with frames of ours unread.
func isHangup(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// receive takes one frame of the host.
func (s *Server) receive(ctx context.Context, l *link, w *workers, f *pluginv1.Frame) error {
	switch {
	case f.GetRequest() != nil:
		x := newExchange(ctx, f.GetExchangeId(), f.GetRequest())
		releaseFrame(f)
		x.response.link = l
		if err := s.begin(x); err != nil {
			x.response.Fail(err)
			x.response.finish()
			x.end()
			return nil
		}
		w.run(x)
	case f.GetCancel() != nil:
		s.cancel(f.GetExchangeId())
		releaseFrame(f)
	default:
		return errors.New("frame of the host holds neither request nor cancel")
	}
	return nil
}

// Stream serves one large or open-ended exchange.
func (s *Server) Stream(stream grpc.BidiStreamingServer[pluginv1.Part, pluginv1.Part]) error {
	part, err := stream.Recv()
	if err != nil {
		return err
	}
	if id := part.GetResumeExchangeId(); id != 0 {
		return s.resume(stream, id)
	}
	request := part.GetRequest()
	if request == nil {
		return errors.New("a stream begins with a request or the number of an exchange")
	}
	x := newExchange(stream.Context(), request.GetExchangeId(), request)
	x.request.Body = limitBody(newPartBody(stream), x.Exchange.MaxBodyBytes)
	x.response.stream = stream
	if err := s.begin(x); err != nil {
		x.response.Fail(err)
		x.response.finish()
		x.end()
		return nil
	}
	s.serve(x)
	return nil
}

// resume hands a stream to the exchange that asked for one, and stays until the exchange has ended.
func (s *Server) resume(stream grpc.BidiStreamingServer[pluginv1.Part, pluginv1.Part], id uint64) error {
	s.mu.Lock()
	x := s.exchanges[id]
	s.mu.Unlock()
	if x == nil {
		return fmt.Errorf("no exchange %d is under way", id)
	}
	stop := context.AfterFunc(stream.Context(), x.cancel)
	defer stop()
	select {
	case x.response.resumed <- stream:
		s.leaveLink(x)
	case <-x.done:
	}
	<-x.done
	return nil
}

// serve runs the handler and sends what it left to send.
func (s *Server) serve(x *exchange) {
	defer s.end(x)
	defer x.response.finish()
	defer func() {
		if p := recover(); p != nil {
			s.recovered(x, p)
		}
	}()
	s.runtime.ServeHTTP(x.response, x.request)
}

// begin books an exchange, unless the plugin drains or has its hands full.
func (s *Server) begin(x *exchange) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining:
		return fault.New(fault.Unavailable, "").WithCode(drainingCode).WithOp("draining").WithRetryAfter(time.Second)
	case s.exchanges[x.id] != nil:
		return fault.New(fault.Internal, "").WithOp("exchange number used twice")
	case x.response.link != nil && s.onLink.Load() >= MaxInFlight:
		return fault.New(fault.Exhausted, "").WithRetryAfter(time.Second)
	}
	if x.response.link != nil {
		x.onLink = true
		s.onLink.Add(1)
	}
	s.exchanges[x.id] = x
	return nil
}

// leaveLink gives an exchange's place on the link back: it goes on elsewhere, or has ended.
func (s *Server) leaveLink(x *exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.onLink {
		x.onLink = false
		s.onLink.Add(-1)
	}
}

func (s *Server) end(x *exchange) {
	s.leaveLink(x)
	s.mu.Lock()
	delete(s.exchanges, x.id)
	if s.draining && len(s.exchanges) == 0 {
		s.idleOnce.Do(func() { close(s.idle) })
	}
	s.mu.Unlock()
	x.end()
}

func (s *Server) cancel(id uint64) {
	s.mu.Lock()
	x := s.exchanges[id]
	s.mu.Unlock()
	if x != nil {
		x.cancel()
	}
}
