package lakebase

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"corbel.example/emulator/internal/postgres"
)

const (
	// loginTimeout bounds everything before a session, and wakeTimeout the part of it that
	// waits for a server that is starting.
	loginTimeout = 15 * time.Second
	wakeTimeout  = 10 * time.Second

	// idleTimeout ends a session whose client has said nothing for so long.
	idleTimeout = 24 * time.Hour

	// maxSessions bounds the sessions, and maxLogins the connections that have none yet.
	maxSessions = postgres.MaxConnections
	maxLogins   = 64

	// drainTimeout bounds the wait for the last bytes of sessions that the server has ended.
	drainTimeout = 2 * time.Second

	// refuseTimeout bounds telling a client that there are too many.
	refuseTimeout = time.Second
)

// authenticate says whether a token is good for a login as user, and whose it is.
type authenticate func(user, token string) (id string, err error)

// front accepts connections and passes them on.
type front struct {
	listener net.Listener
	tls      *tls.Config
	check    authenticate
	server   *postgres.Server
	log      *slog.Logger

	loginTimeout time.Duration

	ctx    context.Context //nolint:containedctx // the front's life
	cancel context.CancelFunc
	logins chan struct{} // one for each connection without a session
	// group counts the goroutines.
	group sync.WaitGroup

	mu       sync.Mutex
	sessions map[cancelKey]*session
	conns    map[net.Conn]struct{} // all that are open
	closed   bool
}

func newFront(l net.Listener, certificate tls.Certificate, check authenticate, server *postgres.Server, timeout time.Duration, log *slog.Logger) *front {
	ctx, cancel := context.WithCancel(context.Background())
	f := &front{
		listener: l, check: check, server: server, log: log, loginTimeout: timeout, ctx: ctx, cancel: cancel,
		tls:      &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"postgresql"}},
		logins:   make(chan struct{}, maxLogins),
		sessions: map[cancelKey]*session{},
		conns:    map[net.Conn]struct{}{},
	}
	f.group.Go(f.accept)
	return f
}

// accept takes connections until the listener is closed.
func (f *front) accept() {
	for {
		conn, err := f.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of file descriptors, say: those that are there will end.
			f.log.WarnContext(f.ctx, "connection not accepted", slog.String("error", err.Error()))
			select {
			case <-time.After(refuseTimeout):
				continue
			case <-f.ctx.Done():
				return
			}
		}
		if !f.track(conn) {
			conn.Close()
			continue
		}
		select {
		case f.logins <- struct{}{}:
			f.group.Go(func() { f.serve(conn) })
		default:
			f.refuse(conn)
		}
	}
}

// refuse tells a client that there are too many, if it listens.
func (f *front) refuse(conn net.Conn) {
	defer f.forget(conn)
	if conn.SetDeadline(time.Now().Add(refuseTimeout)) == nil {
		send(conn, response(errTooMany)) //nolint:errcheck // then it sees the connection end
	}
}

// track remembers an open connection; not when the front is closed.
func (f *front) track(conn net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.conns[conn] = struct{}{}
	return true
}

// forget closes a connection.
func (f *front) forget(conn net.Conn) {
	conn.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, conn)
}

// serve is the life of one connection.
func (f *front) serve(conn net.Conn) {
	defer f.forget(conn)
	s, err := f.login(conn)
	<-f.logins
	if err != nil {
		return
	}
	s.pass()
	f.remove(s)
	f.log.DebugContext(f.ctx, "session ended", slog.Uint64("pid", uint64(s.key.pid)))
}

// count returns how many sessions there are.
func (f *front) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sessions)
}

// refuseNew stops accepting connections, and ends those that have not logged in.
func (f *front) refuseNew() error {
	f.cancel()
	return f.listener.Close()
}

// close waits for the sessions to end, which the server has told to, and ends those that
// don't in time or before ctx ends.
func (f *front) close(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.group.Wait()
	}()
	timer := time.NewTimer(drainTimeout)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
	f.mu.Lock()
	f.closed = true
	for conn := range f.conns {
		conn.Close()
	}
	f.mu.Unlock()
	<-done
}
