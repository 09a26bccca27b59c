package chart

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

// Series is a list of values with a name and a colour.
type Series struct {
	Name   string
	Values []float64
}

// The size of the drawing, and of what is around the plot. The drawing grows and shrinks with its place.
const (
	width  = 640.0
	height = 280.0
	left   = 72.0
	right  = 16.0
	top    = 12.0
	bottom = 34.0
)

const (
	// maxSeries is how many series have a colour.
	maxSeries = 9
	// maxRows is how many rows the table has.
	maxRows = 100
	// maxMarks is how many bars or points a series draws.
	maxMarks = 2000
)

// drawing is a chart that is ready to be written, as its reader's region writes numbers and times.
type drawing struct {
	region       locale.Locale
	title, label string
	across, up   []gridline
	zero         string // where 0 is, or the lower end
	marks        []mark
	legend       []string
	table        ui.Table
	notes        []string
	cut          string // what is not drawn here
	source       string // where all of it is
	scatter      bool
}

// gridline is a tick at a place of the drawing.
type gridline struct{ at, text string }

// mark is a shape of a series: a rect, path or circle by what it has.
type mark struct {
	class      string
	x, y, w, h string // a rect
	path       string
	cx, cy     string // a circle
	title      string
}

// plot has the scales of a drawing.
type plot struct{ x, y scale }

func (p plot) atX(v float64) float64 { return left + p.x.place(v)*(width-left-right) }

func (p plot) atY(v float64) float64 { return height - bottom - p.y.place(v)*(height-top-bottom) }

// px writes a place: a tenth is finer than what can be seen.
func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// upward puts the ticks of the values' axis into the drawing.
func (d *drawing) upward(p *plot) {
	var ticks []tick
	p.y, ticks = p.y.ticks(d.region)
	for _, t := range ticks {
		d.up = append(d.up, gridline{px(p.atY(t.value)), t.text})
	}
	d.zero = px(p.atY(min(max(0, p.y.least), p.y.most)))
}

// sideward puts ticks of the other axis into the drawing.
func (d *drawing) sideward(p plot, ticks []tick) {
	for _, t := range ticks {
		d.across = append(d.across, gridline{px(p.atX(t.value)), t.text})
	}
}

// cutSeries keeps the series that have a colour, with as many values as there are places for.
func (d *drawing) cutSeries(all []Series, places int) []Series {
	kept := all[:min(maxSeries, len(all))]
	if len(kept) < len(all) {
		d.notes = append(d.notes, fmt.Sprintf("%d of %s series are shown.", len(kept), d.count(len(all))))
	}
	series := make([]Series, len(kept))
	missing := 0
	for i, s := range kept {
		s.Values = s.Values[:min(places, len(s.Values))]
		for _, v := range s.Values {
			if !isFinite(v) {
				missing++
			}
		}
		series[i] = s
		d.legend = append(d.legend, s.Name)
	}
	d.left(missing)
	if len(d.legend) == 1 && d.legend[0] == "" {
		d.legend = nil
	}
	return series
}

// number writes a value, with all its digits.
func (d *drawing) number(v float64) string { return number(d.region, v, 0) }

func (d *drawing) count(n int) string { return d.region.Count(int64(n)) }

// left says how many values are left out.
func (d *drawing) left(missing int) {
	switch missing {
	case 0:
	case 1:
		d.notes = append(d.notes, "1 value is left out: it is missing or infinite.")
	default:
		d.notes = append(d.notes, d.count(missing)+" values are left out: they are missing or infinite.")
	}
}

// tabulate makes the table of the first column's texts and the series' values.
func (d *drawing) tabulate(heading string, texts []string, series []Series) {
	d.table = ui.Table{Label: "Data of " + d.title, Columns: []ui.Column{{Title: heading}}}
	for i, s := range series {
		name := s.Name
		if name == "" {
			name = "Value"
			if len(series) > 1 {
				name += " " + strconv.Itoa(i+1)
			}
		}
		d.table.Columns = append(d.table.Columns, ui.Column{Title: name, Number: true})
	}
	for i, text := range texts[:min(maxRows, len(texts))] {
		row := []ui.Component{ui.Text(text)}
		for _, s := range series {
			if i < len(s.Values) && isFinite(s.Values[i]) {
				row = append(row, ui.Text(d.number(s.Values[i])))
			} else {
				row = append(row, ui.Null{})
			}
		}
		d.table.Rows = append(d.table.Rows, row)
	}
	if len(texts) > maxRows {
		d.notes = append(d.notes, fmt.Sprintf("The table has the first %d of %s.", maxRows, d.count(len(texts))))
	}
}

// describe says in words what is to be seen.
func (d *drawing) describe(kind string, places int, of string, series []Series) {
	words := []string{kind + ": " + d.title}
	lists := make([][]float64, len(series))
	finite := 0
	for i, s := range series {
		lists[i] = s.Values
		for _, v := range s.Values {
			if isFinite(v) {
				finite++
			}
		}
	}
	if finite == 0 {
		d.label = words[0] + ". There is no data."
		return
	}
	words = append(words, d.count(places)+" "+of)
	if len(series) > 1 {
		names := make([]string, len(series))
		for i, s := range series {
			names[i] = s.Name
		}
		words = append(words, "series "+strings.Join(names, ", "))
	}
	span := span(lists)
	words = append(words, "from "+d.number(span.least)+" to "+d.number(span.most))
	d.label = strings.Join(words, "; ") + "."
}

// span is the least and the most of lists with a finite value.
func span(lists [][]float64) scale {
	var s scale
	first := true
	for _, values := range lists {
		for _, v := range values {
			switch {
			case !isFinite(v):
			case first:
				s, first = scale{v, v}, false
			default:
				s = scale{min(s.least, v), max(s.most, v)}
			}
		}
	}
	return s
}

func class(kind string, series int) string { return kind + " series-" + strconv.Itoa(series+1) }

// Render writes the chart.
func (d *drawing) Render(ctx context.Context, w io.Writer) error { return d.figure().Render(ctx, w) }
