package status

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"corbel.example/host/internal/traffic"
	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/ui/chart"
)

// svg is a drawing of numbers, in the colour of the text around it.
type svg struct {
	width, height int
	// label says in words what is drawn; "" when the words stand beside it.
	label  string
	shapes string
}

// Render writes the drawing.
func (d svg) Render(_ context.Context, w io.Writer) error {
	size := strconv.Itoa(d.width) + `" height="` + strconv.Itoa(d.height)
	names := `aria-hidden="true"`
	if d.label != "" {
		names = `role="img" aria-label="` + templ.EscapeString(d.label) + `"`
	}
	_, err := io.WriteString(w, `<svg viewBox="0 0 `+strconv.Itoa(d.width)+" "+strconv.Itoa(d.height)+`" width="`+size+`" `+names+">"+d.shapes+"</svg>")
	return err
}

func tenth(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// The size of a sparkline and of a bar in the waterfall.
const (
	sparkWidth, sparkHeight = 120, 20
	barWidth, barHeight     = 200, 12
	leastBar                = 1.5
)

// sparkline draws how many requests there were in each step.
func sparkline(s *traffic.Summary) ui.Component {
	most := 1
	for _, p := range s.Points {
		most = max(most, p.Requests)
	}
	var points strings.Builder
	for i, p := range s.Points {
		x := float64(i) * (sparkWidth - 2) / float64(max(1, len(s.Points)-1))
		y := (sparkHeight - 2) * (1 - float64(p.Requests)/float64(most))
		points.WriteString(tenth(x+1) + "," + tenth(y+1) + " ")
	}
	shapes := `<polyline fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" points="` +
		strings.TrimSpace(points.String()) + `"></polyline>`
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		l := locale.FromContext(ctx)
		label := fmt.Sprintf(textSparkline, l.Count(int64(s.Recent)), l.Count(int64(most)))
		return svg{width: sparkWidth, height: sparkHeight, label: label, shapes: shapes}.Render(ctx, w)
	})
}

// bar draws when something began and how long it took, as a part of a whole.
func bar(begin, length, whole time.Duration) ui.Component {
	at, width := 0.0, float64(leastBar)
	if whole > 0 {
		at = float64(begin) / float64(whole) * (barWidth - leastBar)
		width = max(leastBar, float64(length)/float64(whole)*barWidth)
	}
	rect := func(x, width float64, more string) string {
		return `<rect x="` + tenth(x) + `" y="2" width="` + tenth(width) + `" height="8" fill="currentColor"` + more + `></rect>`
	}
	return svg{
		width: barWidth, height: barHeight,
		shapes: rect(0, barWidth, ` fill-opacity="0.1"`) + rect(at, min(width, barWidth-at), ""),
	}
}

// history draws requests and errors over the last minutes.
func history(s *traffic.Summary) ui.Component {
	if s.Recent == 0 {
		return ui.Paragraph{ui.Muted(textNoTraffic)}
	}
	times := make([]time.Time, len(s.Points))
	requests, errors := make([]float64, len(s.Points)), make([]float64, len(s.Points))
	for i, p := range s.Points {
		times[i], requests[i], errors[i] = p.Begin, float64(p.Requests), float64(p.Errors)
	}
	return chart.Line{
		Title: titleEveryTen, Times: times,
		Series: []chart.Series{{Name: textSeriesRequests, Values: requests}, {Name: textSeriesErrors, Values: errors}},
	}
}
