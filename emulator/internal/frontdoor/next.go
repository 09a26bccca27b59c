package frontdoor

import (
	"net/url"
	"strings"
)

const (
	// home is where a sign-in leads that names no place of its own.
	home = "/"

	// maxNextLength bounds the place that a sign-in leads to, in bytes.
	maxNextLength = 4 << 10
)

// localPath returns next if it is a path of this host, else [home]. Everything
// that a browser might read as another host is refused: "//host", "/\host", and
// the control characters that browsers drop before they look. So are the front
// door's own pages: nobody signs in to see the sign-in page again.
func localPath(next string) string {
	if len(next) > maxNextLength || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return home
	}
	if strings.ContainsFunc(next, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || ownPath(u.Path) {
		return home
	}
	return next
}
