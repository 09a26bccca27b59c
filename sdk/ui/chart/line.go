package chart

import (
	"context"
	"io"
	"strings"
	"time"

	"corbel.example/sdk/locale"
)

// Line shows how values go on, over numbers or over time. A value that is missing (NaN) breaks its line.
type Line struct {
	Title string
	// X or Times are what the values are over, ascending; Values of the series are in their order.
	X      []float64
	Times  []time.Time
	Series []Series
	// Heading is the first column's in the table; "X" or "Time" unless there is one.
	Heading string
	// Source is a route that answers with all points by WriteData. Where there are more than the 2,000 that are drawn here, the browser
	// draws those of the route instead, if it can: up to 100,000.
	Source string
}

// Render writes the chart.
func (l Line) Render(ctx context.Context, w io.Writer) error {
	return xy{l.Title, l.X, l.Times, l.Series, l.Heading, l.Source, true}.draw(locale.FromContext(ctx)).Render(ctx, w)
}

// Scatter shows each value as a point, over numbers or over time.
type Scatter struct {
	Title string
	// X or Times are what the values are over; Values of the series are in their order.
	X      []float64
	Times  []time.Time
	Series []Series
	// Heading is the first column's in the table; "X" or "Time" unless there is one.
	Heading string
	// Source is a route that answers with all points by WriteData. Where there are more than the 2,000 that are drawn here, the browser
	// draws those of the route instead, if it can: up to 100,000.
	Source string
}

// Render writes the chart.
func (s Scatter) Render(ctx context.Context, w io.Writer) error {
	return xy{s.Title, s.X, s.Times, s.Series, s.Heading, s.Source, false}.draw(locale.FromContext(ctx)).Render(ctx, w)
}

// xy is a line chart or one of points.
type xy struct {
	title   string
	x       []float64
	times   []time.Time
	series  []Series
	heading string
	source  string
	lines   bool
}

// fewPoints is up to how many points a line shows each of.
const fewPoints = 40

func (c xy) draw(region locale.Locale) *drawing {
	d := &drawing{region: region, title: c.title}
	isTime := len(c.times) > 0
	if isTime {
		c.x = make([]float64, len(c.times))
		for i, t := range c.times {
			c.x[i] = seconds(t)
		}
	}
	shown := c.x[:min(maxMarks, len(c.x))]
	if len(shown) < len(c.x) {
		d.cut = "The first " + d.count(len(shown)) + " of " + d.count(len(c.x)) + " points are drawn."
		d.source, d.scatter = c.source, !c.lines
	}
	series := d.cutSeries(c.series, len(shown))
	lists := make([][]float64, len(series))
	for i, s := range series {
		lists[i] = s.Values
	}
	p := plot{x: scaleOf(shown), y: scaleOf(lists...)}
	d.upward(&p)
	texts, heading := make([]string, len(shown)), "X"
	if isTime {
		heading = "Time"
		d.sideward(p, p.x.timeTicks(region))
	} else {
		var ticks []tick
		p.x, ticks = p.x.ticks(region)
		d.sideward(p, ticks)
	}
	for i, x := range shown {
		texts[i] = d.number(x)
		if isTime {
			texts[i] = region.Exact(c.times[i])
		}
	}
	for i, s := range series {
		d.trace(p, i, s, shown, texts, c.lines)
	}
	if c.heading != "" {
		heading = c.heading
	}
	d.tabulate(heading, texts, series)
	kind := "Scatter chart"
	if c.lines {
		kind = "Line chart"
	}
	d.describe(kind, len(shown), "points", series)
	return d
}

// trace draws a series: its line, and its points where there are few or no line.
func (d *drawing) trace(p plot, index int, s Series, x []float64, texts []string, line bool) {
	var path strings.Builder
	var points []mark
	begun, length := false, 0
	lonely := false // a point between gaps has no line
	for i, v := range s.Values {
		if !isFinite(v) || !isFinite(x[i]) {
			lonely = lonely || length == 1
			begun, length = false, 0
			continue
		}
		command := "L"
		if !begun {
			command = "M"
		}
		begun, length = true, length+1
		at, up := px(p.atX(x[i])), px(p.atY(v))
		path.WriteString(command + at + " " + up)
		points = append(points, mark{class: class("point", index), cx: at, cy: up, title: d.value(texts[i], s.Name, v)})
	}
	lonely = lonely || length == 1
	if line && path.Len() > 0 {
		d.marks = append(d.marks, mark{class: class("line", index), path: path.String()})
	}
	if !line || lonely || len(points) <= fewPoints {
		d.marks = append(d.marks, points...)
	}
}
