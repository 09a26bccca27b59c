package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/status"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/wire"
	"corbel.example/web"
)

// The host's own paths.
const (
	HealthPath   = "/healthz"
	ReadyPath    = "/readyz"
	UserPath     = "/api/user/"
	FragmentPath = web.FragmentPath
	AssetsPath   = web.AssetPrefix
	ThemePath    = web.ThemePath
	DesignPath   = "/_design"
	// PluginsAPIPath is where scripts read the state of plugins.
	PluginsAPIPath = "/api/plugins"
)

// Reserved returns the paths that plugins cannot have. The home page is reserved by mount itself.
func Reserved() []string {
	return []string{HealthPath, ReadyPath, UserPath, FragmentPath, AssetsPath, ThemePath, DesignPath, PluginsAPIPath, status.PluginsPath, status.RequestsPath}
}

const mePath = UserPath + "me"

// register adds all routes. Echo gets each handler with its stages around it, made once: Echo's own Use would make them anew
// for every request. What Echo has no route for goes to the plugins, whatever its method.
func (s *Server) register(e *echo.Echo) {
	open := []stage{correlate, s.account, recoverPanics, anonymous}
	full := []stage{correlate, s.account, recoverPanics, s.identify, s.limit, sameOrigin()}

	s.get(e, HealthPath, s.healthz, open)
	s.get(e, ReadyPath, s.readyz, open)
	s.get(e, AssetsPath+"*", s.asset, open)
	s.get(e, "/", s.home, full)
	s.get(e, mePath, s.me, full)
	s.get(e, FragmentPath+"*", s.fragment, full)
	s.get(e, DesignPath, s.design, full)
	s.post(e, ThemePath, s.theme, full)
	s.registerBoard(func(path string, get, post handler) {
		s.get(e, path, get, full)
		if post != nil {
			s.post(e, path, post, full)
		}
	})

	e.RouteNotFound("/*", s.entry(through(s.mounted, full...)))
	// Echo has no route for a target that is no path, such as "*".
	nothing := s.entry(through(func(*call) error { return fault.New(fault.NotFound, "") }, open...))
	e.HTTPErrorHandler = func(_ error, ctx echo.Context) {
		// A handler's own error has been answered by then: there is none left.
		_ = nothing(ctx)
	}
}

// ownRoute is a route of the host's own.
type ownRoute struct{ pattern, allow string }

// get adds a route of the host's own, which takes GET and HEAD.
func (s *Server) get(e *echo.Echo, path string, h handler, stages []stage) {
	answer := s.own(path, "GET, HEAD", h, stages)
	e.GET(path, answer)
	e.HEAD(path, answer)
}

// post adds a route of the host's own, which takes POST.
func (s *Server) post(e *echo.Echo, path string, h handler, stages []stage) {
	e.POST(path, s.own(path, "POST", h, stages))
}

// own makes a route of the host's own.
func (s *Server) own(path, allow string, h handler, stages []stage) echo.HandlerFunc {
	s.ownRoutes = append(s.ownRoutes, ownRoute{path, allow})
	named := func(c *call) error {
		c.route = path
		return h(c)
	}
	return s.entry(through(named, stages...))
}

// otherMethod refuses methods that the host's own routes don't take. Echo sends them where it sends all it has no route for.
func (s *Server) otherMethod(c *call) error {
	for _, route := range s.ownRoutes {
		prefix, wild := strings.CutSuffix(route.pattern, "*")
		if c.r.URL.Path == prefix || wild && strings.HasPrefix(c.r.URL.Path, prefix) {
			c.route = route.pattern
			methods := strings.ReplaceAll(route.allow, ", ", " and ")
			return fault.Wrap(fault.MethodNotAllowed, &mount.AllowedMethods{Allow: route.allow}, "This address takes only "+methods+" requests.")
		}
	}
	return nil
}

