package server

import (
	"context"
	"net/http"
	"strings"

	"corbel.example/host/internal/page"
	"corbel.example/host/internal/status"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// Board shows the state of plugins, and requests. status.Board does.
type Board interface {
	PluginsView(r *http.Request) (page.View, error)
	PluginView(r *http.Request, name string) (page.View, error)
	RequestView(r *http.Request) (page.View, error)
	// Part is what takes the place of a part of a view.
	Part(r *http.Request, id string) (ui.Component, error)
	PluginsJSON(ctx context.Context) (any, error)
	PluginJSON(ctx context.Context, name string) (any, error)
	// Restart replaces a plugin's process.
	Restart(ctx context.Context, name string) error
}

// restartSuffix is what the path of a restart ends with.
const restartSuffix = "/restart"

// maxRestartBody bounds the form of a restart, which is empty.
const maxRestartBody = 1 << 10

// registerBoard adds the pages of plugins and requests.
func (s *Server) registerBoard(routes func(path string, get, post handler)) {
	routes(status.PluginsPath, s.view(s.board.PluginsView), nil)
	routes(status.PluginsPath+"/*", func(c *call) error {
		return s.view(func(r *http.Request) (page.View, error) {
			return s.board.PluginView(r, strings.TrimPrefix(r.URL.Path, status.PluginsPath+"/"))
		})(c)
	}, s.restart)
	routes(status.RequestsPath, s.view(s.board.RequestView), nil)
	routes(PluginsAPIPath, func(c *call) error { return c.answer(s.board.PluginsJSON(c.r.Context())) }, nil)
	routes(PluginsAPIPath+"/*", func(c *call) error {
		return c.answer(s.board.PluginJSON(c.r.Context(), strings.TrimPrefix(c.r.URL.Path, PluginsAPIPath+"/")))
	}, nil)
}

// view answers with a page of the host's own.
func (s *Server) view(of func(*http.Request) (page.View, error)) handler {
	return func(c *call) error {
		c.localize()
		v, err := of(c.r)
		if err != nil {
			return err
		}
		s.recallTheme(c)
		return s.pages.ServeView(c.w, c.r, v, c.exchange())
	}
}

// part answers with a part of such a page.
func (s *Server) part(c *call, id string) error {
	c.localize()
	component, err := s.board.Part(c.r, id)
	if err != nil {
		return err
	}
	return s.pages.ServeViewPart(c.w, c.r, component)
}

// restart replaces a plugin's process and leads back to its page.
func (s *Server) restart(c *call) error {
	name, ok := strings.CutSuffix(strings.TrimPrefix(c.r.URL.Path, status.PluginsPath+"/"), restartSuffix)
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	if c.body != nil {
		c.body.bound(maxRestartBody, s.settings.RequestTimeout)
	}
	if err := s.board.Restart(c.r.Context(), name); err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Location", status.PluginPath(name)+"?restarted")
	h.Set("Cache-Control", "no-store")
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// localize puts the caller's language and region into the context.
func (c *call) localize() {
	c.r = c.r.WithContext(locale.NewContext(c.r.Context(), callersLocale(c.r.Header)))
}

// answer answers with v as JSON.
func (c *call) answer(v any, err error) error {
	if err != nil {
		return err
	}
	return c.writeJSON(http.StatusOK, v)
}
