package markup

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// IsLocal says whether an address leads to a path of this application, whatever page it stands on.
func IsLocal(address string) bool {
	u, ok := parseAddress(address)
	return ok && u.Scheme == "" && u.Host == "" && !strings.HasPrefix(u.Path, "//")
}

// parseAddress refuses what browsers read otherwise than package url does: they drop control characters and take a
// backslash for a slash.
func parseAddress(address string) (*url.URL, bool) {
	if strings.ContainsFunc(address, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return nil, false
	}
	u, err := url.Parse(address)
	return u, err == nil
}

// link keeps addresses that a user may follow.
func link(address string) (string, bool) {
	address = strings.TrimSpace(address)
	if IsLocal(address) {
		return address, true
	}
	u, ok := parseAddress(address)
	if !ok {
		return "", false
	}
	switch u.Scheme {
	case "http", "https":
		return address, u.Host != ""
	case "mailto":
		return address, true
	default:
		return "", false
	}
}

// action keeps addresses that a form may be sent to.
func action(address string) (string, bool) {
	address = strings.TrimSpace(address)
	return address, IsLocal(address)
}

// image keeps addresses of pictures.
func image(address string) (string, bool) {
	address = strings.TrimSpace(address)
	return address, IsLocal(address) || strings.HasPrefix(address, "data:image/")
}

// fragmentAddress is the address of one fragment alone: what a script puts into the page without cleaning it again.
var fragmentAddress = regexp.MustCompile(`^/_fragment/[a-z0-9-]+/[a-z0-9-]+(\?[^#\\\x00-\x20\x7f]*)?$`)

// fragment keeps addresses of fragments.
func fragment(address string) (string, bool) {
	address = strings.TrimSpace(address)
	return address, fragmentAddress.MatchString(address)
}

// ownPage says whether an address leads to the page that it stands on.
func ownPage(address string) bool { return address == "" || address[0] == '?' || address[0] == '#' }

// hasDots says whether a path has segments that a browser takes away before it sends it.
func hasDots(u *url.URL) bool {
	return slices.ContainsFunc(strings.Split(u.Path, "/"), func(segment string) bool { return segment == "." || segment == ".." })
}
