package server_test

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"corbel.example/host/internal/config"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
)

// fetch performs a request over a connection of its own and returns the body.
func fetch(t *testing.T, url string) (string, error) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func TestStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	s := newHandler(t, api(plugin.Route{Auth: plugin.Anyone}, func(w http.ResponseWriter, r *http.Request, x wire.Exchange) error {
		close(entered)
		<-leave
		return greet(w, r, x)
	}), io.Discard)
	if got := s.URL(); got != "" {
		t.Errorf("address before Start is %q", got)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err == nil {
		t.Error("it starts twice")
	}
	url, answered, stopped := s.URL(), make(chan string, 1), make(chan error, 1)
	go func() {
		body, err := fetch(t, url+"/api/hello/x")
		if err != nil {
			body = err.Error()
		}
		answered <- body
	}()
	<-entered
	go func() { stopped <- s.Stop(t.Context()) }()
	for { // until it takes no more connections
		if _, err := fetch(t, url+"/healthz"); err != nil {
			break
		}
	}
	close(leave)
	if got := <-answered; got != `{"hello":"world"}` {
		t.Errorf("request under way got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Errorf("second Stop: %v", err)
	}
}

func TestStopCutsOffWhatDoesNotFinish(t *testing.T) {
	t.Parallel()
	entered := make(chan struct{})
	o := api(plugin.Route{Auth: plugin.Anyone, Streaming: true}, func(_ http.ResponseWriter, r *http.Request, _ wire.Exchange) error {
		close(entered)
		<-r.Context().Done()
		return r.Context().Err()
	})
	o.settings = func(s *config.Server) { s.ShutdownTimeout = 50 * time.Millisecond }
	s := newHandler(t, o, io.Discard)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	url, answered := s.URL(), make(chan error, 1)
	go func() {
		_, err := fetch(t, url+"/api/hello/x")
		answered <- err
	}()
	<-entered
	if err := s.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), "cut off after 50ms") {
		t.Errorf("error is %v", err)
	}
	if err := <-answered; err == nil {
		t.Error("the request was answered")
	}
}

func TestStopBeforeStart(t *testing.T) {
	t.Parallel()
	s := newHandler(t, api(plugin.Route{}, greet), io.Discard)
	for range 2 {
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestPortThatIsTaken(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	taken, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	o := api(plugin.Route{}, greet)
	o.settings = func(s *config.Server) { s.Port, _ = strconv.Atoi(port) }
	err = newHandler(t, o, io.Discard).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "listen on 127.0.0.1:"+port) || !strings.Contains(err.Error(), "server.port") {
		t.Errorf("error is %v", err)
	}
}
