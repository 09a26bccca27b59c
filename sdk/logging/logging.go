// Package logging is how host and plugins log: log/slog, one JSON object a line, the same keys everywhere.
//
// The keys: timestamp, level, message, request_id, user_id, plugin, module, function, duration_ms, route, status. The
// request id and the user come from the context of the *Context methods and of LogAttrs; module and function from the
// place of the call.
package logging

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/identity"
)

// The keys that every line may have. Renaming one breaks whoever reads the logs.
const (
	TimestampKey  = "timestamp"
	LevelKey      = "level"
	MessageKey    = "message"
	RequestIDKey  = "request_id"
	UserIDKey     = "user_id"
	PluginKey     = "plugin"
	ModuleKey     = "module"
	FunctionKey   = "function"
	DurationMSKey = "duration_ms"
	RouteKey      = "route"
	StatusKey     = "status"
	ErrorKey      = "error"
)

// Format of the lines.
type Format string

// The formats.
const (
	JSON Format = "json"
	Text Format = "text"
)

// ParseFormat reads a format's name, in any case; "" is JSON.
func ParseFormat(name string) (Format, error) {
	switch f := Format(strings.ToLower(name)); f {
	case JSON, Text:
		return f, nil
	case "":
		return JSON, nil
	default:
		return "", fmt.Errorf("log format %q: want json or text", name)
	}
}

// ParseLevel reads a level's name, in any case: debug, info, warn (or warning), error; "" is info.
func ParseLevel(name string) (slog.Level, error) {
	switch strings.ToLower(name) {
	case "debug":
		return slog.LevelDebug, nil
	case "info", "":
		return slog.LevelInfo, nil
	case "warn", "warning":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	default:
		return 0, fmt.Errorf("log level %q: want debug, info, warn or error", name)
	}
}

// Options of a handler.
type Options struct {
	// Level is the lowest that is logged. nil means info.
	Level slog.Leveler
	// Format of the lines. "" means JSON.
	Format Format
}

// New returns a handler that writes lines to w, one Write each.
func New(w io.Writer, o Options) slog.Handler {
	options := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: replace}
	if o.Format == Text {
		return &handler{Handler: slog.NewTextHandler(w, options)}
	}
	return &handler{Handler: slog.NewJSONHandler(w, options)}
}

// handler adds what every line has. It keeps groups to itself, so that its own attributes stand outside of them.
type handler struct {
	slog.Handler
	inner []scope // groups and the attributes in them, outermost first
}

// scope is a group, or attributes within the groups before it.
type scope struct {
	group string
	attrs []slog.Attr
}

// Handle adds request id and user of the context, and module and function of the call.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if len(h.inner) > 0 {
		r = h.enclose(r)
	}
	if id := correlation.RequestID(ctx); id != "" {
		r.AddAttrs(slog.String(RequestIDKey, id))
	}
	if id, ok := identity.FromContext(ctx); ok {
		r.AddAttrs(slog.String(UserIDKey, id.User.ID))
	}
	if r.PC != 0 {
		place := placeOf(r.PC)
		r.AddAttrs(slog.String(ModuleKey, place.module), slog.String(FunctionKey, place.function))
	}
	return h.Handler.Handle(ctx, r)
}

// enclose puts the record's attributes into the groups.
func (h *handler) enclose(r slog.Record) slog.Record {
	attrs := make([]slog.Attr, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		attrs = append(attrs, a)
		return true
	})
	for _, s := range slices.Backward(h.inner) {
		if s.group != "" {
			attrs = []slog.Attr{{Key: s.group, Value: slog.GroupValue(attrs...)}}
		} else {
			attrs = slices.Concat(s.attrs, attrs)
		}
	}
	enclosed := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	enclosed.AddAttrs(attrs...)
	return enclosed
}

// WithAttrs returns a handler with more attributes.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(h.inner) == 0 {
		return &handler{Handler: h.Handler.WithAttrs(attrs)}
	}
	return &handler{Handler: h.Handler, inner: append(slices.Clip(h.inner), scope{attrs: attrs})}
}

// WithGroup returns a handler whose further attributes stand in a group.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &handler{Handler: h.Handler, inner: append(slices.Clip(h.inner), scope{group: name})}
}

// replace renames slog's own keys, masks what looks like a secret and writes errors as text.
func replace(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch a.Key {
		case slog.TimeKey:
			if a.Value.Kind() == slog.KindTime {
				a.Key = TimestampKey
				a.Value = slog.TimeValue(a.Value.Time().UTC())
			}
			return a
		case slog.MessageKey:
			a.Key = MessageKey
			return a
		}
	}
	if IsSecretKey(a.Key) && a.Value.Kind() == slog.KindString && a.Value.String() != "" {
		a.Value = slog.StringValue("***")
	}
	return a
}

// IsSecretKey says whether an attribute of that name is masked. It is the second line of defence: the first is that tokens are secret.Strings.
func IsSecretKey(key string) bool {
	switch strings.ToLower(key) {
	case "token", "access_token", "authorization", "password", "client_secret", "secret", "cookie", "api_key":
		return true
	}
	return false
}
