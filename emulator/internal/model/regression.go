package model

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// ridge keeps the weights of features that tell the same small, for instance of islands on which one
// species lives.
const ridge = 1e-3

// Regression is a linear regression with a little ridge.
type Regression struct {
	encoder *encoder
	weights []float64
}

// TrainRegression fits a regression by least squares.
func TrainRegression(features []Feature, rows []Example) (*Regression, error) {
	if len(rows) == 0 {
		return nil, errors.New("train regression: no examples")
	}
	r := &Regression{encoder: newEncoder(features, rows)}
	n := 1 + len(r.encoder.means)
	gram, moment := mat.NewSymDense(n, nil), mat.NewVecDense(n, nil)
	for _, row := range rows {
		x := mat.NewVecDense(n, r.encoder.encode(row.Inputs))
		gram.SymRankOne(gram, 1, x)
		moment.AddScaledVec(moment, row.Target, x)
	}
	for i := 1; i < n; i++ { // the intercept is free
		gram.SetSym(i, i, gram.At(i, i)+ridge*float64(len(rows)))
	}
	var factors mat.Cholesky
	if !factors.Factorize(gram) {
		return nil, errors.New("train regression: the features determine each other")
	}
	weights := mat.NewVecDense(n, nil)
	if err := factors.SolveVecTo(weights, moment); err != nil {
		return nil, fmt.Errorf("train regression: %w", err)
	}
	r.weights = weights.RawVector().Data
	return r, nil
}

// Predict returns the target of a row. It is finite for inputs that a sensor could have measured;
// for numbers near the end of the range of floats it may overflow.
func (r *Regression) Predict(row []Value) float64 {
	return floats.Dot(r.weights, r.encoder.encode(row))
}

// RegressionError is how far a regression is off on examples that it has not seen.
type RegressionError struct {
	MeanAbsolute float64
	// R2 is the share of the variance that the model explains.
	R2 float64
}

// Evaluate measures the error on the given examples.
func (r *Regression) Evaluate(rows []Example) RegressionError {
	var mean, absolute, residual, total float64
	for _, row := range rows {
		mean += row.Target / float64(len(rows))
	}
	for _, row := range rows {
		off := row.Target - r.Predict(row.Inputs)
		absolute += math.Abs(off)
		residual += off * off
		total += (row.Target - mean) * (row.Target - mean)
	}
	return RegressionError{MeanAbsolute: absolute / float64(len(rows)), R2: 1 - residual/total}
}