// asset answers with a file of the shell or of a plugin.
func (s *Server) asset(c *call) error { return s.assets(c.w, c.r) }

// design answers with the gallery of elements.
func (s *Server) design(c *call) error {
	if c.caller.Identity.User.IsZero() {
		return fault.New(fault.Unauthenticated, "")
	}
	return s.pages.ServeDesign(c.w, c.r, c.exchange())
}

// home answers with the home page.
func (s *Server) home(c *call) error {
	if c.caller.Identity.User.IsZero() {
		return fault.New(fault.Unauthenticated, "")
	}
	s.recallTheme(c)
	return s.pages.ServeHome(c.w, c.r, c.exchange())
}

// fragment answers with one fragment alone.
func (s *Server) fragment(c *call) error {
	name, id, ok := cutFragment(c.r.URL.Path[len(FragmentPath):])
	if !ok {
		return fault.New(fault.NotFound, "There is no such fragment.")
	}
	if name == status.Host {
		return s.part(c, id)
	}
	c.plugin = name
	return s.pages.ServeFragment(c.w, c.r, name, id, c.exchange())
}

// me tells callers who they are.
func (s *Server) me(c *call) error {
	profile, err := s.profiles.Of(c.r.Context())
	if err != nil {
		return err
	}
	return c.writeJSON(http.StatusOK, profile)
}

// mounted answers with what a plugin has mounted at the path.
func (s *Server) mounted(c *call) error {
	target, err := s.router.Lookup(c.r)
	if err != nil {
		if other := s.otherMethod(c); other != nil {
			return other
		}
		return err
	}
	c.plugin, c.route = target.Plugin, target.Pattern
	if target.Page != nil {
		s.recallTheme(c)
		return s.pages.ServePage(c.w, c.r, target, c.exchange())
	}
	return s.forward(c, &target)
}

// forward has the plugin answer.
func (s *Server) forward(c *call, target *mount.Target) error {
	route := &target.Route
	if route.Auth == plugin.SignedIn && c.caller.Identity.User.IsZero() {
		return fault.New(fault.Unauthenticated, "")
	}
	x := c.exchange()
	x.Timeout, x.MaxBodyBytes, x.Streaming = route.Timeout, route.MaxBodyBytes, route.Streaming
	if x.MaxBodyBytes == 0 {
		x.MaxBodyBytes = s.settings.MaxBodyBytes
	}
	if x.Timeout == 0 && !route.Streaming {
		x.Timeout = s.settings.RequestTimeout
	}
	if c.body != nil {
		if c.r.ContentLength > x.MaxBodyBytes {
			return fault.FromRequest(&http.MaxBytesError{Limit: x.MaxBodyBytes})
		}
		c.body.bound(x.MaxBodyBytes, x.Timeout)
		c.answerEarly()
	}
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		defer s.pages.Changed(x)
	}
	c.w.fromPlugin = true
	if err := target.Backend.Forward(c.w, c.r, x); err != nil {
		return fmt.Errorf("plugin %s: %w", target.Plugin, err)
	}
	return nil
}

// answerEarly lets the response begin before the request has ended, which HTTP/2 does anyway. Without it the server would take what is
// left of the body from under its reader, and the exchange would end.
func (c *call) answerEarly() {
	if http.NewResponseController(c.w).EnableFullDuplex() == nil && c.r.ProtoMajor == 1 {
		c.w.unread = c.body
	}
}

// exchange is what the call carries to plugins.
func (c *call) exchange() wire.Exchange {
	return wire.Exchange{
		RequestID: c.requestID, Traceparent: traceparent(c.r.Header), Identity: c.caller.Identity,
		Locale: callersLocale(c.r.Header), Scheme: c.caller.Scheme,
	}
}

// writeJSON answers with v.
func (c *call) writeJSON(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	c.w.WriteHeader(status)
	// The client may be gone: there is nobody left to tell.
	_, _ = c.w.Write(body)
	return nil
}
