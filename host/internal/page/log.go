package page

import (
	"context"
	"log/slog"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/logging"
)

// slowFragment is how long a fragment takes that operators should know of.
const slowFragment = 500 * time.Millisecond

// logFragment writes one line about a fragment: for operators when it is slow or has failed, else for debugging.
func (c *Composer) logFragment(ctx context.Context, o *outcome) {
	level := slog.LevelDebug
	if o.duration >= slowFragment || o.fault != nil {
		level = slog.LevelInfo
	}
	if o.fault != nil && o.fault.Kind == fault.Canceled {
		level = slog.LevelDebug // nobody waits for it any more
	}
	if !c.logger.Enabled(ctx, level) {
		return
	}
	size, status := 0, o.status
	if o.shown() {
		size = len(o.content.HTML)
	}
	if o.fault != nil {
		status = o.fault.Kind.Status()
	}
	attrs := []slog.Attr{
		slog.String(logging.PluginKey, o.call.fragment.Plugin), slog.String("fragment", o.call.fragment.ID),
		slog.Float64(logging.DurationMSKey, float64(o.duration.Microseconds())/1e3), slog.Int("bytes", size),
		slog.String("from", string(o.source)), slog.Int(logging.StatusKey, status),
	}
	if o.fault != nil {
		attrs = append(attrs, slog.String("code", o.fault.ErrorCode()), slog.Any(logging.ErrorKey, o.fault))
	}
	c.logger.LogAttrs(ctx, level, "fragment", attrs...)
}
