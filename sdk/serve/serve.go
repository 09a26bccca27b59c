// Package serve runs a plugin: its main calls Main and nothing else. It speaks with the host through package wire and
// knows nothing of protobuf.
package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// flushTimeout bounds how long the last log lines may take.
const flushTimeout = time.Second

// handshakeOutput is the real standard output. Until the host has read the handshake from it, a stray print would break
// the start: in a plugin process os.Stdout is standard error from the first moment on.
var handshakeOutput = os.Stdout

func init() {
	if startedByHost() {
		os.Stdout = os.Stderr
	}
}

func startedByHost() bool {
	return os.Getenv(wire.Handshake.MagicCookieKey) == wire.Handshake.MagicCookieValue
}

// Main runs the plugin until the host ends it, and then ends the process.
func Main(p plugin.Plugin) {
	if !startedByHost() {
		m := p.Manifest()
		fmt.Fprintf(os.Stderr, "This is the Corbel plugin %s %s: a Corbel host starts it.\n"+
			"Put the file into the host's plugin folder and add `%s` to `plugins` in the host's configuration.\n", m.Name, m.Version, m.Name)
		os.Exit(2)
	}
	if err := run(p); err != nil {
		fmt.Fprintf(os.Stderr, "plugin: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run serves the plugin on the sockets that it inherited, until the host closes the link.
func run(p plugin.Plugin) error {
	if err := hideFromOthers(); err != nil {
		return err
	}
	link, err := wire.FileConn(wire.LinkFD, "link to the host")
	if err != nil {
		return fmt.Errorf("%w: the plugin was not started by a Corbel host", err)
	}
	host, err := wire.FileConn(wire.HostFD, "connection to the host's services")
	if err != nil {
		return err
	}
	return operate(context.Background(), p, link, host, func(server *wire.Server) (stop func()) {
		go goplugin.Serve(serveConfig(server)) // ends with the process
		return func() {}
	})
}

// operate runs the plugin between the host's sockets. control serves the Plugin service and returns how to stop it.
func operate(ctx context.Context, p plugin.Plugin, link, hostConn net.Conn, control func(*wire.Server) (stop func())) error {
	host, err := wire.DialHost(hostConn)
	if err != nil {
		return err
	}
	logs := startLogs(host)
	rt := newRuntime(p, host, logs)
	server := wire.NewServer(rt, rt.logger)
	stop := control(server)
	err = server.ServeLink(ctx, link)
	stop()
	logs.stop(flushTimeout)
	return errors.Join(err, host.Close())
}

func serveConfig(server *wire.Server) *goplugin.ServeConfig {
	parent := os.Getppid()
	os.Stdout = handshakeOutput // Serve prints the handshake and then takes os.Stdout over
	return &goplugin.ServeConfig{
		HandshakeConfig: wire.Handshake,
		Plugins:         wire.ServerMap(server),
		Logger:          hclog.New(&hclog.LoggerOptions{Level: hclog.Off}),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, wire.ServerOptions(func() int { return parent })...)...)
		},
	}
}
