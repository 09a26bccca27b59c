package wire

import (
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"corbel.example/sdk/fault"
	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

// staysAtBorder says whether a request header is the host's own matter: hop-by-hop (RFC 9110, section 7.6.1), the
// caller's credentials, and what the envelope carries instead. name is canonical.
func staysAtBorder(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Expect", "Content-Length", "Host",
		"Authorization", "Cookie", "Forwarded", "X-Real-Ip", "X-Request-Id", "Traceparent":
		return true
	}
	return strings.HasPrefix(name, "X-Forwarded-") || strings.HasPrefix(name, "X-Databricks-")
}

// isHopByHop says whether a response header concerns one connection only. name is canonical.
func isHopByHop(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// appendRequestHeaders appends what of a request's headers crosses the border.
func appendRequestHeaders(list []*pluginv1.Header, h http.Header) ([]*pluginv1.Header, error) {
	named := connectionHeaders(h)
	size, count := 0, 0
	for name, values := range h {
		if staysAtBorder(name) || named[name] {
			continue
		}
		for _, value := range values {
			size += len(name) + len(value)
			if count++; size > MaxHeaderBytes || count > MaxHeaders {
				return list, fault.Newf(fault.TooLarge, "The request's headers are larger than %d bytes or more than %d.", MaxHeaderBytes, MaxHeaders)
			}
			list = appendHeader(list, name, value)
		}
	}
	return list, nil
}

// connectionHeaders returns the headers that the Connection header declares hop-by-hop.
func connectionHeaders(h http.Header) map[string]bool {
	var named map[string]bool
	for _, line := range h["Connection"] {
		for token := range strings.SplitSeq(line, ",") {
			switch token = textproto.TrimString(token); {
			case token == "", strings.EqualFold(token, "close"), strings.EqualFold(token, "keep-alive"):
			default:
				if named == nil {
					named = make(map[string]bool)
				}
				named[http.CanonicalHeaderKey(token)] = true
			}
		}
	}
	return named
}

// appendHeader appends a header, reusing the pooled message that the list may hold beyond its length.
func appendHeader(list []*pluginv1.Header, name, value string) []*pluginv1.Header {
	if n := len(list); n < cap(list) {
		list = list[:n+1]
		if list[n] == nil {
			list[n] = new(pluginv1.Header)
		}
		list[n].Name, list[n].Value = name, value
		return list
	}
	return append(list, &pluginv1.Header{Name: name, Value: value})
}

// appendResponseHeaders appends a handler's response headers or trailers. A header that no HTTP server would send is a
// defect of the handler.
func appendResponseHeaders(list []*pluginv1.Header, h http.Header) ([]*pluginv1.Header, error) {
	size, count := 0, 0
	trailers := declaredTrailers(h)
	for name, values := range h {
		if isHopByHop(name) || strings.HasPrefix(name, http.TrailerPrefix) || slices.Contains(trailers, name) {
			continue
		}
		for _, value := range values {
			if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
				return list, fault.New(fault.Internal, "").WithOp("response header " + strconv.Quote(name))
			}
			size += len(name) + len(value)
			if count++; size > MaxHeaderBytes || count > MaxHeaders {
				return list, fault.New(fault.Internal, "").WithOp("response headers over their limit")
			}
			list = appendHeader(list, name, value)
		}
	}
	return list, nil
}

// headerFromProto makes the http.Header of a request as the handler sees it.
func headerFromProto(list []*pluginv1.Header) http.Header {
	h := make(http.Header, len(list))
	// One array serves all names that occur once, which is nearly all.
	values := make([]string, len(list))
	for i, line := range list {
		name := http.CanonicalHeaderKey(line.GetName())
		if old, ok := h[name]; ok {
			h[name] = append(old, line.GetValue())
			continue
		}
		values[i] = line.GetValue()
		h[name] = values[i : i+1 : i+1]
	}
	return h
}

// copyResponseHeaders copies a plugin's response headers to h and drops what a plugin must not send: hop-by-hop headers
// and what would break HTTP.
func copyResponseHeaders(h http.Header, list []*pluginv1.Header) error {
	size := 0
	if len(list) > MaxHeaders {
		return fault.New(fault.Upstream, "").WithOp("response of the plugin: too many headers")
	}
	values := make([]string, len(list))
	for i, line := range list {
		name, value := http.CanonicalHeaderKey(line.GetName()), line.GetValue()
		if size += len(name) + len(value); size > MaxHeaderBytes {
			return fault.New(fault.Upstream, "").WithOp("response of the plugin: headers over their limit")
		}
		if isHopByHop(name) || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			continue
		}
		if old, ok := h[name]; ok {
			h[name] = append(old, value)
			continue
		}
		values[i] = value
		h[name] = values[i : i+1 : i+1]
	}
	return nil
}
