package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"corbel.example/sdk/plugin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testRuntime is a plugin that is nothing but a handler.
type testRuntime struct {
	http.Handler
	configured json.RawMessage
	drained    bool
}

func (rt *testRuntime) Describe() plugin.Manifest {
	return plugin.Manifest{Name: "test", Version: "1.2.3"}
}

func (rt *testRuntime) Configure(_ context.Context, _ uint64, config json.RawMessage, _ slog.Level) plugin.Diagnostics {
	rt.configured = bytes.Clone(config)
	return plugin.Diagnostics{{Severity: plugin.Warning, Summary: "looked at", Path: "a.b"}}
}

func (rt *testRuntime) Check(_ context.Context, depth plugin.Depth) plugin.Health {
	if depth == plugin.Deep {
		return plugin.Health{Status: plugin.Degraded, Message: "half", Resources: []plugin.ResourceHealth{{Name: "warehouse", Status: plugin.NotServing}}}
	}
	return plugin.Health{Status: plugin.Serving}
}

func (rt *testRuntime) Drain(context.Context) error { rt.drained = true; return nil }

// border is both ends of a border in one process.
type border struct {
	*Client
	server  *Server
	runtime *testRuntime
	// pluginLink is the plugin's end of the link: closing it is the plugin's death.
	pluginLink net.Conn
}

// socketPair returns the two ends of a connected unix socket.
func socketPair(t testing.TB) (net.Conn, net.Conn) {
	t.Helper()
	a, file, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	b, err := net.FileConn(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func newBorder(t testing.TB, handler http.Handler) *border {
	t.Helper()
	hostLink, pluginLink := socketPair(t)
	hostControl, pluginControl := socketPair(t)
	b := &border{runtime: &testRuntime{Handler: handler}, pluginLink: pluginLink}
	b.server = NewServer(b.runtime, slog.New(slog.DiscardHandler))

	grpcServer := grpc.NewServer(serverOptions()...)
	b.server.Register(grpcServer)
	serving := make(chan struct{}, 2)
	go func() { _ = grpcServer.Serve(newConnListener(pluginControl)); serving <- struct{}{} }()
	linkErr := make(chan error, 1)
	go func() {
		linkErr <- b.server.ServeLink(context.WithoutCancel(t.Context()), pluginLink)
		serving <- struct{}{}
	}()

	control, err := grpc.NewClient("passthrough:///plugin", append(dialOptions(insecure.NewCredentials()), grpc.WithContextDialer(newConnDialer(hostControl)))...)
	if err != nil {
		t.Fatal(err)
	}
	b.Client = NewClient(hostLink, control)
	t.Cleanup(func() {
		if err := b.Client.Close(); err != nil {
			t.Error(err)
		}
		if err := control.Close(); err != nil {
			t.Error(err)
		}
		// Unless an exchange needed it the control connection was never dialled.
		_, _ = hostControl.Close(), pluginControl.Close()
		grpcServer.Stop()
		<-serving
		<-serving
	})
	return b
}

// front is an HTTP server before the border, as the host is.
func (b *border) front(t testing.TB, x Exchange) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if x.MaxBodyBytes > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, x.MaxBodyBytes) // net/http then closes the connection gently
		}
		if err := b.Forward(w, r, x); err != nil {
			answerError(w, err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}
