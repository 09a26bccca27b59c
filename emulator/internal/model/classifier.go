package model

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// How the classifier is trained: gradient descent over all examples at once.
const (
	classifierSteps = 400
	classifierRate  = 0.5
	classifierDecay = 1e-3 // of the weights, so that classes that can be told apart end somewhere
)

// Classifier is a multinomial logistic regression.
type Classifier struct {
	encoder *encoder
	classes []string
	weights [][]float64 // by class
}

// TrainClassifier fits a classifier of the classes that the examples have.
func TrainClassifier(features []Feature, rows []Example) (*Classifier, error) {
	c := &Classifier{encoder: newEncoder(features, rows)}
	for _, row := range rows {
		if !slices.Contains(c.classes, row.Class) {
			c.classes = append(c.classes, row.Class)
		}
	}
	if len(c.classes) < 2 {
		return nil, errors.New("train classifier: examples of fewer than two classes")
	}
	slices.Sort(c.classes)
	vectors := make([][]float64, len(rows))
	truth := make([]int, len(rows))
	for i, row := range rows {
		vectors[i] = c.encoder.encode(row.Inputs)
		truth[i] = slices.Index(c.classes, row.Class)
	}
	gradients := make([][]float64, len(c.classes))
	for k := range c.classes {
		c.weights = append(c.weights, make([]float64, len(vectors[0])))
		gradients[k] = make([]float64, len(vectors[0]))
	}
	for range classifierSteps {
		for k := range gradients {
			copy(gradients[k], c.weights[k])
			floats.Scale(-classifierDecay, gradients[k])
		}
		for i, x := range vectors {
			for k, p := range c.probabilities(x) {
				floats.AddScaled(gradients[k], (indicator(k == truth[i])-p)/float64(len(rows)), x)
			}
		}
		for k := range c.weights {
			floats.AddScaled(c.weights[k], classifierRate, gradients[k])
		}
	}
	return c, nil
}

// Classes returns the classes in the order of [Classifier.Probabilities].
func (c *Classifier) Classes() []string { return slices.Clone(c.classes) }

// Probabilities returns how likely each class is; they add up to 1.
func (c *Classifier) Probabilities(row []Value) []float64 {
	return c.probabilities(c.encoder.encode(row))
}

func (c *Classifier) probabilities(x []float64) []float64 {
	p := make([]float64, len(c.classes))
	for k := range p {
		p[k] = floats.Dot(c.weights[k], x)
	}
	highest := floats.Max(p)
	for k := range p {
		p[k] = math.Exp(p[k] - highest)
	}
	floats.Scale(1/floats.Sum(p), p)
	return p
}

// Predict returns the most likely class.
func (c *Classifier) Predict(row []Value) string {
	return c.classes[floats.MaxIdx(c.Probabilities(row))]
}

// Accuracy is the share of the examples whose class the classifier tells.
func (c *Classifier) Accuracy(rows []Example) float64 {
	right := 0
	for _, row := range rows {
		if c.Predict(row.Inputs) == row.Class {
			right++
		}
	}
	return float64(right) / float64(len(rows))
}
