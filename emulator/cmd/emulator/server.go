package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"corbel.example/emulator/internal/certificate"
)

const (
	loopback = "127.0.0.1"

	// Limits on connections. There is none on a whole request or answer: uploads,
	// downloads and streams of events may take their time.
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10

	// drainTimeout bounds the wait for requests in flight when a server stops.
	drainTimeout = 5 * time.Second
)

// listen opens a port of the loopback interface; variable is how the user
// chooses it.
func listen(port uint16, variable string) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(int(port)))) //nolint:noctx // binding a loopback port does not block
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d is in use: stop what listens there, or choose another port with %s", port, variable)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on port %d (%s): %w", port, variable, err)
	}
	return l, nil
}

// tlsListener is a listener whose connections speak TLS.
type tlsListener struct{ net.Listener }

// withTLS makes the listener speak TLS, by the certificate authority in dir.
func withTLS(l net.Listener, dir string) (net.Listener, error) {
	authority, err := certificate.Open(dir)
	if err != nil {
		return nil, err
	}
	pair, err := authority.Loopback()
	if err != nil {
		return nil, err
	}
	return tlsListener{tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})}, nil
}

func scheme(l net.Listener) string {
	if _, ok := l.(tlsListener); ok {
		return "https"
	}
	return "http"
}

// server is an HTTP server on a listener.
type server struct {
	http   *http.Server
	url    string
	failed chan error // gets at most one
	done   chan struct{}
}

func startServer(l net.Listener, handler http.Handler, log *slog.Logger) *server {
	s := &server{
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: headerTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		},
		url:    scheme(l) + "://" + l.Addr().String(),
		failed: make(chan error, 1),
		done:   make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve %s: %w", s.url, err)
		}
	}()
	return s
}

// stop lets requests in flight finish, for a while or until ctx is done.
func (s *server) stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		// Those that did not finish are broken off; closing them cannot fail in a
		// way that matters any more.
		_ = s.http.Close()
	}
	<-s.done
}
