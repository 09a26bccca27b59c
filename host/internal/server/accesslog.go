package server

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/logging"
)

const (
	// errorLevelStatus is the lowest status that is logged as an error.
	errorLevelStatus = 500
	// maxLoggedPath bounds the path of a request that no route answers.
	maxLoggedPath = 256
)

// account turns the call's error into HTTP, and writes the call's line into the log.
func (s *Server) account(next handler) handler {
	return func(c *call) error {
		err := next(c)
		aborted := false
		if err != nil {
			aborted = s.fail(c, err)
		}
		c.w.finish()
		s.logCall(c, err)
		if aborted {
			// net/http closes the connection, so that nobody takes the piece for the whole.
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// logCall writes one line. Its attributes are few enough, and typed, so that it costs microseconds.
func (s *Server) logCall(c *call, err error) {
	ctx := c.r.Context()
	level := slog.LevelInfo
	if c.w.status >= errorLevelStatus || err != nil && c.w.status < http.StatusBadRequest {
		level = slog.LevelError
	}
	if !s.access.Enabled(ctx, level) {
		return
	}
	now := time.Now()
	record := slog.NewRecord(now, level, "request", 0)
	record.AddAttrs(
		slog.String("method", c.r.Method),
		slog.String(logging.RouteKey, c.route),
		slog.Int(logging.StatusKey, c.w.status),
		slog.Float64(logging.DurationMSKey, float64(now.Sub(c.begun).Microseconds())/1e3),
		slog.Int64("bytes", c.w.bytes),
	)
	if c.plugin != "" {
		record.AddAttrs(slog.String(logging.PluginKey, c.plugin))
	}
	if c.route == "" {
		path := c.r.URL.Path
		record.AddAttrs(slog.String("path", path[:min(len(path), maxLoggedPath)]))
	}
	if err != nil {
		addError(&record, err)
	}
	// The handler writes to stdout: when that fails there is nowhere to say so.
	_ = s.access.Handle(ctx, record)
}

// warn writes a line about something that went wrong and is not the answer.
func (s *Server) warn(c *call, message string, err error) {
	ctx := c.r.Context()
	if !s.access.Enabled(ctx, slog.LevelWarn) {
		return
	}
	record := slog.NewRecord(time.Now(), slog.LevelWarn, message, 0)
	addError(&record, err)
	// The handler writes to stdout: when that fails there is nowhere to say so.
	_ = s.access.Handle(ctx, record)
}

// addError adds what the operator needs to know of a failed call.
func addError(record *slog.Record, err error) {
	record.AddAttrs(slog.String("code", fault.From(err).ErrorCode()), slog.String(logging.ErrorKey, err.Error()))
	var panicked *panicError
	if errors.As(err, &panicked) {
		record.AddAttrs(slog.String("stack", string(panicked.stack)))
	}
}
