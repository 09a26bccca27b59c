package supervisor

import (
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
}

func newPluginLog(handler slog.Handler, plugin string, perSecond, burst int) *pluginLog {
	return &pluginLog{
		handler: handler.WithAttrs([]slog.Attr{slog.String("plugin", plugin)}),
		limiter: rate.NewLimiter(rate.Limit(perSecond), burst),
	}
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
