// Package chart draws charts on the server, as SVG that needs no script: bars, lines, points and histograms, each with axes, a
// legend and its data as a table for those who can't see it or want the numbers.
//
//	chart.Bar{
//		Title:      "Rows per table",
//		Categories: []string{"trips", "stops"},
//		Series:     []chart.Series{{Name: "rows", Values: []float64{21932, 118}}},
//	}
//
// Colours are the stylesheet's, so a chart is right in light and dark. Values that are not numbers (NaN) or infinite are left
// out, and the chart says how many.
package chart
