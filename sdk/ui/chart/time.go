package chart

import (
	"math"
	"time"

	"corbel.example/sdk/locale"
)

// steps are the distances that ticks of time may have.
var steps = []struct {
	length time.Duration
	months int
}{
	{time.Millisecond, 0},
	{10 * time.Millisecond, 0},
	{100 * time.Millisecond, 0},
	{time.Second, 0},
	{5 * time.Second, 0},
	{15 * time.Second, 0},
	{30 * time.Second, 0},
	{time.Minute, 0},
	{5 * time.Minute, 0},
	{15 * time.Minute, 0},
	{30 * time.Minute, 0},
	{time.Hour, 0},
	{3 * time.Hour, 0},
	{6 * time.Hour, 0},
	{12 * time.Hour, 0},
	{day, 0},
	{2 * day, 0},
	{7 * day, 0},
	{month, 1},
	{3 * month, 3},
	{6 * month, 6},
	{12 * month, 12},
	{24 * month, 24},
	{60 * month, 60},
	{120 * month, 120},
}

const (
	day   = 24 * time.Hour
	month = 30 * day // about
)

// timeTicks returns round moments on a scale of seconds since 1970, in UTC. A scale that they don't suit has ordinary ticks.
func (s scale) timeTicks(l locale.Locale) []tick {
	span := s.most - s.least
	if !isFinite(span) || math.Abs(s.least) > maxSeconds || math.Abs(s.most) > maxSeconds {
		_, all := s.ticks(l)
		return all
	}
	step := steps[len(steps)-1]
	for _, one := range steps {
		if span/one.length.Seconds() <= ticksWanted {
			step = one
			break
		}
	}
	var all []tick
	at := moment(s.least).Truncate(step.length)
	if step.months > 0 {
		first := moment(s.least)
		elapsed := first.Year()*12 + int(first.Month()) - 1
		elapsed -= elapsed % step.months
		at = time.Date(0, time.Month(1+elapsed), 1, 0, 0, 0, 0, time.UTC)
	}
	for range maxTicks + 1 {
		if v := seconds(at); v >= s.least && v <= s.most {
			all = append(all, tick{v, l.Short(at, step.length)})
		}
		if step.months > 0 {
			at = at.AddDate(0, step.months, 0)
		} else {
			at = at.Add(step.length)
		}
	}
	return all
}

// maxSeconds is about the year 9999.
const maxSeconds = 253e9

func seconds(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

func moment(s float64) time.Time {
	whole, fraction := math.Modf(s)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC()
}
