// Package requestlog remembers the last requests that clients sent, with every secret
// masked: for people who want to see what their client does.
package requestlog

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxEntries bounds the requests that are remembered.
	maxEntries = 500
	// MaxBody bounds what is remembered of a body, in bytes.
	MaxBody = 4 << 10

	mask = "***"
)

// Entry is a request and how it was answered.
type Entry struct {
	Time      time.Time         `json:"timestamp"`
	RequestID string            `json:"request_id"`
	User      string            `json:"user,omitempty"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     string            `json:"query,omitempty"`
	Headers   map[string]string `json:"headers"`
	// Body is a JSON body; others are not remembered, nor those beyond MaxBody.
	Body json.RawMessage `json:"body,omitempty"`
	// Status is 0 when the connection ended without an answer.
	Status     int     `json:"status"`
	DurationMS float64 `json:"duration_ms"`
}

// Log is a bounded memory of requests. The zero value is empty. It is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	entries []Entry // oldest first
}

// Add remembers a request; the oldest makes room.
func (l *Log) Add(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == maxEntries {
		l.entries = slices.Delete(l.entries, 0, 1)
	}
	l.entries = append(l.entries, e)
}

// Entries returns what is remembered, newest first.
func (l *Log) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := slices.Clone(l.entries)
	slices.Reverse(list)
	return list
}

// Describe makes the entry of a request whose body, as far as it was read, is given.
func Describe(r *http.Request, body []byte) Entry {
	e := Entry{Method: r.Method, Path: r.URL.Path, Query: maskQuery(r.URL.RawQuery), Headers: map[string]string{}}
	for name, values := range r.Header {
		e.Headers[name] = maskHeader(name, strings.Join(values, ", "))
	}
	var value any
	if len(body) <= MaxBody && json.Unmarshal(body, &value) == nil {
		if data, err := json.Marshal(maskJSON(value)); err == nil {
			e.Body = data
		}
	}
	return e
}

// secret reports whether a field, parameter or header of that name holds a secret. Values
// of SQL parameters and the content of files are the user's data: they count.
func secret(name string) bool {
	name = strings.ToLower(name)
	return name == "value" || strings.HasSuffix(name, "_value") || name == "content" || name == "cookie" || slices.ContainsFunc([]string{"token", "secret", "password", "signature", "authorization", "credential"},
		func(s string) bool { return strings.Contains(name, s) })
}

func maskHeader(name, value string) string {
	if !secret(name) {
		return value
	}
	if scheme, _, ok := strings.Cut(value, " "); ok {
		return scheme + " " + mask
	}
	return mask
}

func maskQuery(raw string) string {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return mask
	}
	for name := range query {
		if secret(name) && name != "page_token" {
			query[name] = []string{mask}
		}
	}
	return query.Encode()
}

func maskJSON(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, item := range v {
			if secret(name) {
				v[name] = mask
			} else {
				v[name] = maskJSON(item)
			}
		}
	case []any:
		for i, item := range v {
			v[i] = maskJSON(item)
		}
	}
	return value
}
