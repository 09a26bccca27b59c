package serve

import (
	"context"
	"net"

	"google.golang.org/grpc"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// Sockets join a plugin with a host in the same process, as in a test. On owns them.
type Sockets struct {
	// Link is the plugin's end of the link.
	Link net.Conn
	// Host is the plugin's end of the connection to the host's services.
	Host net.Conn
	// Control accepts the host's connection for the Plugin service.
	Control net.Listener
	// HostPID is the process that may connect to Control.
	HostPID int
}

// On serves the plugin on given sockets until the host closes the link or ctx ends. Programs call Main instead.
func On(ctx context.Context, p plugin.Plugin, s Sockets) error {
	return operate(ctx, p, s.Link, s.Host, func(server *wire.Server) (stop func()) {
		g := grpc.NewServer(wire.ServerOptions(func() int { return s.HostPID })...)
		server.Register(g)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = g.Serve(s.Control) // it says only that it was stopped
		}()
		return func() {
			g.Stop()
			<-done
		}
	})
}
