package server

import (
	"net/http"
	"strings"
)

const (
	// traceparentLength is the length of version 00 of W3C Trace Context: 00-<32>-<16>-<2>.
	traceparentLength = 55
	// maxLocaleLength bounds a BCP 47 tag.
	maxLocaleLength = 35
)

// traceparent returns the caller's trace context if it is well-formed, else "".
func traceparent(h http.Header) string {
	sent := h["Traceparent"]
	if len(sent) != 1 || len(sent[0]) != traceparentLength {
		return ""
	}
	v := sent[0]
	for i := range traceparentLength {
		dash := i == 2 || i == 35 || i == 52
		if c := v[i]; dash != (c == '-') || !dash && strings.IndexByte("0123456789abcdef", c) < 0 {
			return ""
		}
	}
	return v
}

// callersLocale returns the language that the caller likes best: the first of Accept-Language, as clients write it.
func callersLocale(h http.Header) string {
	sent := h["Accept-Language"]
	if len(sent) == 0 {
		return ""
	}
	tag := sent[0]
	if i := strings.IndexAny(tag, ",;"); i >= 0 {
		tag = tag[:i]
	}
	tag = strings.TrimSpace(tag)
	if len(tag) > maxLocaleLength {
		return ""
	}
	for i := range len(tag) {
		switch c := tag[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
		default:
			return ""
		}
	}
	return tag
}

// cutFragment splits what stands after /_fragment/.
func cutFragment(rest string) (plugin, id string, ok bool) {
	plugin, id, ok = strings.Cut(rest, "/")
	return plugin, id, ok && plugin != "" && id != "" && !strings.Contains(id, "/")
}
