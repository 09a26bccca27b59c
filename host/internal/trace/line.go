package trace

import (
	"log/slog"
	"strconv"
	"time"

	"corbel.example/sdk/logging"
)

// Line is a log line. Its texts are as they were logged, except that what looks like a secret is masked.
type Line struct {
	At      time.Time
	Level   slog.Level
	Message string
	// Plugin is the plugin that the line is of or about, "" for the host's own.
	Plugin string
	// RequestID and UserID say whose request it belongs to; "" for none.
	RequestID, UserID string
	// Attrs are the other attributes, in order.
	Attrs []Attr
}

// Attr is an attribute of a Line.
type Attr struct{ Key, Value string }

// Attr returns the value of an attribute, the last if there are several, and "" if there is none.
func (l *Line) Attr(key string) string {
	for i := len(l.Attrs) - 1; i >= 0; i-- {
		if l.Attrs[i].Key == key {
			return l.Attrs[i].Value
		}
	}
	return ""
}

// Duration is how long what the line tells of has taken: it ended when the line was written. 0 when it does not say.
func (l *Line) Duration() time.Duration {
	ms, err := strconv.ParseFloat(l.Attr(logging.DurationMSKey), 64)
	if err != nil || ms < 0 || ms > maxDurationMS {
		return 0
	}
	return time.Duration(ms * float64(time.Millisecond))
}

// maxDurationMS is a year: what is longer is no duration.
const maxDurationMS = 365 * 24 * 60 * 60 * 1e3
