package markup

import (
	"net/url"
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
