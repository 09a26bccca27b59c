package locale

import "time"

// Duration writes how long something took or lasts: with three digits below a minute ("3.42 ms", "29.7 ms", "2.75 s"), and in its two
// largest units above ("12 min 5 s", "3 d 4 h"). A time below zero is "0 ms".
func (l Locale) Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		d = max(0, d)
		return l.threeDigits(float64(d)/float64(time.Millisecond)) + " ms"
	case d < time.Minute:
		return l.threeDigits(d.Seconds()) + " s"
	}
	units := []struct {
		name   string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}} //nolint:mnd // hours of a day
	for i, unit := range units {
		if d < unit.length {
			continue
		}
		written := l.Count(int64(d/unit.length)) + " " + unit.name
		if next := units[i+1]; d%unit.length >= next.length {
			written += " " + l.Count(int64(d%unit.length/next.length)) + " " + next.name
		}
		return written
	}
	return ""
}

// threeDigits writes a number below 1,000.
func (l Locale) threeDigits(v float64) string {
	switch {
	case v < 10:
		return l.Number(v, 2)
	case v < 100:
		return l.Number(v, 1)
	default:
		return l.Number(v, 0)
	}
}
