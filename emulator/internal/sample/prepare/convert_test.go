package main

import "testing"

func TestConvert(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		convert   func(string) (string, error)
		in        string
		want      string
		wantError bool
	}{
		"missing word is NULL":      {convert: missing("NA"), in: "NA"},
		"other words stay":          {convert: missing("NA"), in: "NAN", want: "NAN"},
		"decimals are padded":       {convert: decimal(2), in: "5.1", want: "5.10"},
		"halves round away":         {convert: decimal(4), in: "-72.63705", want: "-72.6371"},
		"words are no decimals":     {convert: decimal(2), in: "five", wantError: true},
		"thousands":                 {convert: thousands, in: "430", want: "430000"},
		"thousands are whole":       {convert: thousands, in: "4.3", wantError: true},
		"boolean":                   {convert: boolean("0", "1"), in: "1", want: "true"},
		"boolean of a third word":   {convert: boolean("0", "1"), in: "2", wantError: true},
		"day":                       {convert: day, in: "2000-01-01T08:00:00.000Z", want: "2000-01-01"},
		"day of no instant":         {convert: day, in: "2000-01-01", wantError: true},
		"milliseconds are cut":      {convert: unixMillis, in: "1517966773840", want: "2018-02-07 01:26:13"},
		"milliseconds are a number": {convert: unixMillis, in: "now", wantError: true},
	} {
		got, err := test.convert(test.in)
		if got != test.want || (err != nil) != test.wantError {
			t.Errorf("%s: %q gives %q, %v, want %q", name, test.in, got, err, test.want)
		}
	}
}
