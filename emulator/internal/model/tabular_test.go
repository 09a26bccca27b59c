package model

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	size  = Feature{Name: "size"}
	shape = Feature{Name: "shape", Categories: []string{"round", "square"}, Optional: true}
)

// things are examples whose target is 3 + 2*size, and 5 more for squares.
func things() []Example {
	var all []Example
	for i := range 60 {
		x := float64(i) / 10
		e := Example{Inputs: []Value{{Number: x}, {Text: "round"}}, Target: 3 + 2*x, Class: "small"}
		if i%2 == 1 {
			e.Inputs[1].Text = "square"
			e.Target += 5
		}
		if x > 3 {
			e.Class = "large"
		}
		all = append(all, e)
	}
	return all
}

func TestARegressionFindsTheLine(t *testing.T) {
	t.Parallel()
	train, test := Split(things(), 0.25, 7)
	r, err := TrainRegression([]Feature{size, shape}, train)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Predict([]Value{{Number: 10}, {Text: "square"}}); math.Abs(got-28) > 0.1 {
		t.Errorf("prediction %v, want 28", got)
	}
	// Of a shape that is missing half are squares, or nearly.
	if got := r.Predict([]Value{{Number: 10}, {Missing: true}}); math.Abs(got-25.5) > 0.7 {
		t.Errorf("prediction without a shape %v, want 25.5", got)
	}
	if off := r.Evaluate(test); off.MeanAbsolute > 0.05 || off.R2 < 0.999 {
		t.Errorf("error on what was held out: %+v", off)
	}
}

func TestTheErrorOfAUselessRegressionIsToldAsItIs(t *testing.T) {
	t.Parallel()
	noise := []Example{
		{Inputs: []Value{{Number: 1}}, Target: 10},
		{Inputs: []Value{{Number: 1}}, Target: 20},
	}
	r, err := TrainRegression([]Feature{size}, noise)
	if err != nil {
		t.Fatal(err)
	}
	off := r.Evaluate(noise)
	if math.Abs(off.MeanAbsolute-5) > 1e-9 || math.Abs(off.R2) > 1e-9 {
		t.Errorf("error %+v, want 5 and 0", off)
	}
}

func TestAClassifierTellsClassesApart(t *testing.T) {
	t.Parallel()
	train, test := Split(things(), 0.25, 7)
	c, err := TrainClassifier([]Feature{size, shape}, train)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"large", "small"}, c.Classes()); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	if got := c.Accuracy(test); got < 0.9 {
		t.Errorf("accuracy %v", got)
	}
	p := c.Probabilities([]Value{{Number: 0}, {Missing: true}})
	if math.Abs(p[0]+p[1]-1) > 1e-12 || p[1] < 0.9 || c.Predict([]Value{{Number: 0}, {Missing: true}}) != "small" {
		t.Errorf("probabilities %v", p)
	}
}

func TestModelsNeedExamples(t *testing.T) {
	t.Parallel()
	if _, err := TrainRegression([]Feature{size}, nil); err == nil {
		t.Error("a regression learned from nothing")
	}
	if _, err := TrainClassifier([]Feature{size}, []Example{{Inputs: []Value{{}}, Class: "one"}}); err == nil {
		t.Error("a classifier learned one class")
	}
}

func TestSplitKeepsExamplesApart(t *testing.T) {
	t.Parallel()
	all := things()
	train, test := Split(all, 0.25, 7)
	if len(test) != 15 || len(train) != 45 {
		t.Fatalf("%d to learn from, %d held out", len(train), len(test))
	}
	seen := map[Value]int{}
	for _, e := range append(train[:len(train):len(train)], test...) {
		seen[e.Inputs[0]]++
	}
	if len(seen) != len(all) {
		t.Errorf("%d different examples of %d", len(seen), len(all))
	}
	if again, _ := Split(all, 0.25, 7); !cmp.Equal(train, again) {
		t.Error("the same seed splits otherwise")
	}
	if other, _ := Split(all, 0.25, 8); cmp.Equal(train, other) {
		t.Error("another seed splits the same")
	}
}
