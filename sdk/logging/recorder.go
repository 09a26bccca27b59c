package logging

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
)

// Record is a log line without its frame: what a plugin sends to the host.
type Record struct {
	Time    time.Time
	Level   slog.Level
	Message string
	// Attrs is a JSON object of the attributes, request id and place of the call included.
	Attrs json.RawMessage
}

// NewRecorder returns a handler that gives each line to emit, which must not block. level nil means info.
func NewRecorder(level slog.Leveler, emit func(Record)) slog.Handler {
	shared := &recorderOutput{emit: emit}
	return &recorder{
		output: shared,
		attrs:  &handler{Handler: slog.NewJSONHandler(&shared.buf, &slog.HandlerOptions{Level: level, ReplaceAttr: replaceOnlyAttrs})},
	}
}

// recorderOutput is shared by a recorder and those derived from it.
type recorderOutput struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	emit func(Record)
}

type recorder struct {
	output *recorderOutput
	attrs  slog.Handler // writes the attributes to the output's buffer
}

func (r *recorder) Enabled(ctx context.Context, level slog.Level) bool {
	return r.attrs.Enabled(ctx, level)
}

func (r *recorder) Handle(ctx context.Context, record slog.Record) error {
	o := r.output
	o.mu.Lock()
	o.buf.Reset()
	err := r.attrs.Handle(ctx, record)
	attrs := bytes.Clone(bytes.TrimRight(o.buf.Bytes(), "\n"))
	o.mu.Unlock()
	if err != nil {
		return err
	}
	o.emit(Record{Time: record.Time, Level: record.Level, Message: record.Message, Attrs: attrs})
	return nil
}

func (r *recorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &recorder{output: r.output, attrs: r.attrs.WithAttrs(attrs)}
}

func (r *recorder) WithGroup(name string) slog.Handler {
	return &recorder{output: r.output, attrs: r.attrs.WithGroup(name)}
}

// replaceOnlyAttrs drops what Record has as fields.
func replaceOnlyAttrs(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 {
		switch a.Key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey:
			return slog.Attr{}
		}
	}
	return replace(groups, a)
}
