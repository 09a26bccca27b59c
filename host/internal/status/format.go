package status

import (
	"context"
	"io"
	"strconv"
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

// took writes how long something took: "12.3 ms", "1.5 s".
func took(d time.Duration) text {
	return func(l locale.Locale) string {
		switch {
		case d >= time.Minute:
			return span(d)
		case d >= time.Second:
			return l.Number(d.Seconds(), 2) + " s"
		default:
			return l.Number(float64(d.Microseconds())/1e3, 1) + " ms"
		}
	}
}

// tookOr is took, or nothing when there is nothing.
func tookOr(d time.Duration) ui.Component {
	if d <= 0 {
		return ui.Muted("-")
	}
	return took(d)
}

func percent(share float64) text {
	return func(l locale.Locale) string { return l.Percent(share) }
}

// span writes a long duration in its two largest units: "3 d 4 h", "12 min 5 s".
func span(d time.Duration) string {
	units := []struct {
		name   string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	for i, unit := range units {
		if d < unit.length && i < len(units)-1 {
			continue
		}
		written := strconv.FormatInt(int64(d/unit.length), 10) + " " + unit.name
		if i < len(units)-1 {
			next := units[i+1]
			if rest := d % unit.length / next.length; rest > 0 {
				written += " " + strconv.FormatInt(int64(rest), 10) + " " + next.name
			}
		}
		return written
	}
	return ""
}

// clock writes the time of a day to the millisecond, in UTC: lines of one request are that close together.
func clock(at time.Time) ui.Component { return ui.Mono(at.UTC().Format("15:04:05.000")) }
