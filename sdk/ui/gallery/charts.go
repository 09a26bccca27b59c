package gallery

import (
	"math"
	"time"

	"corbel.example/sdk/ui/chart"
)

func charts() []Section {
	days := make([]time.Time, 14)
	trips, returns := make([]float64, len(days)), make([]float64, len(days))
	fares := make([]float64, 0, 8*len(days))
	for i := range days {
		days[i] = created.AddDate(0, 0, i)
		trips[i] = 400 + 120*math.Sin(float64(i))
		returns[i] = 150 + 8*float64(i)
		for j := range 8 {
			fares = append(fares, 12+4*math.Sin(float64(i*j)))
		}
	}
	trips[4] = math.NaN()
	var nine []chart.Series
	for i, name := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"} {
		nine = append(nine, chart.Series{Name: name, Values: []float64{float64(i + 1), float64(9 - i)}})
	}
	return []Section{
		{
			Title: "Chart", Text: "Bars, lines, points and histograms with axes, a legend and the data as a table.",
			Examples: []Example{
				{Title: "Bars", Component: chart.Bar{
					Title:      "Rows per table",
					Categories: []string{"trips", "stops", "fares"},
					Series:     []chart.Series{{Name: "rows", Values: []float64{21932, 11880, 4100}}},
				}},
				{Title: "Nine series", Component: chart.Bar{Title: "Nine series", Categories: []string{"first", "second"}, Series: nine}},
				{Title: "Negative values", Component: chart.Bar{
					Title: "Change against last year", Categories: []string{"spring", "summer", "autumn", "winter"},
					Series: []chart.Series{{Name: "percent", Values: []float64{12, -4.5, 3, -8}}},
				}},
				{Title: "Lines over time, one with a gap", Component: chart.Line{
					Title: "Trips a day", Times: days, Series: []chart.Series{{Name: "trips", Values: trips}, {Name: "returns", Values: returns}},
				}},
				{Title: "Points", Component: chart.Scatter{
					Title: "Returns by trips", X: trips, Series: []chart.Series{{Name: "returns", Values: returns}}, Heading: "trips",
				}},
				{Title: "Histogram", Component: chart.Histogram{Title: "Fares", Values: fares}},
				{Title: "Without data", Component: chart.Line{Title: "Nothing yet"}},
			},
		},
	}
}
