package chart

import (
	"math"
	"strconv"
	"strings"

	"corbel.example/sdk/locale"
)

// scale maps values to places between 0 and 1.
type scale struct{ least, most float64 }

// scaleOf returns a scale that holds all finite values; without any, it is from 0 to 1.
func scaleOf(lists ...[]float64) scale {
	s := scale{math.Inf(1), math.Inf(-1)}
	for _, values := range lists {
		for _, v := range values {
			if isFinite(v) {
				s.least, s.most = min(s.least, v), max(s.most, v)
			}
		}
	}
	if s.least > s.most {
		return scale{0, 1}
	}
	return s.widened()
}

// widened makes room around a single value.
func (s scale) widened() scale {
	if s.most/2 > s.least/2 {
		return s
	}
	room := max(math.Abs(s.most)/2, 0.5)
	return scale{max(s.least-room, -math.MaxFloat64), min(s.most+room, math.MaxFloat64)}
}

// withZero returns a scale that holds 0 too.
func (s scale) withZero() scale { return scale{min(s.least, 0), max(s.most, 0)}.widened() }

// place returns where a value is. Halves keep the span of the largest numbers finite.
func (s scale) place(v float64) float64 {
	return (v/2 - s.least/2) / (s.most/2 - s.least/2)
}

// tick is a value on an axis with its label.
type tick struct {
	value float64
	text  string
}

// ticksWanted is about how many ticks an axis gets, maxTicks how many it never has more than.
const (
	ticksWanted = 5
	maxTicks    = 12
	// finest is the least step beside the values: a smaller one is lost in their digits.
	finest = 1e-12
)

// ticks returns round values on the scale, and the scale widened to begin and end with one.
func (s scale) ticks(l locale.Locale) (scale, []tick) {
	step := s.step(ticksWanted)
	if step == 0 {
		return s, []tick{{s.least, number(l, s.least, 0)}, {s.most, number(l, s.most, 0)}}
	}
	first, last := math.Floor(s.least/step), math.Ceil(s.most/step)
	var all []tick
	for i := first; i <= last && len(all) < maxTicks; i++ {
		all = append(all, tick{i * step, number(l, i*step, step)})
	}
	return scale{all[0].value, all[len(all)-1].value}, all
}

// step returns a round step that makes about n parts of the scale, or 0 where there is none: the values are too large for it, or
// too close to each other.
func (s scale) step(n int) float64 {
	step := roundStep((s.most/2 - s.least/2) / float64(n) * 2)
	size := max(math.Abs(s.least), math.Abs(s.most))
	if !isFinite(step) || !isFinite(size+step) || step < size*finest {
		return 0
	}
	return step
}

// round returns the scale widened to round bounds, with the number and the length of its about n parts.
func (s scale) round(n int) (scale, int, float64) {
	step := s.step(n)
	if step == 0 {
		return s, n, 0
	}
	first, last := math.Floor(s.least/step), math.Ceil(s.most/step)
	return scale{first * step, last * step}, max(1, int(last-first)), step
}

// roundStep returns 1, 2 or 5 times a power of ten that is near a step, and not below it.
func roundStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= step*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// Numbers from here on, and below, are written with an exponent, as programs write them everywhere.
const (
	large = 1e15
	small = 1e-4
)

// number writes a value as a region does, with as many digits as a step needs; a step of 0 stands for all of them.
func number(l locale.Locale, v, step float64) string {
	size := math.Abs(v)
	switch {
	case v == 0:
		return l.Count(0)
	case size >= large || size < small || (step > 0 && step < small):
		return strconv.FormatFloat(v, 'g', 4, 64)
	case step > 0:
		return l.Fixed(v, max(0, int(math.Ceil(-math.Log10(step)-1e-9))))
	default:
		_, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
		return l.Fixed(v, len(fraction))
	}
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
