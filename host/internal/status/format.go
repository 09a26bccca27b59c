package status

import (
	"context"
	"io"
	"time"

	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// text is a text that depends on the user's region.
type text func(locale.Locale) string

// Render writes the text, escaped.
func (t text) Render(ctx context.Context, w io.Writer) error {
	return ui.Text(t(locale.FromContext(ctx))).Render(ctx, w)
}

// tookOr is how long something took, or nothing when there is nothing.
func tookOr(d time.Duration) ui.Component {
	if d <= 0 {
		return ui.Muted("-")
	}
	return ui.Duration(d)
}

func percent(share float64) text {
	return func(l locale.Locale) string { return l.Percent(share) }
}

// clock writes the time of a day to the millisecond, in UTC: lines of one request are that close together.
func clock(at time.Time) ui.Component { return ui.Mono(at.UTC().Format("15:04:05.000")) }
