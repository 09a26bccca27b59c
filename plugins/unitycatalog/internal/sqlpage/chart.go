package sqlpage

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/ui/chart"
)

// The parameters of a chart's address.
const (
	fieldKind   = "kind"
	fieldAcross = "x"
	fieldUp     = "y"
)

// The kinds of charts.
const (
	kindBar       = "bar"
	kindLine      = "line"
	kindScatter   = "scatter"
	kindHistogram = "histogram"
)

const (
	// maxBars is how many rows bars are chosen for by themselves.
	maxBars = 60
	// maxDrawn is how many rows a chart is made of, and maxBarRows how many bars one can have.
	maxDrawn   = 100_000
	maxBarRows = 2_000
	// maxUp is how many columns of numbers are drawn at once by themselves.
	maxUp = 4
)

// plan is what a chart shows: columns by their index.
type plan struct {
	kind string
	x    int // -1 for none: a histogram has but one column
	y    []int
}

// plans finds a chart that suits the columns: over time a line, by names bars, of two numbers points, of one how often they are.
func (v *view) plans() (p plan, ok bool) {
	m := v.manifest
	var numbers []int
	first := func(is func(statement.Column) bool) int { return slices.IndexFunc(m.Columns, is) }
	for i, c := range m.Columns {
		if c.Numeric() {
			numbers = append(numbers, i)
		}
	}
	if len(numbers) == 0 {
		return plan{}, false
	}
	at, name := first(statement.Column.Temporal), first(func(c statement.Column) bool { return !c.Numeric() && !c.Temporal() })
	switch {
	case at >= 0:
		p = plan{kindLine, at, numbers}
	case name >= 0 && (m.RowCount <= maxBars || len(numbers) == 1 && m.RowCount <= maxBarRows):
		p = plan{kindBar, name, numbers}
	case len(numbers) > 1:
		p = plan{kindScatter, numbers[0], numbers[1:2]}
	default:
		p = plan{kindHistogram, -1, numbers}
	}
	p.y = p.y[:min(maxUp, len(p.y))]
	return v.chosen(p), true
}

// chosen is the plan with what the address says otherwise.
func (v *view) chosen(p plan) plan {
	if kind := v.query.Get(fieldKind); slices.Contains([]string{kindBar, kindLine, kindScatter, kindHistogram}, kind) {
		p.kind = kind
	}
	column := func(text string) (int, bool) {
		i, err := strconv.Atoi(text)
		return i, err == nil && i >= 0 && i < len(v.manifest.Columns)
	}
	if i, ok := column(v.query.Get(fieldAcross)); ok {
		p.x = i
	}
	if i, ok := column(v.query.Get(fieldUp)); ok && v.manifest.Columns[i].Numeric() {
		p.y = []int{i}
	}
	if p.kind == kindHistogram {
		p.y = p.y[:1]
	} else if p.x < 0 {
		p.x = p.y[0]
	}
	return p
}

// chart is drawn on the server. One with very many points is drawn again by the browser, with all of them.
func (v *view) chart() (ui.Component, error) {
	p, ok := v.plans()
	if !ok {
		return ui.Empty{Title: textNoChart, Text: textNoChartHint}, nil
	}
	s, err := v.pages.series(v.request.Context(), v.manifest, p)
	if err != nil {
		return nil, err
	}
	parts := ui.Parts{v.chartForm(p), s.draw(p, v.source(p))}
	if int64(s.rows) < v.manifest.RowCount {
		parts = append(parts, ui.Paragraph{ui.Muted(fmt.Sprintf(textChartOfFirst, v.locale.Count(int64(s.rows))))})
	}
	return parts, nil
}

// chartForm lets the user choose another chart.
func (v *view) chartForm(p plan) ui.Component {
	var across, up []ui.Option
	for i, c := range v.shownColumns() {
		o := ui.Option{Value: strconv.Itoa(i), Text: v.name(c)}
		across = append(across, o)
		if c.Numeric() {
			up = append(up, o)
		}
	}
	chosen := ""
	if len(p.y) == 1 {
		chosen = strconv.Itoa(p.y[0])
	} else {
		up = append([]ui.Option{{Text: textSeveral}}, up...)
	}
	return ui.Form{Action: Path, Inline: true, Body: ui.Parts{
		ui.Hidden{Name: fieldRun, Value: v.manifest.ID},
		ui.Hidden{Name: fieldView, Value: viewChart},
		ui.Select{Label: textChartKind, Name: fieldKind, Value: p.kind, Options: kinds},
		ui.Select{Label: textAcross, Name: fieldAcross, Value: strconv.Itoa(max(0, p.x)), Options: across},
		ui.Select{Label: textUp, Name: fieldUp, Value: chosen, Options: up},
		ui.Button{Text: textDraw},
	}}
}

var kinds = []ui.Option{
	{Value: kindBar, Text: textBars}, {Value: kindLine, Text: textLines}, {Value: kindScatter, Text: textPoints}, {Value: kindHistogram, Text: textHistogram},
}

// source is where the browser gets all points.
func (v *view) source(p plan) string {
	query := url.Values{fieldKind: {p.kind}, fieldAcross: {strconv.Itoa(p.x)}}
	for _, y := range p.y {
		query.Add(fieldUp, strconv.Itoa(y))
	}
	return statementPath(v.manifest.ID) + "/points?" + query.Encode()
}

// points answers with all points of a chart.
func (p *Pages) points(w http.ResponseWriter, r *http.Request) error {
	m, err := p.finished(r)
	if err != nil {
		return err
	}
	v := view{pages: p, request: r, manifest: m, query: url.Values{}}
	drawn, ok := v.plans()
	if !ok {
		return chart.WriteData(w, chart.Data{})
	}
	query := r.URL.Query()
	v.query = url.Values{fieldKind: query[fieldKind], fieldAcross: query[fieldAcross]}
	drawn = v.chosen(drawn)
	var up []int
	for _, text := range query[fieldUp] {
		if i, err := strconv.Atoi(text); err == nil && i >= 0 && i < len(m.Columns) && m.Columns[i].Numeric() && len(up) < maxUp {
			up = append(up, i)
		}
	}
	if len(up) > 0 {
		drawn.y = up
	}
	s, err := p.series(r.Context(), m, drawn)
	if err != nil {
		return err
	}
	if s.times != nil {
		s.x = make([]float64, len(s.times))
		for i, t := range s.times {
			s.x[i] = float64(t.UnixMicro()) / float64(time.Second/time.Microsecond)
		}
	}
	return chart.WriteData(w, chart.Data{Times: s.times != nil, X: s.x, Series: s.up})
}
