// Package sdktest tests plugins: Start runs one behind a real border inside the test's process, and Conformance checks
// what every host relies on.
package sdktest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/secret"
	"corbel.example/sdk/serve"
	"corbel.example/sdk/wire"
)

// DefaultTimeout is what an exchange may take.
const DefaultTimeout = 10 * time.Second

// User is the caller of requests that name no other.
var User = identity.User{ID: "1001", Email: "ana@example.com", Name: "Ana"}

// Options of a test host.
type Options struct {
	// Config is the plugin's configuration as JSON. Empty means {}.
	Config json.RawMessage
	// Caller says who sends a request. Nil: User sends all of them.
	Caller func(r *http.Request) identity.User
	// AccessToken of the caller, for plugins that need one.
	AccessToken string
	// Timeout of an exchange, 0 for DefaultTimeout.
	Timeout time.Duration
	// Call answers the plugin's calls to other plugins. Without it every plugin is "not enabled".
	Call func(w http.ResponseWriter, r *http.Request, target string)
}

// Host is a plugin behind a border, and an HTTP server before it.
type Host struct {
	// URL of the server, without a slash at the end.
	URL string

	t      testing.TB
	client *wire.Client
	opts   Options
	last   atomic.Pointer[error]
	// needsToken is the manifest's.
	needsToken bool
}

// Start configures p and serves it until the test ends, when it is drained. A configuration that the plugin refuses fails
// the test.
func Start(t testing.TB, p plugin.Plugin, opts Options) *Host {
	t.Helper()
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if len(opts.Config) == 0 {
		opts.Config = json.RawMessage(`{}`)
	}
	h := &Host{t: t, opts: opts, needsToken: p.Manifest().NeedsAccessToken}
	h.client = join(t, p, h)
	ds, err := h.client.Configure(t.Context(), 1, opts.Config, slog.LevelDebug)
	if err != nil {
		t.Fatal(err)
	}
	if ds.HasError() {
		t.Fatalf("the plugin refuses its configuration: %s", ds)
	}
	server := httptest.NewServer(h)
	h.URL = server.URL
	t.Cleanup(func() {
		server.Close()
		if _, err := h.client.Drain(context.WithoutCancel(t.Context()), drainTimeout); err != nil {
			t.Errorf("drain: %v", err)
		}
	})
	return h
}

// Client is the host's end of the border: for lifecycle calls.
func (h *Host) Client() *wire.Client { return h.client }

// LastError is what the last exchange ended with: a *fault.Error as the plugin made it, or nil.
func (h *Host) LastError() error {
	if err := h.last.Load(); err != nil {
		return *err
	}
	return nil
}

// ServeHTTP is the host in small: request id, identity, the exchange, and a fault as a problem.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	caller := User
	if h.opts.Caller != nil {
		caller = h.opts.Caller(r)
	}
	x := wire.Exchange{
		RequestID: correlation.Accept(r.Header.Get(correlation.Header)), Timeout: h.opts.Timeout, Scheme: "http",
		Identity: identity.Identity{User: caller, AccessToken: secret.New(h.opts.AccessToken)}, PassAccessToken: h.needsToken,
	}
	w.Header().Set(correlation.Header, x.RequestID)
	err := h.client.Forward(w, r, x)
	h.last.Store(&err)
	var aborted *wire.AbortedError
	switch {
	case err == nil:
	case errors.As(err, &aborted):
		panic(http.ErrAbortHandler)
	default:
		fault.WriteProblem(w, fault.From(err), x.RequestID)
	}
}

// Log writes the plugin's lines to the test's log.
func (h *Host) Log(records []wire.LogRecord, dropped uint64) {
	for _, r := range records {
		h.t.Logf("%s %s %s", r.Level, r.Message, r.Attrs)
	}
	if dropped > 0 {
		h.t.Logf("%d log records dropped", dropped)
	}
}

// Call answers the plugin's calls.
func (h *Host) Call(w http.ResponseWriter, r *http.Request, target string, _ wire.Exchange) {
	if h.opts.Call == nil {
		fault.Fail(w, fault.Newf(fault.NotEnabled, "The plugin %s is not enabled.", target), "")
		return
	}
	h.opts.Call(w, r, target)
}

// join makes both ends of a border in this process and serves the plugin's.
func join(t testing.TB, p plugin.Plugin, handler wire.HostHandler) *wire.Client {
	t.Helper()
	link, pluginLink := pair(t)
	services, pluginServices := pair(t)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context())) // until the clean-up
	served := make(chan error, 1)
	socket := filepath.Join(shortDir(t), "p")
	var lc net.ListenConfig
	listener, err := lc.Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		served <- serve.On(ctx, p, serve.Sockets{Link: pluginLink, Host: pluginServices, Control: listener, HostPID: os.Getpid()})
	}()
	control, err := grpc.NewClient("unix:"+socket, wire.DialOptions(os.Getpid)...)
	if err != nil {
		t.Fatal(err)
	}
	client := wire.NewClient(link, control)
	client.ServeHost(services, handler)
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), control.Close()); err != nil {
			t.Errorf("end of the border: %v", err)
		}
		cancel()
		if err := <-served; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("plugin's end of the border: %v", err)
		}
	})
	return client
}

// pair returns two connected sockets.
func pair(t testing.TB) (net.Conn, net.Conn) {
	t.Helper()
	a, file, err := wire.Pair()
	if err != nil {
		t.Fatal(err)
	}
	b, err := net.FileConn(file)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return a, b
}

// shortDir is a folder whose path leaves room for a socket's name: their paths end at about 100 bytes.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sdktest") //nolint:usetesting // t.TempDir's path holds the test's name and may be too long
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
