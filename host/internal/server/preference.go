package server

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"corbel.example/host/internal/answer"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/ui"
	"corbel.example/web"
)

const (
	// preferenceTimeout is how long the switch of the theme waits for the plugin that keeps preferences.
	preferenceTimeout = time.Second
	// maxPreferences bounds what that plugin answers.
	maxPreferences = 64 << 10
)

// keepTheme tells the plugin that keeps users' preferences, if there is one, which theme the user has chosen. The cookie is there
// already: when the plugin cannot be told, the choice holds for this browser.
func (s *Server) keepTheme(c *call, theme string) error {
	if s.preferences == "" || c.caller.Identity.User.IsZero() {
		return nil
	}
	patch, err := json.Marshal(map[string]string{"theme": theme})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), preferenceTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPatch, s.preferences, strings.NewReader(string(patch)))
	if err != nil {
		return err
	}
	r.Host = c.r.Host
	r.Header.Set("Content-Type", "application/merge-patch+json")
	target, err := s.router.Lookup(r)
	if err != nil {
		return err
	}
	x := c.exchange()
	x.Timeout, x.MaxBodyBytes = preferenceTimeout, int64(len(patch))
	a := answer.New(maxPreferences)
	defer a.Release()
	if err := target.Backend.Forward(a, r, x); err != nil {
		return err
	}
	if a.Status() >= http.StatusBadRequest {
		return fault.New(fault.Upstream, "").WithOp("keep the theme").WithOrigin(target.Plugin)
	}
	return nil
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
