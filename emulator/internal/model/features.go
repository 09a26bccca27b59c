package model

import (
	"math"
	"slices"
)

// Feature is an input of a tabular model.
type Feature struct {
	Name string
	// Categories are the values of a feature that is text; a feature without them is a number.
	Categories []string
	// Optional features may be absent: then the model takes the average for them.
	Optional bool
}

// Value is a value of a feature: a number or a category, by the feature's kind.
type Value struct {
	Number  float64
	Text    string
	Missing bool
}

// Example is a row that a model learns from: what it is given and what it is to tell.
type Example struct {
	Inputs []Value // in the order of the features
	Target float64 // of a regression
	Class  string  // of a classifier
}

// encoder turns rows into vectors: numbers become standard scores, and categories one
// dimension each but for the first. Both are centred on the rows it was made of, so that 0
// stands for what is missing.
type encoder struct {
	features []Feature
	means    []float64
	scales   []float64
}

func newEncoder(features []Feature, rows []Example) *encoder {
	e := &encoder{features: features}
	dimensions := 0
	for _, f := range features {
		dimensions += max(1, len(f.Categories)-1)
	}
	e.means, e.scales = make([]float64, dimensions), make([]float64, dimensions)
	for d := range e.scales {
		e.scales[d] = 1
	}
	sums, squares, counts := make([]float64, dimensions), make([]float64, dimensions), make([]float64, dimensions)
	for _, row := range rows {
		e.each(row.Inputs, func(d int, x float64) {
			sums[d] += x
			squares[d] += x * x
			counts[d]++
		})
	}
	for d := range dimensions {
		if counts[d] == 0 {
			continue
		}
		e.means[d] = sums[d] / counts[d]
		if deviation := math.Sqrt(squares[d]/counts[d] - e.means[d]*e.means[d]); deviation > 0 {
			e.scales[d] = deviation
		}
	}
	return e
}

// each gives f every dimension of a row that is there, as it is.
func (e *encoder) each(row []Value, f func(d int, x float64)) {
	d := 0
	for i, feature := range e.features {
		if len(feature.Categories) == 0 {
			if !row[i].Missing {
				f(d, row[i].Number)
			}
			d++
			continue
		}
		for _, category := range feature.Categories[1:] {
			if !row[i].Missing {
				f(d, indicator(row[i].Text == category))
			}
			d++
		}
	}
}

// encode returns the row's vector with a constant 1 in front, for the intercept.
func (e *encoder) encode(row []Value) []float64 {
	x := make([]float64, 1+len(e.means))
	x[0] = 1
	e.each(row, func(d int, v float64) { x[1+d] = (v - e.means[d]) / e.scales[d] })
	return x
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// Split divides examples, in an order that the seed decides, into those to learn from and those
// that are held out.
func Split(all []Example, heldOut float64, seed uint64) (train, test []Example) {
	shuffled := slices.Clone(all)
	random(seed).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	cut := int(math.Round(float64(len(shuffled)) * heldOut))
	return shuffled[cut:], shuffled[:cut]
}
