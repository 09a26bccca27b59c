package supervisor

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"corbel.example/sdk/wire"
)

// pluginLog is one plugin's way into the host's log: its records and the lines of its output, within one rate.
type pluginLog struct {
	handler slog.Handler // adds plugin=<name>
	limiter *rate.Limiter
	dropped atomic.Uint64

	// unlogged takes the records below the log's level, within the same rate again; nil for nobody.
	unlogged        slog.Handler
	unloggedLimiter *rate.Limiter
}

func newPluginLog(handler, unlogged slog.Handler, plugin string, perSecond, burst int) *pluginLog {
	name := []slog.Attr{slog.String("plugin", plugin)}
	l := &pluginLog{handler: handler.WithAttrs(name), limiter: rate.NewLimiter(rate.Limit(perSecond), burst)}
	if unlogged != nil {
		l.unlogged, l.unloggedLimiter = unlogged.WithAttrs(name), rate.NewLimiter(rate.Limit(perSecond), burst)
	}
	return l
}

// allow says whether one more line may be written; one that may not is counted.
func (l *pluginLog) allow() bool {
	if l.limiter.Allow() {
		return true
	}
	l.dropped.Add(1)
	return false
}

// records writes log records that the plugin sent; dropped is how many it had to drop itself.
func (l *pluginLog) records(records []wire.LogRecord, dropped uint64) {
	l.dropped.Add(dropped)
	for i := range records {
		r := &records[i]
		// A plugin's record belongs to no context of the host.
		if l.unlogged != nil && !l.handler.Enabled(context.Background(), r.Level) {
			if l.unloggedLimiter.Allow() {
				emit(l.unlogged, r.Time, r.Level, r.Message, attrsFrom(r.Attrs))
			}
			continue
		}
		if l.allow() {
			emit(l.handler, r.Time, r.Level, r.Message, attrsFrom(r.Attrs))
		}
	}
}

// reportDropped says how many lines were dropped since it was asked last, if any.
func (l *pluginLog) reportDropped() {
	if n := l.dropped.Swap(0); n > 0 {
		emit(l.handler, time.Now(), slog.LevelWarn, "log lines of the plugin dropped: it writes too many", []slog.Attr{slog.Uint64("dropped", n)})
	}
}
