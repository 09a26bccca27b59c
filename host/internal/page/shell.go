package page

import (
	"net/http"
	"slices"
	"strings"

	"corbel.example/host/internal/mount"
	"corbel.example/host/internal/page/markup"
	"corbel.example/sdk/identity"
	"corbel.example/web"
)

// shellFor returns the shell as user sees it on the page of r. Who is not signed in sees no navigation.
func (c *Composer) shellFor(r *http.Request, user identity.User) web.Shell {
	shell := c.shell
	shell.Theme = themeOf(r)
	if href := pageHref(r.URL); markup.IsLocal(href) {
		shell.Location = href // not of a page that was never found
	}
	if user.IsZero() {
		return shell
	}
	shell.User = web.User{Name: user.Name, Email: user.Email}
	groups := slices.Concat(c.table.Nav(), c.nav)
	current := currentPath(groups, r.URL.Path)
	shell.Nav = make([]web.NavGroup, 0, len(groups)+1)
	shell.Nav = append(shell.Nav, web.NavGroup{Items: []web.NavItem{{Title: "Home", Href: "/", Current: r.URL.Path == "/"}}})
	for _, group := range groups {
		items := make([]web.NavItem, len(group.Items))
		for i, item := range group.Items {
			items[i] = web.NavItem{Title: item.Title, Href: item.Path, Current: item.Path == current, Note: note(item.State)}
		}
		if group.Title == "" {
			shell.Nav[0].Items = append(shell.Nav[0].Items, items...)
			continue
		}
		shell.Nav = append(shell.Nav, web.NavGroup{Title: group.Title, Items: items})
	}
	return shell
}

// themeOf is the theme that the user has chosen, "" for the system's.
func themeOf(r *http.Request) string {
	cookie, err := r.Cookie(web.ThemeCookie)
	if err != nil || cookie.Value != "light" && cookie.Value != "dark" {
		return ""
	}
	return cookie.Value
}

// assetsOf returns the assets that the fragments name, each content once.
func (c *Composer) assetsOf(fragments []mount.Fragment) []web.Asset {
	if c.assets == nil {
		return nil
	}
	var all []web.Asset
	for i := range fragments {
		if len(fragments[i].Assets) == 0 {
			continue
		}
		for _, asset := range c.assets.Of(fragments[i].Plugin, fragments[i].Assets) {
			same := func(a web.Asset) bool { return a.Integrity == asset.Integrity && a.Type == asset.Type }
			if !slices.ContainsFunc(all, same) {
				all = append(all, asset)
			}
		}
	}
	return all
}

// currentPath returns the path of the navigation that path is at or nearest below.
func currentPath(groups []mount.NavGroup, path string) string {
	current := ""
	for _, group := range groups {
		for _, item := range group.Items {
			if len(item.Path) > len(current) && (item.Path == path || strings.HasPrefix(path, strings.TrimSuffix(item.Path, "/")+"/")) {
				current = item.Path
			}
		}
	}
	return current
}

// note says in a word why a plugin's pages may not answer.
func note(state string) string {
	switch state {
	case mount.Ready, "degraded":
		return ""
	case "starting", "restarting":
		return state
	default:
		return "unavailable"
	}
}
