package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"

	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
	"corbel.example/sdk/ui/chart"
)

const (
	// maxRows is how many predictions or texts a table has.
	maxRows = 100
	// maxBars is how many bars a chart has, and maxSeries how many records it compares.
	maxBars   = 50
	maxSeries = 5
	// fewValues is how much of an embedding a table shows.
	fewValues = 4
)

// predicted shows predictions: numbers, words, or objects with either.
func predicted(predictions []json.RawMessage) ui.Component {
	shown := predictions[:min(len(predictions), maxRows)]
	var names []string
	records := make([]map[string]json.RawMessage, len(shown))
	for i, p := range shown {
		if json.Unmarshal(p, &records[i]) != nil || records[i] == nil {
			records[i] = map[string]json.RawMessage{namePrediction: p}
		}
		for _, name := range slices.Sorted(maps.Keys(records[i])) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	table := ui.Table{Label: labelPredictions, Columns: []ui.Column{{Title: columnRecord, Number: true}}}
	for _, name := range names {
		_, number := numberOf(records[0][name])
		table.Columns = append(table.Columns, ui.Column{Title: name, Number: number})
	}
	for i, record := range records {
		row := []ui.Component{ui.Number(i + 1)}
		for _, name := range names {
			row = append(row, cell(record[name]))
		}
		table.Rows = append(table.Rows, row)
	}
	parts := ui.Parts{table}
	if len(shown) < len(predictions) {
		parts = append(parts, ui.Paragraph{ui.Text(textFirst), ui.Number(len(shown)), ui.Text(textOf), ui.Number(len(predictions)), ui.Text(".")})
	}
	if drawn := draw(records, names); drawn != nil {
		parts = append(parts, drawn)
	}
	return parts
}

func cell(value json.RawMessage) ui.Component {
	if value == nil || string(value) == "null" {
		return ui.Null{}
	}
	if n, ok := numberOf(value); ok {
		return ui.Text(decimal(n))
	}
	return ui.Long(plain(value))
}

// decimal writes a number with as many digits as mean something to people.
func decimal(n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'g', 6, 64)
}

func numberOf(value json.RawMessage) (float64, bool) {
	var n *float64
	if json.Unmarshal(value, &n) != nil || n == nil {
		return 0, false
	}
	return *n, true
}

// draw draws the first thing that can be: how likely each class is, or the numbers; nil if there is neither.
func draw(records []map[string]json.RawMessage, names []string) ui.Component {
	for _, name := range names {
		var first map[string]float64
		if json.Unmarshal(records[0][name], &first) == nil && len(first) > 0 && len(first) <= maxBars {
			return drawClasses(name, slices.Sorted(maps.Keys(first)), records)
		}
	}
	for _, name := range names {
		bars := chart.Bar{Title: name, Heading: columnRecord}
		values := make([]float64, 0, len(records))
		for i, record := range records[:min(len(records), maxBars)] {
			n, ok := numberOf(record[name])
			if !ok {
				n = math.NaN()
			}
			bars.Categories, values = append(bars.Categories, fmt.Sprintf(textRecord, i+1)), append(values, n)
		}
		if !math.IsNaN(values[0]) {
			bars.Series = []chart.Series{{Name: name, Values: values}}
			return bars
		}
	}
	return nil
}

func drawClasses(name string, classes []string, records []map[string]json.RawMessage) ui.Component {
	bars := chart.Bar{Title: name, Categories: classes, Heading: columnClass}
	for i, record := range records[:min(len(records), maxSeries)] {
		var likely map[string]float64
		if json.Unmarshal(record[name], &likely) != nil {
			continue
		}
		series := chart.Series{Name: fmt.Sprintf(textRecord, i+1)}
		for _, class := range classes {
			series.Values = append(series.Values, likely[class])
		}
		bars.Series = append(bars.Series, series)
	}
	return bars
}

// embedding is a text as numbers.
type embedding struct {
	Values []float64 `json:"embedding"`
}

// embeddings shows how alike texts are.
func embeddings(all []embedding) ui.Component {
	table := ui.Table{
		Label: labelEmbeddings,
		Columns: []ui.Column{
			{Title: columnText, Number: true}, {Title: columnDimensions, Number: true}, {Title: columnLikeness, Number: true}, {Title: columnBegins},
		},
	}
	alikes := chart.Series{Name: seriesLikeness}
	var categories []string
	for i, e := range all[:min(len(all), maxRows)] {
		begin := ""
		for _, v := range e.Values[:min(len(e.Values), fewValues)] {
			begin += strconv.FormatFloat(v, 'f', 4, 64) + "  "
		}
		alike := cosine(all[0].Values, e.Values)
		alikes.Values, categories = append(alikes.Values, alike), append(categories, fmt.Sprintf(textText, i+1))
		table.Rows = append(table.Rows, []ui.Component{
			ui.Number(i + 1), ui.Number(len(e.Values)), likeness(alike), ui.Mono(begin + "…"),
		})
	}
	if len(categories) < 2 {
		return table
	}
	return ui.Parts{table, chart.Bar{Title: titleLikeness, Heading: columnText, Categories: categories, Series: []chart.Series{alikes}}}
}

// likeness is a cosine as the user's region writes it.
type likeness float64

// Render writes the number.
func (l likeness) Render(ctx context.Context, w io.Writer) error {
	const decimals = 3
	return ui.Text(locale.FromContext(ctx).Fixed(float64(l), decimals)).Render(ctx, w)
}

// cosine is how alike two vectors are: 1 for the same direction, 0 for nothing in common.
func cosine(a, b []float64) float64 {
	var dot, aa, bb float64
	for i := range min(len(a), len(b)) {
		dot, aa, bb = dot+a[i]*b[i], aa+a[i]*a[i], bb+b[i]*b[i]
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return dot / math.Sqrt(aa*bb)
}
