package apps

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/frontdoor"
	"corbel.example/emulator/internal/frontdoor/embedded"
)

const (
	loopback = "127.0.0.1"

	// Limits on connections, as the workspace's own.
	headerTimeout  = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 64 << 10

	// queueGrace is how much longer than an app may take to start a request waits for it.
	queueGrace = 5 * time.Second
	// closeTimeout bounds the wait for requests in flight when a front door closes.
	closeTimeout = 2 * time.Second
)

// door is the front door of an app, on a port of its own.
type door struct {
	port    int
	server  *http.Server
	handler atomic.Pointer[frontdoor.FrontDoor]
	streams streams
	closed  func()
}

// openDoor opens the front door of an app: on the port that it had, if that is free.
func (r *Registry) openDoor(in *instance) (*door, error) {
	l, err := listen(in.app.Port)
	if err != nil {
		return nil, err
	}
	d := &door{port: l.Addr().(*net.TCPAddr).Port, streams: newStreams()}
	if err := d.renew(r, in); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	d.server = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { d.handler.Load().ServeHTTP(w, req) }),
		ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(r.log.Handler(), slog.LevelWarn),
	}
	r.work.Go(func() {
		if err := d.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.log.Error("front door of an app ended", slog.String("app", in.app.Name), slog.String("error", err.Error()))
		}
	})
	d.closed = sync.OnceFunc(func() {
		r.work.Go(func() { d.shut() })
	})
	return d, nil
}

func listen(port int) (net.Listener, error) {
	if port != 0 {
		if l, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port))); err == nil { //nolint:noctx // binding a loopback port does not block
			return l, nil
		}
	}
	l, err := net.Listen("tcp", net.JoinHostPort(loopback, "0")) //nolint:noctx // the same
	if err != nil {
		return nil, fmt.Errorf("port of the app's front door: %w", err)
	}
	return l, nil
}

func (d *door) url() string { return "http://" + net.JoinHostPort(loopback, strconv.Itoa(d.port)) }

// renew makes the front door anew: what it gives to the app may have changed.
func (d *door) renew(r *Registry, in *instance) error {
	people := embedded.Directory{Directory: r.workspace.Directory}
	allows := func(u frontdoor.User, need acl.Level) bool {
		p, ok := people.Principal(u.UserName)
		return ok && r.workspace.Permissions.Allows(p, need, Object(in.app.Name))
	}
	next, err := frontdoor.New(frontdoor.Config{
		Backend: in.slot, StartTimeout: r.config.StartTimeout + queueGrace,
		Identities: people, SessionKey: r.config.SessionKey, WorkspaceID: r.workspace.ID, Scopes: in.app.Scopes(),
		Admit:  func(u frontdoor.User) bool { return allows(u, acl.CanUse) },
		Pages:  d.logPages(in.logs, func(u frontdoor.User) bool { return allows(u, acl.CanManage) }),
		Logger: r.config.Logger.With(slog.String("app", in.app.Name)),
	})
	if err != nil {
		return err
	}
	if old := d.handler.Swap(next); old != nil {
		old.Close()
	}
	return nil
}

// close lets nobody in any more. It does not wait.
func (d *door) close() { d.closed() }

func (d *door) shut() {
	d.streams.end()
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := d.server.Shutdown(ctx); err != nil {
		// What did not finish is broken off.
		_ = d.server.Close()
	}
	d.streams.open.Wait()
	d.handler.Load().Close()
}
