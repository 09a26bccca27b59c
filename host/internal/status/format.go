package status

import (
	"time"

	"corbel.example/sdk/ui"
)

// tookOr is how long something took, or nothing when there is nothing.
func tookOr(d time.Duration) ui.Component {
	if d <= 0 {
		return ui.Muted("-")
	}
	return ui.Duration(d)
}

// clock writes the time of a day to the millisecond, in UTC: lines of one request are that close together.
func clock(at time.Time) ui.Component { return ui.Mono(at.UTC().Format("15:04:05.000")) }
