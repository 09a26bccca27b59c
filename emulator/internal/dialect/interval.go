package dialect

import (
	"fmt"
	"slices"
	"strings"
)

const microsecondsADay = 24 * 60 * 60 * 1_000_000

// ofMonths reports whether an INTERVAL counts years and months, not days and seconds.
func (t *Type) ofMonths() bool { return strings.HasPrefix(t.Units, "YEAR") || t.Units == "MONTH" }

// IntervalText writes an interval of months, or of microseconds, as CAST to STRING does:
// INTERVAL '9' DAY.
func IntervalText(units string, amount int64) string { return intervalText(units, amount, true) }

// intervalText writes an interval as a literal, or without one as results have it.
func intervalText(units string, amount int64, literal bool) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	months := (&Type{Units: units}).ofMonths()
	switch {
	case months && !literal:
		return fmt.Sprintf("%s%d-%d", sign, amount/12, amount%12)
	case !literal:
		seconds := amount / 1_000_000
		return fmt.Sprintf("%s%d %02d:%02d:%02d.%09d", sign, seconds/86400, seconds/3600%24, seconds/60%60, seconds%60, amount%1_000_000*1000)
	}
	from, to, ranged := strings.Cut(units, " TO ")
	if !ranged {
		to = from
	}
	var b strings.Builder
	b.WriteString("INTERVAL '" + sign)
	first, last := slices.Index(intervalUnits, from), slices.Index(intervalUnits, to)
	for i := first; i <= last; i++ {
		part, width := intervalPart(intervalUnits[i], amount, i == first)
		if i > first {
			b.WriteString(map[string]string{"MONTH": "-", "HOUR": " ", "MINUTE": ":", "SECOND": ":"}[intervalUnits[i]])
		}
		if i == first {
			width = 1
		}
		fmt.Fprintf(&b, "%0*d", width, part)
	}
	if to == "SECOND" && amount%1_000_000 != 0 {
		b.WriteString("." + strings.TrimRight(fmt.Sprintf("%06d", amount%1_000_000), "0"))
	}
	return b.String() + "' " + units
}

// intervalPart is the number of one unit in an interval, without those that greater units
// hold unless the unit is the first.
func intervalPart(unit string, amount int64, first bool) (part int64, width int) {
	var size, within int64
	switch unit {
	case "YEAR":
		return amount / 12, 1
	case "MONTH":
		size, within, width = 1, 12, 1
	case "DAY":
		return amount / microsecondsADay, 1
	case "HOUR":
		size, within, width = 3600_000_000, 24, 2
	case "MINUTE":
		size, within, width = 60_000_000, 60, 2
	case "SECOND":
		size, within, width = 1_000_000, 60, 2
	}
	if part = amount / size; !first {
		part %= within
	}
	return part, width
}
