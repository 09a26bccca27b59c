package wire

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// Handshake is what host and plugin must agree on before they speak. The cookie is no secret: it tells a person who
// starts a plugin by hand what it is.
var Handshake = goplugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "CORBEL_PLUGIN",
	MagicCookieValue: "dd6f8a3c",
}

// PluginName is the name under which go-plugin dispenses the connection.
const PluginName = "plugin"

// PluginMap is the host's go-plugin.PluginSet: dispensing PluginName gives the *grpc.ClientConn for NewClient.
func PluginMap() goplugin.PluginSet { return goplugin.PluginSet{PluginName: &grpcPlugin{}} }

// ServerMap is the plugin's go-plugin.PluginSet.
func ServerMap(s *Server) goplugin.PluginSet {
	return goplugin.PluginSet{PluginName: &grpcPlugin{server: s}}
}

type grpcPlugin struct {
	goplugin.NetRPCUnsupportedPlugin
	server *Server
}

func (p *grpcPlugin) GRPCServer(_ *goplugin.GRPCBroker, s *grpc.Server) error {
	p.server.Register(s)
	return nil
}

func (p *grpcPlugin) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// DialOptions are the host's for go-plugin's connection to the process with this id.
func DialOptions(pid func() int) []grpc.DialOption {
	return dialOptions(&peerCredentials{pid: pid})
}

// ServerOptions are the plugin's for the connection from the process with this id, its parent.
func ServerOptions(pid func() int) []grpc.ServerOption {
	return append(serverOptions(), grpc.Creds(&peerCredentials{pid: pid}))
}

func dialOptions(creds credentials.TransportCredentials) []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithTransportCredentials(creds),
		grpc.WithInitialWindowSize(streamWindow),
		grpc.WithInitialConnWindowSize(connWindow),
		grpc.WithDefaultCallOptions(
			grpc.ForceCodecV2(codec{}),
			grpc.MaxCallRecvMsgSize(maxMessage),
			grpc.MaxCallSendMsgSize(maxMessage),
		),
	}
}

func serverOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.ForceServerCodecV2(codec{}),
		grpc.InitialWindowSize(streamWindow),
		grpc.InitialConnWindowSize(connWindow),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.MaxConcurrentStreams(2 * MaxInFlight),
	}
}

// FileConn makes a connection of an inherited descriptor and closes the file. name is for errors.
func FileConn(fd uintptr, name string) (net.Conn, error) {
	f := os.NewFile(fd, name)
	if f == nil {
		return nil, errors.New(name + ": no such descriptor")
	}
	defer f.Close() // net.FileConn duplicates it, close-on-exec
	return net.FileConn(f)
}

// connListener accepts one connection, which exists already.
type connListener struct {
	conn   chan net.Conn
	addr   net.Addr
	closed chan struct{}
	once   sync.Once
}

func newConnListener(conn net.Conn) *connListener {
	l := &connListener{conn: make(chan net.Conn, 1), addr: conn.LocalAddr(), closed: make(chan struct{})}
	l.conn <- conn
	return l
}

func (l *connListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conn:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *connListener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		select {
		case conn := <-l.conn: // never accepted
			_ = conn.Close() // nobody has used it
		default:
		}
	})
	return nil
}

func (l *connListener) Addr() net.Addr { return l.addr }

// newConnDialer dials one connection, which exists already; a second time there is none.
func newConnDialer(conn net.Conn) func(context.Context, string) (net.Conn, error) {
	var once sync.Once
	return func(context.Context, string) (net.Conn, error) {
		dialed := net.Conn(nil)
		once.Do(func() { dialed = conn })
		if dialed == nil {
			return nil, errors.New("the connection to the host has ended")
		}
		return dialed, nil
	}
}
