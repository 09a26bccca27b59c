package server

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/fault"
	"corbel.example/web"
)

const (
	// maxThemeBody bounds the form of the theme switch.
	maxThemeBody = 8 << 10
	// themeAge is how long the choice of a theme is kept.
	themeAge = 365 * 24 * time.Hour
)

// theme keeps the user's choice of a theme in a cookie and as a preference, and leads back to the page.
func (s *Server) theme(c *call) error {
	if c.body != nil {
		c.body.bound(maxThemeBody, s.settings.RequestTimeout)
	}
	if err := c.r.ParseForm(); err != nil {
		return fault.FromRequest(err)
	}
	theme, back := c.r.PostForm.Get("theme"), c.r.PostForm.Get("back")
	if !slices.Contains(web.Themes(), theme) {
		return fault.New(fault.Invalid, "There is no such theme.").WithField("theme", "is not one of "+strings.Join(web.Themes(), ", "))
	}
	if !strings.HasPrefix(back, "/") || !markup.IsLocal(back) {
		back = "/"
	}
	http.SetCookie(c.w, themeCookie(theme, c.w.https))
	if err := s.keepTheme(c, theme); err != nil {
		s.warn(c, "the theme is kept in this browser alone", err)
	}
	h := c.w.Header()
	h.Set("Location", back)
	h.Set("Cache-Control", "no-store")
	c.w.WriteHeader(http.StatusSeeOther)
	return nil
}

func themeCookie(theme string, https bool) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // it is Secure whenever the page is
		Name: web.ThemeCookie, Value: theme, Path: "/", MaxAge: int(themeAge / time.Second),
		Secure: https, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
