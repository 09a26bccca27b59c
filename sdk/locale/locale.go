package locale

import (
	"context"
	"sync"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Locale is a language with a region. The zero Locale is that of nobody in particular: numbers as in English, dates as in ISO 8601.
type Locale struct {
	numbers *message.Printer // nil for those of English
	dates   dates
}

var english = message.NewPrinter(language.English)

// maxTag is the longest tag that is read: BCP 47 asks for no more to be kept.
const maxTag = 35

// Parse reads a tag of BCP 47, such as "de-CH". What is none gives the zero Locale.
func Parse(tag string) Locale {
	if tag == "" || len(tag) > maxTag {
		return Locale{}
	}
	parsed, err := language.Parse(tag)
	if err != nil || parsed == language.Und {
		return Locale{}
	}
	return Locale{numbers: message.NewPrinter(parsed), dates: datesOf(parsed)}
}

type key struct{}

// NewContext returns a context that carries the tag of a locale.
func NewContext(ctx context.Context, tag string) context.Context {
	return context.WithValue(ctx, key{}, sync.OnceValue(func() Locale { return Parse(tag) }))
}

// FromContext returns the locale that the context carries, else the zero Locale.
func FromContext(ctx context.Context) Locale {
	if parsed, ok := ctx.Value(key{}).(func() Locale); ok {
		return parsed()
	}
	return Locale{}
}

// Count writes a whole number with the thousands apart: "1,204".
func (l Locale) Count(n int64) string { return l.format(number.Decimal(n)) }

// Number writes a number with at most so many digits behind the point: "12.5".
func (l Locale) Number(v float64, decimals int) string {
	return l.format(number.Decimal(v, number.MaxFractionDigits(decimals)))
}

// Fixed writes a number with exactly so many digits behind the point: "12.50".
func (l Locale) Fixed(v float64, decimals int) string {
	return l.format(number.Decimal(v, number.Scale(decimals)))
}

// Percent writes a share of 1, with one digit behind the point at most: "99.5%".
func (l Locale) Percent(share float64) string {
	return l.format(number.Percent(share, number.MaxFractionDigits(1)))
}

func (l Locale) format(v number.Formatter) string {
	if l.numbers == nil {
		return english.Sprint(v)
	}
	return l.numbers.Sprint(v)
}

// sizes are the units of Bytes, each 1,024 times the one before.
var sizes = []string{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

// Bytes writes a size with its unit: "1.5 MiB".
func (l Locale) Bytes(n int64) string {
	const step = 1024
	if n == 1 {
		return l.Count(n) + " byte"
	}
	size, unit := float64(n), 0
	for (size >= step || size <= -step) && unit < len(sizes)-1 {
		size /= step
		unit++
	}
	return l.Number(size, 1) + " " + sizes[unit]
}

// Date writes the day, in UTC. The zero time is "".
func (l Locale) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(l.dates.dayLayout())
}

// Time writes the moment to the minute, in UTC, and says so. The zero time is "".
func (l Locale) Time(t time.Time) string { return l.moment(t, l.dates.minuteLayout()) }

// Exact writes the moment to the second, in UTC, and says so. The zero time is "".
func (l Locale) Exact(t time.Time) string { return l.moment(t, l.dates.secondLayout()) }

// Short writes as much of a moment, in UTC, as tells it from others a step away: "2:05 PM" for minutes, "Feb 29" for days, "2024" for
// years. It is for axes, where the rest is said elsewhere.
func (l Locale) Short(t time.Time, step time.Duration) string {
	return t.UTC().Format(l.dates.shortLayout(step))
}

func (l Locale) moment(t time.Time, clock string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(l.dates.dayLayout() + l.dates.separator() + clock + " MST")
}
