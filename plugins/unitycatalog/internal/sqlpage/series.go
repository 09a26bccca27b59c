package sqlpage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/ui/chart"
)

// series are the values of a chart.
type series struct {
	rows    int
	names   []string // across, for bars
	x       []float64
	times   []time.Time
	up      []chart.Series
	heading string
}

// series reads what a chart shows: the first rows of the result.
func (p *Pages) series(ctx context.Context, m *statement.Manifest, drawn plan) (*series, error) {
	s := &series{up: make([]chart.Series, len(drawn.y))}
	for i, y := range drawn.y {
		s.up[i].Name = m.Columns[y].Name
	}
	limit := maxDrawn
	across := statement.Column{}
	if drawn.x >= 0 {
		across = m.Columns[drawn.x]
		s.heading = across.Name
	}
	if drawn.kind == kindBar {
		limit = maxBarRows
	}
	rows := p.Grid.Runner.Scan(ctx, m, 0)
	defer rows.Close()
	for s.rows < limit && rows.Next() {
		s.add(rows, drawn, across)
		s.rows++
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	s.sort(drawn)
	return s, nil
}

// add takes a row. A row that has no place across is left out, except for bars.
func (s *series) add(row *statement.Scanner, drawn plan, across statement.Column) {
	if drawn.x >= 0 {
		text, ok := row.Value(drawn.x)
		switch {
		case drawn.kind == kindBar && !ok:
			s.names = append(s.names, textNull)
		case drawn.kind == kindBar:
			s.names = append(s.names, string(text[:min(len(text), excerpt)]))
		case across.Temporal():
			t, known := instant(string(text))
			if !known {
				return
			}
			s.times = append(s.times, t)
		case across.Numeric():
			f := number(text, ok)
			if math.IsNaN(f) || math.IsInf(f, 0) {
				return
			}
			s.x = append(s.x, f)
		default:
			s.x = append(s.x, float64(s.rows+1)) // names have no place but their own
		}
	}
	for i, y := range drawn.y {
		text, ok := row.Value(y)
		s.up[i].Values = append(s.up[i].Values, number(text, ok))
	}
}

func number(text []byte, ok bool) float64 {
	f, err := strconv.ParseFloat(string(text), 64)
	if !ok || err != nil {
		return math.NaN()
	}
	return f
}

// instants are how Databricks writes dates and times.
var instants = []string{time.RFC3339Nano, "2006-01-02", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"}

func instant(text string) (time.Time, bool) {
	for _, layout := range instants {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// sort puts a line's points in their order: it goes from left to right.
func (s *series) sort(drawn plan) {
	if drawn.kind != kindLine {
		return
	}
	order := make([]int, max(len(s.x), len(s.times)))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if s.times != nil {
			return s.times[a].Compare(s.times[b])
		}
		return cmp.Compare(s.x[a], s.x[b])
	})
	s.x, s.times = inOrder(s.x, order), inOrder(s.times, order)
	for i := range s.up {
		s.up[i].Values = inOrder(s.up[i].Values, order)
	}
}

func inOrder[T any](values []T, order []int) []T {
	if values == nil {
		return nil
	}
	sorted := make([]T, len(values))
	for i, from := range order {
		sorted[i] = values[from]
	}
	return sorted
}

func (s *series) draw(p plan, source string) ui.Component {
	title := s.title()
	switch p.kind {
	case kindBar:
		return chart.Bar{Title: title, Heading: s.heading, Categories: s.names, Series: s.up}
	case kindLine:
		return chart.Line{Title: title, Heading: s.heading, X: s.x, Times: s.times, Series: s.up, Source: source}
	case kindScatter:
		return chart.Scatter{Title: title, Heading: s.heading, X: s.x, Times: s.times, Series: s.up, Source: source}
	default:
		return chart.Histogram{Title: s.up[0].Name, Values: s.up[0].Values}
	}
}

// title says what is drawn: "mass, penguins by species".
func (s *series) title() string {
	names := make([]string, len(s.up))
	for i, up := range s.up {
		names[i] = up.Name
	}
	return ui.Cut(fmt.Sprintf(textChartTitle, strings.Join(names, ", "), s.heading), excerpt)
}
