package ui

import (
	"context"
	"io"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"corbel.example/sdk/locale"
)

// Text is text: ui.Text("ana@example.com").
type Text string

// Render writes the text, escaped.
func (t Text) Render(_ context.Context, w io.Writer) error {
	return write(w, templ.EscapeString(string(t)))
}

// Code is a name or a piece of code in fixed width: <code>main.samples</code>
type Code string

// Render writes the element.
func (c Code) Render(_ context.Context, w io.Writer) error { return wrapped(w, "code", "", string(c)) }

// Copyable is code that one click selects as a whole: <code class="copy">main.samples.trips</code>
type Copyable string

// Render writes the element.
func (c Copyable) Render(_ context.Context, w io.Writer) error {
	return wrapped(w, "code", "copy", string(c))
}

// Mono is text in fixed width that is no code, such as a type: <span class="mono">DECIMAL(10,2)</span>
type Mono string

// Render writes the element.
func (m Mono) Render(_ context.Context, w io.Writer) error {
	return wrapped(w, "span", "mono", string(m))
}

// Muted is secondary text: <span class="muted">by ana@example.com</span>
type Muted string

// Render writes the element.
func (m Muted) Render(_ context.Context, w io.Writer) error {
	return wrapped(w, "span", "muted", string(m))
}

// Strong is important text: <strong>READY</strong>
type Strong string

// Render writes the element.
func (s Strong) Render(_ context.Context, w io.Writer) error {
	return wrapped(w, "strong", "", string(s))
}

// Null shows that there is no value. In a table its cell has the class null.
//
//	<span class="null">NULL</span>
type Null struct{}

// Render writes the element.
func (Null) Render(_ context.Context, w io.Writer) error { return wrapped(w, "span", "null", "NULL") }

// Time is a moment, in UTC and to the minute, as the user's region writes it; the exact one is in the datetime attribute. The zero
// Time shows nothing.
//
//	<time datetime="2024-02-29T12:30:00Z">Feb 29, 2024, 12:30 PM UTC</time>
type Time time.Time

// Render writes the element.
func (t Time) Render(ctx context.Context, w io.Writer) error {
	at := time.Time(t).UTC()
	if at.IsZero() {
		return nil
	}
	text := templ.EscapeString(locale.FromContext(ctx).Time(at))
	return write(w, `<time datetime="`+at.Format(time.RFC3339)+`">`+text+"</time>")
}

// Number is a whole number as the user's region writes it: 1,204 or 1.204. For others there is package locale.
type Number int64

// Render writes the number.
func (n Number) Render(ctx context.Context, w io.Writer) error {
	return write(w, templ.EscapeString(locale.FromContext(ctx).Count(int64(n))))
}

// Percent is a share of 1 as the user's region writes it: 99.5% or 99,5 %.
type Percent float64

// Render writes the share.
func (p Percent) Render(ctx context.Context, w io.Writer) error {
	return write(w, templ.EscapeString(locale.FromContext(ctx).Percent(float64(p))))
}

// Duration is how long something took or lasts, as the user's region writes it: 29.7 ms, 2.75 s, 12 min 5 s.
type Duration time.Duration

// Render writes the duration.
func (d Duration) Render(ctx context.Context, w io.Writer) error {
	return write(w, templ.EscapeString(locale.FromContext(ctx).Duration(time.Duration(d))))
}

// Cut returns the first n characters of s, and an ellipsis where there are more.
func Cut(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

func wrapped(w io.Writer, element, class, text string) error {
	begin := "<" + element
	if class != "" {
		begin += ` class="` + class + `"`
	}
	return write(w, begin+">"+templ.EscapeString(text)+"</"+element+">")
}

func write(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
