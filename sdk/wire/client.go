package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"corbel.example/sdk/plugin"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// ContractMinor is the minor version of the contract that this package speaks.
const ContractMinor = 1

// Capabilities are the optional parts of the contract that Server speaks.
var Capabilities = []string{"exchange", "drain"}

// Client is the host's end of the border to one plugin process. It is for that process only: when the process ends, so
// does the client. Its methods may be called concurrently.
type Client struct {
	control pluginv1.PluginClient
	link    *link

	credits  chan struct{} // holds one for each exchange under way on the link
	exchange atomic.Uint64 // the number given last
	inFlight inFlight

	lost     chan struct{} // closed when the link has ended
	lostErr  error         // why; valid once lost is closed
	mu       sync.Mutex
	services func() // stops what ServeHost started
	done     sync.WaitGroup
}

// NewClient returns the client of a plugin process: link is the host's end of the socketpair whose other end the process
// has as LinkFD, control the connection that go-plugin made. The client owns the link.
func NewClient(conn net.Conn, control grpc.ClientConnInterface) *Client {
	c := &Client{
		control: pluginv1.NewPluginClient(control),
		credits: make(chan struct{}, MaxInFlight),
		lost:    make(chan struct{}),
	}
	c.link = newLink(conn, func() int { return len(c.credits) })
	c.inFlight.init()
	c.done.Go(c.read)
	return c
}

// Done is closed when the link to the process has ended: the process died, or Close was called.
func (c *Client) Done() <-chan struct{} { return c.lost }

// InFlight is the number of exchanges that the process has not finished.
func (c *Client) InFlight() int { return c.inFlight.len() }

// CloseLink closes the link alone. The plugin takes that as its end; until Close it can still log what it has to say.
func (c *Client) CloseLink() { c.link.close(errLinkClosed) }

// Close ends all exchanges and returns when nothing of the client runs any more. It works twice.
func (c *Client) Close() error {
	c.link.close(errLinkClosed)
	c.mu.Lock()
	services := c.services
	c.services = nil
	c.mu.Unlock()
	if services != nil {
		services()
	}
	c.done.Wait()
	c.link.wait()
	return nil
}

// Describe asks for the plugin's manifest.
func (c *Client) Describe(ctx context.Context) (plugin.Manifest, error) {
	resp, err := c.control.Describe(ctx, &pluginv1.DescribeRequest{ContractMinor: ContractMinor})
	if err != nil {
		return plugin.Manifest{}, fmt.Errorf("describe: %w", err)
	}
	return manifestFromProto(resp.GetManifest()), nil
}

// Configure hands the plugin its configuration. An error means that it gave no answer; what it thinks of the
// configuration is in the diagnostics.
func (c *Client) Configure(ctx context.Context, generation uint64, config json.RawMessage, level slog.Level) (plugin.Diagnostics, error) {
	resp, err := c.control.Configure(ctx, &pluginv1.ConfigureRequest{
		Generation: generation, Config: config, LogLevel: int32(level), //nolint:gosec // levels are small
	})
	if err != nil {
		return nil, fmt.Errorf("configure: %w", err)
	}
	return diagnosticsFromProto(resp.GetDiagnostics()), nil
}

// Check asks how the plugin is. An error means that it gave no answer.
func (c *Client) Check(ctx context.Context, depth plugin.Depth) (plugin.Health, error) {
	resp, err := c.control.Check(ctx, &pluginv1.CheckRequest{Deep: depth == plugin.Deep})
	if err != nil {
		return plugin.Health{}, fmt.Errorf("check: %w", err)
	}
	return healthFromProto(resp), nil
}

// Drain makes the plugin refuse new exchanges and waits until the old ones have ended or the timeout has passed.
// It returns how many were left.
func (c *Client) Drain(ctx context.Context, timeout time.Duration) (inFlight int, err error) {
	resp, err := c.control.Drain(ctx, &pluginv1.DrainRequest{Timeout: durationpb.New(timeout)})
	if err != nil {
		return 0, fmt.Errorf("drain: %w", err)
	}
	return int(resp.GetInFlight()), nil
}

// read takes the plugin's frames until the link ends, and then ends every exchange.
func (c *Client) read() {
	err := c.link.read(c.receive)
	c.link.close(err)
	if errors.Is(err, io.EOF) {
		err = errors.New("the plugin closed its end")
	}
	c.lostErr = err
	close(c.lost)
}

// receive takes one frame of the plugin.
func (c *Client) receive(f *pluginv1.Frame) error {
	id, response := f.GetExchangeId(), f.GetResponse()
	f.Response = nil
	hello := f.GetHello()
	releaseFrame(f)
	switch {
	case response != nil:
		c.inFlight.deliver(id, response)
		return nil
	case hello != nil:
		c.limitCredits(int(hello.GetCredits()))
		return nil
	default:
		return errors.New("frame of the plugin holds neither response nor hello")
	}
}

// limitCredits takes away what the plugin does not grant of MaxInFlight. It is the plugin's first frame, so that all
// credits are there to be taken.
func (c *Client) limitCredits(granted int) {
	for range MaxInFlight - max(1, granted) {
		select {
		case c.credits <- struct{}{}:
		default:
			return
		}
	}
}
