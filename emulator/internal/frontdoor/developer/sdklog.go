package developer

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/databricks/databricks-sdk-go/logger"
)

// LogTo sends the SDK's own log, which is plain text on stderr, to log. The SDK
// has one logger for the whole process: call this once, from main.
func LogTo(log *slog.Logger) { logger.DefaultLogger = sdkLogger{log} }

// sdkLogger is the SDK's logger on top of slog. The SDK's levels have the
// values of slog's.
type sdkLogger struct{ log *slog.Logger }

var _ logger.Logger = sdkLogger{}

func (l sdkLogger) Enabled(ctx context.Context, level logger.Level) bool {
	return l.log.Enabled(ctx, slog.Level(level))
}

func (l sdkLogger) print(ctx context.Context, level logger.Level, format string, v []any) {
	if l.Enabled(ctx, level) {
		text := strings.TrimSpace(fmt.Sprintf(format, v...))
		l.log.LogAttrs(ctx, slog.Level(level), "databricks sdk", slog.String("detail", text))
	}
}

func (l sdkLogger) Tracef(ctx context.Context, format string, v ...any) {
	l.print(ctx, logger.LevelTrace, format, v)
}

func (l sdkLogger) Debugf(ctx context.Context, format string, v ...any) {
	l.print(ctx, logger.LevelDebug, format, v)
}

func (l sdkLogger) Infof(ctx context.Context, format string, v ...any) {
	l.print(ctx, logger.LevelInfo, format, v)
}

func (l sdkLogger) Warnf(ctx context.Context, format string, v ...any) {
	l.print(ctx, logger.LevelWarn, format, v)
}

func (l sdkLogger) Errorf(ctx context.Context, format string, v ...any) {
	l.print(ctx, logger.LevelError, format, v)
}
