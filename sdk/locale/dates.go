package locale

import (
	"time"

	"golang.org/x/text/language"
)

// dates is how a region writes days and times, as layouts of package time.
type dates struct {
	day     string
	halfDay bool // the clock has twelve hours
}

func (d dates) dayLayout() string {
	if d.day == "" {
		return standard
	}
	return d.day
}

// separator stands between the day and the time.
func (d dates) separator() string {
	if d.dayLayout() == standard {
		return " "
	}
	return ", "
}

func (d dates) minuteLayout() string {
	if d.halfDay {
		return "3:04 PM"
	}
	return "15:04"
}

func (d dates) secondLayout() string {
	if d.halfDay {
		return "3:04:05 PM"
	}
	return "15:04:05"
}

// The distances from which on a short form names something else.
const (
	wholeDay   = 24 * time.Hour
	partOfDay  = 3 * time.Hour // more than a clock: it goes on into the next day
	wholeMonth = 28 * wholeDay
	wholeYear  = 12 * wholeMonth
)

// shortLayout tells moments a step apart from each other.
func (d dates) shortLayout(step time.Duration) string {
	switch {
	case step >= wholeYear:
		return "2006"
	case step >= wholeMonth:
		return d.parts().month
	case step >= wholeDay:
		return d.parts().day
	case step >= partOfDay:
		return d.parts().day + " " + d.minuteLayout()
	case step >= time.Minute:
		return d.minuteLayout()
	case step >= time.Second:
		return d.secondLayout()
	case d.halfDay:
		return "3:04:05.000 PM"
	default:
		return "15:04:05.000"
	}
}

// parts are parts of a date in its order.
type parts struct{ day, month string }

func (d dates) parts() parts {
	switch d.day {
	case british:
		return parts{"2 Jan", "Jan 2006"}
	case dotted:
		return parts{"02.01.", "01.2006"}
	case slashed:
		return parts{"02/01", "01/2006"}
	case dashed:
		return parts{"02-01", "01-2006"}
	case yearly:
		return parts{"01/02", "2006/01"}
	default: // the standard order has none that could not be mistaken for another
		return parts{"Jan 2", "Jan 2006"}
	}
}

// The orders of a date. Months have names in English alone, the language of the pages: elsewhere they are numbers.
const (
	american = "Jan 2, 2006"
	british  = "2 Jan 2006"
	dotted   = "02.01.2006"
	slashed  = "02/01/2006"
	dashed   = "02-01-2006"
	yearly   = "2006/01/02"
	standard = "2006-01-02"
)

// orders are the orders of languages. One that is missing has the standard one, which everybody reads.
var orders = map[string]string{
	"bg": dotted, "cs": dotted, "da": dotted, "de": dotted, "et": dotted, "fi": dotted, "hr": dotted, "is": dotted, "lv": dotted, "nb": dotted,
	"nn": dotted, "no": dotted, "pl": dotted, "ro": dotted, "ru": dotted, "sk": dotted, "sl": dotted, "sr": dotted, "tr": dotted, "uk": dotted,
	"ar": slashed, "ca": slashed, "el": slashed, "es": slashed, "fr": slashed, "gl": slashed, "hi": slashed, "id": slashed, "it": slashed,
	"pt": slashed, "th": slashed, "vi": slashed,
	"nl": dashed, "ja": yearly, "zh": yearly,
}

// regions are where a language is written in another order than elsewhere.
var regions = map[string]string{"fr-CA": standard, "fr-CH": dotted, "it-CH": dotted, "en-US": american, "en-CA": standard, "en-PH": american}

// halfDays are the regions in which English has a clock of twelve hours.
var halfDays = map[string]bool{"US": true, "CA": true, "AU": true, "NZ": true, "IN": true, "PH": true}

func datesOf(tag language.Tag) dates {
	base, _ := tag.Base()
	region, _ := tag.Region()
	d := dates{day: orders[base.String()]}
	if base.String() == "en" {
		d.day, d.halfDay = british, halfDays[region.String()]
	}
	if order, ok := regions[base.String()+"-"+region.String()]; ok {
		d.day = order
	}
	return d
}
