package locale_test

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"corbel.example/sdk/locale"
)

var leapDay = time.Date(2024, 2, 29, 16, 5, 7, 0, time.FixedZone("", 2*60*60))

func TestNumbersAndDatesAreThoseOfTheRegion(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][4]string{
		"":            {"-1,234,567", "1,234.5", "2024-02-29", "2024-02-29 14:05 UTC"},
		"en":          {"-1,234,567", "1,234.5", "Feb 29, 2024", "Feb 29, 2024, 2:05 PM UTC"},
		"en-US":       {"-1,234,567", "1,234.5", "Feb 29, 2024", "Feb 29, 2024, 2:05 PM UTC"},
		"en-GB":       {"-1,234,567", "1,234.5", "29 Feb 2024", "29 Feb 2024, 14:05 UTC"},
		"en-CA":       {"-1,234,567", "1,234.5", "2024-02-29", "2024-02-29 2:05 PM UTC"},
		"de-DE":       {"-1.234.567", "1.234,5", "29.02.2024", "29.02.2024, 14:05 UTC"},
		"de-CH":       {"-1’234’567", "1’234.5", "29.02.2024", "29.02.2024, 14:05 UTC"},
		"fr-FR":       {"-1\u00a0234\u00a0567", "1\u00a0234,5", "29/02/2024", "29/02/2024, 14:05 UTC"},
		"pt-BR":       {"-1.234.567", "1.234,5", "29/02/2024", "29/02/2024, 14:05 UTC"},
		"ja":          {"-1,234,567", "1,234.5", "2024/02/29", "2024/02/29, 14:05 UTC"},
		"sv":          {"−1\u00a0234\u00a0567", "1\u00a0234,5", "2024-02-29", "2024-02-29 14:05 UTC"},
		"hi-IN":       {"-12,34,567", "1,234.5", "29/02/2024", "29/02/2024, 14:05 UTC"},
		"not a tag":   {"-1,234,567", "1,234.5", "2024-02-29", "2024-02-29 14:05 UTC"},
		"x-corbel":    {"-1,234,567", "1,234.5", "2024-02-29", "2024-02-29 14:05 UTC"},
		"zz-ZZ-x-abc": {"-1,234,567", "1,234.5", "2024-02-29", "2024-02-29 14:05 UTC"},
	} {
		l := locale.FromContext(locale.NewContext(t.Context(), tag))
		got := [4]string{l.Count(-1234567), l.Number(1234.54, 1), l.Date(leapDay), l.Time(leapDay)}
		if got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func TestWithoutALocaleNothingIsAssumed(t *testing.T) {
	t.Parallel()
	l := locale.FromContext(t.Context())
	for got, want := range map[string]string{
		l.Count(math.MinInt64): "-9,223,372,036,854,775,808", l.Number(0.1+0.2, 3): "0.3", l.Percent(0.9949): "99.5%",
		l.Exact(leapDay): "2024-02-29 14:05:07 UTC", l.Bytes(1): "1 byte", l.Bytes(1023): "1,023 bytes", l.Bytes(1536 << 10): "1.5 MiB",
		l.Bytes(math.MaxInt64): "8 EiB", l.Date(time.Time{}) + l.Time(time.Time{}): "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShortFormsTellMomentsApart(t *testing.T) {
	t.Parallel()
	steps := []time.Duration{
		time.Millisecond, time.Second, time.Minute, 2 * time.Hour, 3 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour,
		360 * 24 * time.Hour,
	}
	for tag, want := range map[string]string{
		"":      "14:05:07.000|14:05:07|14:05|14:05|Feb 29 14:05|Feb 29|Feb 29|Feb 2024|2024",
		"en-US": "2:05:07.000 PM|2:05:07 PM|2:05 PM|2:05 PM|Feb 29 2:05 PM|Feb 29|Feb 29|Feb 2024|2024",
		"en-GB": "14:05:07.000|14:05:07|14:05|14:05|29 Feb 14:05|29 Feb|29 Feb|Feb 2024|2024",
		"de":    "14:05:07.000|14:05:07|14:05|14:05|29.02. 14:05|29.02.|29.02.|02.2024|2024",
		"fr":    "14:05:07.000|14:05:07|14:05|14:05|29/02 14:05|29/02|29/02|02/2024|2024",
		"nl":    "14:05:07.000|14:05:07|14:05|14:05|29-02 14:05|29-02|29-02|02-2024|2024",
		"ja":    "14:05:07.000|14:05:07|14:05|14:05|02/29 14:05|02/29|02/29|2024/02|2024",
		"sv":    "14:05:07.000|14:05:07|14:05|14:05|Feb 29 14:05|Feb 29|Feb 29|Feb 2024|2024",
	} {
		l := locale.Parse(tag)
		var got []string
		for _, step := range steps {
			got = append(got, l.Short(leapDay, step))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func TestFixedNumbersHaveAllTheirDigits(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"": "1,234.50 0.00 -3", "de-DE": "1.234,50 0,00 -3", "hi-IN": "1,234.50 0.00 -3"} {
		l := locale.Parse(tag)
		if got := l.Fixed(1234.5, 2) + " " + l.Fixed(0, 2) + " " + l.Fixed(-3, 0); got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func TestALocaleIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	ctx := locale.NewContext(t.Context(), "de-DE")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 200 {
				n := int64(i+1) * 1_000_000
				if got, want := locale.FromContext(ctx).Count(n), strconv.Itoa(i+1)+".000.000"; got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
		})
	}
	group.Wait()
}

func TestDurationsHaveTheUnitsThatPeopleUse(t *testing.T) {
	t.Parallel()
	l := locale.Parse("de-DE")
	for d, want := range map[time.Duration]string{
		0: "0 ms", 900: "0 ms", 3_416 * time.Microsecond: "3,42 ms", 29_660 * time.Microsecond: "29,7 ms", 622_600 * time.Microsecond: "623 ms",
		2750 * time.Millisecond: "2,75 s", 59_940 * time.Millisecond: "59,9 s", time.Minute: "1 min", 125 * time.Second: "2 min 5 s",
		3*time.Hour + 59*time.Second: "3 h", 76 * time.Hour: "3 d 4 h", 40_000 * time.Hour: "1.666 d 16 h", -time.Second: "0 ms",
	} {
		if got := l.Duration(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}

func TestTheLongestTagsAreNotRead(t *testing.T) {
	t.Parallel()
	if got := locale.Parse("de-" + strings.Repeat("abcdefgh-", 1000) + "x").Count(1000); got != "1,000" {
		t.Errorf("a tag of 9 kB made %q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, tag := range []string{"", "de-CH", "en-US-u-nu-arab", "i-klingon", "zh-Hant-TW", "-", "\xff"} {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		l := locale.Parse(tag)
		if l.Count(1204) == "" || l.Time(leapDay) == "" {
			t.Errorf("tag %q writes nothing", tag)
		}
	})
}

func BenchmarkCount(b *testing.B) {
	ctx := locale.NewContext(b.Context(), "de-DE")
	for b.Loop() {
		locale.FromContext(ctx).Count(1234567)
	}
}
