package chart

import (
	"context"
	"io"

	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// Bar compares values of categories. Several series stand side by side.
type Bar struct {
	Title string
	// Categories name the bars; Values of the series are in their order.
	Categories []string
	Series     []Series
	// Heading is the first column's in the table; "Category" unless there is one.
	Heading string
}

// Render writes the chart.
func (b Bar) Render(ctx context.Context, w io.Writer) error {
	return b.draw(locale.FromContext(ctx)).Render(ctx, w)
}

func (b Bar) draw(region locale.Locale) *drawing {
	d := &drawing{region: region, title: b.Title}
	shown := b.Categories[:min(maxMarks, len(b.Categories))]
	if len(shown) < len(b.Categories) {
		d.notes = append(d.notes, "The first "+d.count(len(shown))+" of "+d.count(len(b.Categories))+" categories are drawn.")
	}
	series := d.cutSeries(b.Series, len(shown))
	lists := make([][]float64, len(series))
	for i, s := range series {
		lists[i] = s.Values
	}
	p := plot{x: scale{0, max(1, float64(len(shown)))}, y: scaleOf(lists...).withZero()}
	d.upward(&p)
	d.bars(p, shown, series)
	d.sideward(p, categoryTicks(shown))
	heading := b.Heading
	if heading == "" {
		heading = "Category"
	}
	d.tabulate(heading, shown, series)
	d.describe("Bar chart", len(shown), "categories", series)
	return d
}

// share is how much of a category's room its bars take.
const share = 0.72

func (d *drawing) bars(p plot, categories []string, series []Series) {
	for i, s := range series {
		for j, v := range s.Values {
			if !isFinite(v) {
				continue
			}
			thick := share / float64(len(series))
			from := float64(j) + (1-share)/2 + float64(i)*thick
			d.marks = append(d.marks, d.bar(p, class("bar", i), from, from+thick, v, d.value(categories[j], s.Name, v)))
		}
	}
}

// bar is a bar from 0 to a value. It can be seen at 0, too.
func (d *drawing) bar(p plot, class string, from, to, v float64, title string) mark {
	zero, end := p.atY(0), p.atY(v)
	return mark{
		class: class, title: title,
		x: px(p.atX(from)), w: px(max(p.atX(to)-p.atX(from)-1, 0.5)), y: px(min(zero, end)), h: px(max(zero-end, end-zero, 0.5)),
	}
}

// value says what a mark stands for.
func (d *drawing) value(place, name string, v float64) string {
	if name != "" {
		place += ", " + name
	}
	return place + ": " + d.number(v)
}

const (
	// labels is how many categories are named below the axis, characters how much of each.
	labels     = 12
	characters = 14
)

// categoryTicks name categories in the middle of their room, as many as can be read.
func categoryTicks(categories []string) []tick {
	step := (len(categories) + labels - 1) / labels
	length := characters
	if len(categories) > labels/2 {
		length = characters / 2
	}
	var all []tick
	for i, c := range categories {
		if i%max(step, 1) == 0 {
			all = append(all, tick{float64(i) + 0.5, ui.Cut(c, length)})
		}
	}
	return all
}

// Histogram shows how often values are of which size.
type Histogram struct {
	Title  string
	Values []float64
	// Bins is in about how many ranges the values are counted: those have round bounds. 0 for as many as suits the number of values;
	// at most 100.
	Bins int
}

// Render writes the chart.
func (h Histogram) Render(ctx context.Context, w io.Writer) error {
	return h.draw(locale.FromContext(ctx)).Render(ctx, w)
}

const maxBins = 100

func (h Histogram) draw(region locale.Locale) *drawing {
	d := &drawing{region: region, title: h.Title}
	bounds, counts, step, missing := h.bins()
	d.left(missing)
	p := plot{x: scale{bounds[0], bounds[len(bounds)-1]}, y: scaleOf(counts).withZero()}
	d.upward(&p)
	texts := make([]string, len(counts))
	for i, n := range counts {
		texts[i] = number(region, bounds[i], step) + " to " + number(region, bounds[i+1], step)
		if n > 0 {
			d.marks = append(d.marks, d.bar(p, class("bar", 0), bounds[i], bounds[i+1], n, texts[i]+": "+d.number(n)))
		}
	}
	_, ticks := p.x.ticks(region)
	d.sideward(p, within(p.x, ticks))
	d.tabulate("Range", texts, []Series{{Name: "Count", Values: counts}})
	if len(d.marks) == 0 {
		d.table = ui.Table{}
	}
	d.describe("Histogram", len(h.Values)-missing, "values in "+d.count(len(counts))+" ranges", []Series{{Values: h.Values}})
	return d
}

// within leaves out ticks beyond the scale.
func within(s scale, ticks []tick) []tick {
	var kept []tick
	for _, t := range ticks {
		if t.value >= s.least && t.value <= s.most {
			kept = append(kept, t)
		}
	}
	return kept
}

// bins counts the values between round bounds. step is the distance of those, 0 where no round one suits.
func (h Histogram) bins() (bounds, counts []float64, step float64, missing int) {
	s := scaleOf(h.Values)
	n := min(h.Bins, maxBins)
	if n <= 0 {
		n = 1
		for 1<<n < len(h.Values) { // Sturges' rule
			n++
		}
		n++
	}
	s, n, step = s.round(n)
	for i := range n + 1 {
		part := float64(i) / float64(n)
		bounds = append(bounds, s.least*(1-part)+s.most*part)
	}
	counts = make([]float64, n)
	for _, v := range h.Values {
		if !isFinite(v) {
			missing++
			continue
		}
		counts[max(0, min(int(s.place(v)*float64(n)), n-1))]++
	}
	return bounds, counts, step, missing
}
