package frontdoor

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// hostAllowed reports whether a request may name this Host: one that only ever
// means this machine, or one of those allowed besides. Without this check a web
// page could point its own domain at the loopback address (DNS rebinding) and
// read the app through the browser of whoever is signed in.
func hostAllowed(host string, allowed []string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	if ip, err := netip.ParseAddr(name); err == nil && ip.IsLoopback() {
		return true
	}
	return slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, name) })
}
