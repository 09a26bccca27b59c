package main

import (
	"io"
	"log/slog"
)

// newLogger writes one line for each record, with the same names of keys as the
// app's log.
func newLogger(w io.Writer, s *settings) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.logLevel, ReplaceAttr: renameKeys}
	if s.logFormat == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

func renameKeys(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		a.Key = "timestamp"
	case slog.MessageKey:
		a.Key = "message"
	}
	return a
}
