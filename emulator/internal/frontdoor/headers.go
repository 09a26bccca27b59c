package frontdoor

import (
	"net"
	"net/http"
	"strings"
)

// Only the front door may say these to the app: a caller who sends them is
// forging an identity, or leaking a credential that is meant for the front door.
var (
	reservedNames    = []string{"forwarded", "x-forwarded", "x-real-ip", "x-request-id", "authorization", "proxy-authorization"}
	reservedPrefixes = []string{"x-forwarded-", "x-databricks-"}
)

// reserved reports whether only the front door may send a header of this name.
// Underscores count as dashes, because CGI-like servers cannot tell them apart.
func reserved(name string) bool {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, n := range reservedNames {
		if name == n {
			return true
		}
	}
	for _, p := range reservedPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// stripReserved removes every reserved header, however it is spelled.
func stripReserved(h http.Header) {
	for name := range h {
		if reserved(name) {
			delete(h, name)
		}
	}
}

// stripSessionCookies removes the front door's cookies, its own and those of
// front doors on other ports (browsers send cookies to every port of a host),
// and leaves the app's as they came.
func stripSessionCookies(h http.Header) {
	var lines []string
	for _, line := range h["Cookie"] {
		var kept []string
		for part := range strings.SplitSeq(line, ";") {
			if part = strings.TrimSpace(part); part != "" && !strings.HasPrefix(part, cookiePrefix) {
				kept = append(kept, part)
			}
		}
		if len(kept) > 0 {
			lines = append(lines, strings.Join(kept, "; "))
		}
	}
	if len(lines) == 0 {
		h.Del("Cookie")
		return
	}
	h["Cookie"] = lines
}

// setForwarded adds what Databricks Apps says about the request itself.
func setForwarded(h http.Header, in *http.Request, requestID string) {
	proto := "http"
	if in.TLS != nil {
		proto = "https"
	}
	h.Set("X-Forwarded-Host", in.Host)
	h.Set("X-Forwarded-Proto", proto)
	h.Set(requestIDHeader, requestID)
	if ip, _, err := net.SplitHostPort(in.RemoteAddr); err == nil {
		h.Set("X-Real-Ip", ip)
	}
}

// setCaller adds what Databricks Apps says about the user.
func setCaller(h http.Header, c *Caller, workspaceID string) {
	h.Set("X-Forwarded-User", c.User.ID+"@"+workspaceID)
	h.Set("X-Forwarded-Preferred-Username", c.User.UserName)
	if c.User.Email != "" {
		h.Set("X-Forwarded-Email", c.User.Email)
	}
	h.Set("X-Forwarded-Access-Token", c.AccessToken)
}
