package trace

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"corbel.example/sdk/correlation"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/logging"
)

// Handler returns a handler that remembers what next logs.
func (s *Store) Handler(next slog.Handler) slog.Handler { return &handler{Handler: next, store: s} }

// Unlogged returns a handler that remembers, from the lowest level on, and logs nothing: for what belongs to a request's way and
// would be too much for the log.
func (s *Store) Unlogged() slog.Handler { return &handler{store: s} }

type handler struct {
	slog.Handler // nil logs nothing
	store        *Store
	// plugin is what the lines are of.
	plugin string
	bound  []slog.Attr // attributes of all lines
	group  string      // with a dot behind it, "" for none
}

// Enabled says whether a line of that level is wanted.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.Handler == nil || h.Handler.Enabled(ctx, level)
}

// Handle logs and remembers a line.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	h.remember(ctx, &r)
	if h.Handler == nil {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler with more attributes.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	more := *h
	more.bound = append([]slog.Attr{}, h.bound...)
	for _, a := range attrs {
		if a.Key == logging.PluginKey && h.group == "" {
			more.plugin = a.Value.String()
			continue
		}
		a.Key = h.group + a.Key
		more.bound = append(more.bound, a)
	}
	if h.Handler != nil {
		more.Handler = h.Handler.WithAttrs(attrs)
	}
	return &more
}

// WithGroup returns a handler whose further attributes stand in a group.
func (h *handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	more := *h
	more.group += name + "."
	if h.Handler != nil {
		more.Handler = h.Handler.WithGroup(name)
	}
	return &more
}

// remember keeps a line in the rings that it belongs to: that of requests, and that of the plugin whose handler it is.
func (h *handler) remember(ctx context.Context, r *slog.Record) {
	l := Line{At: r.Time, Level: r.Level, Message: r.Message, Plugin: h.plugin, RequestID: correlation.RequestID(ctx)}
	if id, ok := identity.FromContext(ctx); ok {
		l.UserID = id.User.ID
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	take := func(a slog.Attr) bool {
		switch {
		case h.group != "":
		case a.Key == logging.PluginKey:
			l.Plugin = a.Value.String()
			return true
		case a.Key == logging.RequestIDKey:
			l.RequestID = a.Value.String()
			return true
		case a.Key == logging.UserIDKey:
			l.UserID = a.Value.String()
			return true
		}
		s.attr(h.group, a)
		return true
	}
	for _, a := range h.bound {
		s.attr("", a)
	}
	r.Attrs(take)
	if l.RequestID == "" && h.plugin == "" {
		return
	}
	s.line = encode(s.line, &l, s.attrs)
	if l.RequestID != "" {
		h.store.requests.add(s.line)
	}
	if h.plugin != "" && h.Handler != nil {
		if ring := h.store.ringOf(h.plugin, true); ring != nil {
			ring.add(s.line)
		}
	}
}

// scratch is the memory in which a line is encoded.
type scratch struct{ line, attrs, value []byte }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (s *scratch) release() {
	s.line, s.attrs = s.line[:0], s.attrs[:0]
	scratches.Put(s)
}

// attr encodes an attribute, a group as its members.
func (s *scratch) attr(group string, a slog.Attr) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, member := range v.Group() {
			s.attr(group, member)
		}
		return
	}
	if logging.IsSecretKey(a.Key) {
		s.text(group+a.Key, masked)
		return
	}
	b := s.value[:0]
	switch v.Kind() {
	case slog.KindString:
		s.text(group+a.Key, v.String())
		return
	case slog.KindInt64:
		b = strconv.AppendInt(b, v.Int64(), 10)
	case slog.KindUint64:
		b = strconv.AppendUint(b, v.Uint64(), 10)
	case slog.KindFloat64:
		b = strconv.AppendFloat(b, v.Float64(), 'g', -1, 64)
	case slog.KindBool:
		b = strconv.AppendBool(b, v.Bool())
	case slog.KindDuration:
		b = append(b, v.Duration().String()...)
	case slog.KindTime:
		b = v.Time().UTC().AppendFormat(b, time.RFC3339Nano)
	default:
		b = fmt.Append(b, v.Any())
	}
	s.value = b
	s.text(group+a.Key, string(b))
}

// text encodes a key with its value, if there is room for it.
func (s *scratch) text(key, value string) {
	const overhead = 8 // of the two lengths
	if len(s.attrs)+min(len(key), maxText)+min(len(value), maxText)+overhead > maxEncoded {
		return
	}
	s.attrs = appendText(appendText(s.attrs, key), value)
}
