package chart

import (
	"math"
	"time"
)

// steps are the distances that ticks of time may have, with how they are written.
var steps = []struct {
	length time.Duration
	months int
	layout string
}{
	{time.Millisecond, 0, "15:04:05.000"},
	{10 * time.Millisecond, 0, "15:04:05.000"},
	{100 * time.Millisecond, 0, "15:04:05.000"},
	{time.Second, 0, "15:04:05"},
	{5 * time.Second, 0, "15:04:05"},
	{15 * time.Second, 0, "15:04:05"},
	{30 * time.Second, 0, "15:04:05"},
	{time.Minute, 0, "15:04"},
	{5 * time.Minute, 0, "15:04"},
	{15 * time.Minute, 0, "15:04"},
	{30 * time.Minute, 0, "15:04"},
	{time.Hour, 0, "15:04"},
	{3 * time.Hour, 0, "Jan 2 15:04"},
	{6 * time.Hour, 0, "Jan 2 15:04"},
	{12 * time.Hour, 0, "Jan 2 15:04"},
	{day, 0, "Jan 2"},
	{2 * day, 0, "Jan 2"},
	{7 * day, 0, "Jan 2"},
	{month, 1, "Jan 2006"},
	{3 * month, 3, "Jan 2006"},
	{6 * month, 6, "Jan 2006"},
	{12 * month, 12, "2006"},
	{24 * month, 24, "2006"},
	{60 * month, 60, "2006"},
	{120 * month, 120, "2006"},
}

const (
	day   = 24 * time.Hour
	month = 30 * day // about
)

// timeTicks returns round moments on a scale of seconds since 1970, in UTC. A scale that they don't suit has ordinary ticks.
func (s scale) timeTicks() []tick {
	span := s.most - s.least
	if !isFinite(span) || math.Abs(s.least) > maxSeconds || math.Abs(s.most) > maxSeconds {
		_, all := s.ticks()
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
			all = append(all, tick{v, at.Format(step.layout)})
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
