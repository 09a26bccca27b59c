package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"corbel.example/host/internal/answer"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
	"corbel.example/web"
)

const (
	// preferenceTimeout is how long the switch of the theme waits for the plugin that keeps preferences.
	preferenceTimeout = time.Second
	// recallTimeout is how long a browser's first page waits for it, and recallPause how long it is left alone when it has not answered.
	recallTimeout = 200 * time.Millisecond
	recallPause   = time.Minute
	// maxPreferences bounds what that plugin answers.
	maxPreferences = 64 << 10
)

// keepTheme tells the plugin that keeps users' preferences, if there is one, which theme the user has chosen. The cookie is there
// already: when the plugin cannot be told, the choice holds for this browser.
func (s *Server) keepTheme(c *call, theme string) error {
	if !s.keepsPreferences(c) {
		return nil
	}
	patch, err := json.Marshal(map[string]string{"theme": theme})
	if err != nil {
		return err
	}
	_, err = s.askPreferences(c, http.MethodPatch, patch, preferenceTimeout)
	return err
}

// recallTheme gives a browser that has no theme yet the one that its user has chosen elsewhere. Whether there is one is remembered
// either way, so that the plugin is asked once: on the first page after signing in.
func (s *Server) recallTheme(c *call) {
	if _, err := c.r.Cookie(web.ThemeCookie); err == nil || !s.keepsPreferences(c) {
		return
	}
	cookie := themeCookie(web.SystemTheme, c.w.https) //nolint:gosec // themeCookie sets the attributes
	body, err := s.askPreferences(c, http.MethodGet, nil, recallTimeout)
	var saved struct {
		Theme string `json:"theme"`
	}
	if err == nil {
		err = json.Unmarshal(body, &saved)
	}
	switch {
	case err != nil:
		s.warn(c, "the theme that the user has chosen is not known yet", err)
		cookie.MaxAge = int(recallPause / time.Second)
	case slices.Contains(web.Themes(), saved.Theme):
		cookie.Value = saved.Theme
	}
	http.SetCookie(c.w, cookie)
	c.r.AddCookie(cookie)
}

func (s *Server) keepsPreferences(c *call) bool {
	return s.preferences != "" && !c.caller.Identity.User.IsZero()
}

// askPreferences asks the plugin that keeps users' preferences, and returns its answer.
func (s *Server) askPreferences(c *call, method string, patch []byte, timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.preferences, bytes.NewReader(patch))
	if err != nil {
		return nil, err
	}
	r.Host = c.r.Host
	if patch != nil {
		r.Header.Set("Content-Type", "application/merge-patch+json")
	}
	target, err := s.router.Lookup(r)
	if err != nil {
		return nil, err
	}
	x := c.exchange()
	x.Timeout, x.MaxBodyBytes = timeout, int64(len(patch))
	if patch != nil {
		defer s.pages.Changed(x)
	}
	a := answer.New(maxPreferences)
	defer a.Release()
	if err := target.Backend.Forward(a, r, x); err != nil {
		return nil, err
	}
	if a.Status() >= http.StatusBadRequest {
		return nil, fault.New(fault.Upstream, "").WithOp("preferences").WithOrigin(target.Plugin)
	}
	return bytes.Clone(a.Body()), a.TooBig()
}

// takeTheme makes the theme that a plugin's answer names, if it does, the shell's.
func takeTheme(w *response) {
	h := w.Header()
	theme := h.Get(ui.ThemeHeader)
	h.Del(ui.ThemeHeader)
	if slices.Contains(web.Themes(), theme) {
		http.SetCookie(w.next, themeCookie(theme, w.https))
	}
}
