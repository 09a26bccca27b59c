package server

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

	"github.com/labstack/echo/v4"

	"corbel.example/host/internal/config"
	"corbel.example/host/internal/identity"
	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/page"
	"corbel.example/host/internal/supervisor"
	"corbel.example/host/internal/user"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/wire"
)

// Router says which plugin answers a request. mount.Table is one.
type Router interface {
	Lookup(r *http.Request) (mount.Target, error)
}

// Pages composes pages. page.Composer does.
type Pages interface {
	ServePage(w http.ResponseWriter, r *http.Request, target mount.Target, x wire.Exchange) error
	ServeHome(w http.ResponseWriter, r *http.Request, x wire.Exchange) error
	ServeFragment(w http.ResponseWriter, r *http.Request, plugin, id string, x wire.Exchange) error
	ServeDesign(w http.ResponseWriter, r *http.Request, x wire.Exchange) error
	ServeView(w http.ResponseWriter, r *http.Request, v page.View, x wire.Exchange) error
	ServeViewPart(w http.ResponseWriter, r *http.Request, part ui.Component) error
	// ServeError answers with f as a page.
	ServeError(w http.ResponseWriter, r *http.Request, f *fault.Error, requestID string)
	// Changed is called when a plugin has answered a request that may have changed something.
	Changed(x wire.Exchange)
}

// Callers says who sent a request. identity.Extractor does.
type Callers interface {
	Caller(r *http.Request) (identity.Caller, error)
}

// Profiles tells callers who they are. user.Profiles does.
type Profiles interface {
	Of(ctx context.Context) (user.Profile, error)
}

// Params are what a Server needs. All but Preferences are required.
type Params struct {
	Settings config.Server
	Router   Router
	Pages    Pages
	Callers  Callers
	Profiles Profiles
	// Assets answers below AssetsPath. With an error it has written nothing.
	Assets func(w http.ResponseWriter, r *http.Request) error
	// Plugins returns the state of every configured plugin.
	Plugins func() []supervisor.Status
	Board   Board
	// Preferences is the path of the route that keeps users' preferences, "" for none.
	Preferences string
	// Log takes the access log and what net/http has to say.
	Log slog.Handler
}

// Server answers HTTP.
type Server struct {
	settings config.Server
	router   Router
	pages    Pages
	callers  Callers
	profiles Profiles
	assets   func(http.ResponseWriter, *http.Request) error
	plugins  func() []supervisor.Status
	board    Board
	access   slog.Handler

	preferences string

	ownRoutes []ownRoute

	maxUnderWay int64
	underWay    atomic.Int64

	http *http.Server

	mu       sync.Mutex
	listener net.Listener  // nil before Start
	done     chan struct{} // closed when serving has ended
	ended    error         // how; valid once done is closed
}

// New returns a server that does not listen yet.
func New(p Params) *Server {
	s := &Server{
		settings: p.Settings, router: p.Router, pages: p.Pages, callers: p.Callers, profiles: p.Profiles,
		assets: p.Assets, plugins: p.Plugins, board: p.Board, access: p.Log, preferences: p.Preferences,
		maxUnderWay: int64(p.Settings.MaxConcurrentRequests),
		done:        make(chan struct{}),
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	s.register(e)
	s.http = &http.Server{
		Handler:           e,
		ReadHeaderTimeout: p.Settings.HeaderTimeout,
		IdleTimeout:       p.Settings.IdleTimeout,
		MaxHeaderBytes:    p.Settings.MaxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(p.Log, slog.LevelWarn),
	}
	return s
}

// ServeHTTP answers one request, without a listener.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.http.Handler.ServeHTTP(w, r) }

// Start listens, and serves until Stop.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return errors.New("server: started already")
	}
	address := net.JoinHostPort(s.settings.Host, strconv.Itoa(s.settings.Port))
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w: choose another server.port or stop the program that has it", address, err)
	}
	s.listener = listener
	go func() {
		defer close(s.done)
		s.ended = s.http.Serve(listener)
	}()
	return nil
}

// Done is closed when serving has ended: after Stop, or because the listener broke.
func (s *Server) Done() <-chan struct{} { return s.done }

// URL is the address at which the server can be reached from this machine; "" before Start.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// Stop takes no more connections, lets requests under way finish until ctx or the shutdown timeout ends, and then cuts
// them off. It works twice, and before Start.
func (s *Server) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.settings.ShutdownTimeout)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were cut off after %s: %w", s.settings.ShutdownTimeout, err), s.http.Close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return err
	}
	<-s.done
	if !errors.Is(s.ended, http.ErrServerClosed) {
		err = errors.Join(err, s.ended)
	}
	return err
}
