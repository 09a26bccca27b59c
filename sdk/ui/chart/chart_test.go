package chart

import (
	"encoding/binary"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"corbel.example/sdk/locale"
	"corbel.example/sdk/ui"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	nan, inf = math.NaN(), math.Inf(1)
	start    = time.Date(2024, 1, 30, 12, 0, 0, 0, time.UTC)
)

// every returns n moments with a distance.
func every(distance time.Duration, n int) []time.Time {
	var all []time.Time
	for i := range n {
		all = append(all, start.Add(time.Duration(i)*distance))
	}
	return all
}

func many(n int, value func(i int) float64) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = value(i)
	}
	return all
}

var charts = map[string]ui.Component{
	"bar":             Bar{Title: "Rows per table", Categories: []string{"trips", "stops"}, Series: []Series{{Name: "rows", Values: []float64{21932, 118}}}},
	"bar-negative":    Bar{Title: "Change", Categories: []string{"a", "b", "c"}, Series: []Series{{Name: "2023", Values: []float64{-3, 2, 0}}, {Name: "2024", Values: []float64{1.5, -0.5, nan}}}},
	"bar-hostile":     Bar{Title: "<script>", Categories: []string{`"><script>`, strings.Repeat("é", 40)}, Series: []Series{{Name: "<b>", Values: []float64{1, 2}}}},
	"bar-empty":       Bar{Title: "Nothing"},
	"bar-many":        Bar{Title: "Many", Categories: make([]string, 130), Series: []Series{{Values: many(130, func(i int) float64 { return float64(i) })}}},
	"line":            Line{Title: "Squares", X: []float64{0, 1, 2, 3}, Series: []Series{{Name: "x²", Values: []float64{0, 1, 4, 9}}, {Name: "x", Values: []float64{0, 1, 2, 3}}}},
	"line-gaps":       Line{Title: "Gaps", X: []float64{0, 1, 2, 3, 4}, Series: []Series{{Values: []float64{1, nan, 2, inf, 3}}}},
	"line-days":       Line{Title: "Days", Times: every(24*time.Hour, 10), Series: []Series{{Name: "trips", Values: many(10, func(i int) float64 { return float64(i * i) })}}},
	"line-years":      Line{Title: "Years", Times: every(400*24*time.Hour, 10), Series: []Series{{Name: "trips", Values: many(10, func(i int) float64 { return float64(i) })}}},
	"line-one-point":  Line{Title: "One", X: []float64{5}, Series: []Series{{Name: "n", Values: []float64{7}}}},
	"scatter":         Scatter{Title: "Points", X: []float64{-1, 0.5, 3}, Series: []Series{{Name: "y", Values: []float64{1e-7, 2e-7, -1e-7}}}},
	"scatter-huge":    Scatter{Title: "Huge", X: []float64{-math.MaxFloat64, math.MaxFloat64}, Series: []Series{{Name: "y", Values: []float64{-math.MaxFloat64, math.MaxFloat64}}}},
	"histogram":       Histogram{Title: "Fares", Values: []float64{1, 2, 2, 3, 3, 3, 4, 4, 9, nan}},
	"histogram-equal": Histogram{Title: "Equal", Values: []float64{4, 4, 4}, Bins: 4},
	"histogram-empty": Histogram{Title: "Nothing"},
}

func render(t *testing.T, c ui.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestChartsAreDrawnAsTheyWere(t *testing.T) {
	t.Parallel()
	for name, c := range charts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.ReplaceAll(render(t, c), "><", ">\n<") + "\n"
			file := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("look at it, and run go test ./ui/chart -update: %s", diff)
			}
		})
	}
}

func TestChartsSayWhatIsToBeSeen(t *testing.T) {
	t.Parallel()
	for name, wants := range map[string][]string{
		"bar":            {`aria-label="Bar chart: Rows per table; 2 categories; from 118 to 21,932."`, `<title>trips, rows: 21,932</title>`, `<summary>Data</summary>`, `class="bar series-1"`},
		"bar-negative":   {`series 2023, 2024; from -3 to 2.`, "1 value is left out", `<li class="series-2">2024</li>`, `<td class="number null">NULL</td>`},
		"bar-hostile":    {"&lt;script&gt;", "éééé…"},
		"bar-empty":      {"There is no data.", "No data"},
		"bar-many":       {"The table has the first 100 of 130."},
		"line-gaps":      {"2 values are left out", `class="point series-1"`},
		"line-days":      {">Feb 1<", "2024-01-30 12:00:00"},
		"line-years":     {">2026<"},
		"line-one-point": {`class="point series-1"`},
		"histogram":      {"9 values in 5 ranges", "1 value is left out"},
	} {
		got := render(t, charts[name])
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s: %s", name, want, got)
			}
		}
		if strings.Contains(got, "<script") || strings.Contains(got, "style=") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestChartsAreWrittenForTheRegion(t *testing.T) {
	t.Parallel()
	ctx := locale.NewContext(t.Context(), "de-DE")
	for _, tt := range []struct {
		chart ui.Component
		wants []string
	}{
		{charts["bar"], []string{"from 118 to 21.932.", "<title>trips, rows: 21.932</title>", ">25.000</text>", `<td class="number">21.932</td>`}},
		{charts["line-days"], []string{">01.02.</text>", "30.01.2024, 12:00:00 UTC"}},
		{charts["line-years"], []string{">2026</text>"}},
		{
			Line{Title: "Long", X: make([]float64, 2500), Series: []Series{{Values: many(2500, func(i int) float64 { return float64(i) / 4 })}}},
			[]string{"The first 2.000 of 2.500 points are drawn.", "2.000 points; from 0 to 499,75.", "The table has the first 100 of 2.000."},
		},
		{Histogram{Title: "Shares", Values: []float64{0.1, 0.2, 0.35}}, []string{"0,1 to 0,2"}},
	} {
		var b strings.Builder
		if err := tt.chart.Render(ctx, &b); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%q is not in %s", want, b.String())
			}
		}
	}
}

func TestSeriesBeyondTheColoursAreLeftOutAndSaidSo(t *testing.T) {
	t.Parallel()
	var series []Series
	for range 12 {
		series = append(series, Series{Name: "s", Values: []float64{1, 2, 3}})
	}
	got := render(t, Bar{Title: "Twelve", Categories: []string{"a"}, Series: series})
	if !strings.Contains(got, "9 of 12 series are shown.") || strings.Contains(got, "series-10") || strings.Count(got, "<rect") != 9 {
		t.Error(got)
	}
}

func TestTicksAreRound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		least, most float64
		want        string
	}{
		{0, 10, "0 2 4 6 8 10"},
		{0, 1, "0 0.2 0.4 0.6 0.8 1.0"},
		{-3, 2, "-3 -2 -1 0 1 2"},
		{0, 21932, "0 5,000 10,000 15,000 20,000 25,000"},
		{1e-9, 5e-9, "1e-09 2e-09 3e-09 4e-09 5e-09"},
		{0, 4e18, "0 1e+18 2e+18 3e+18 4e+18"},
		{-math.MaxFloat64, math.MaxFloat64, "-1.798e+308 1.798e+308"},
		{1e16, 1e16 + 2, "1e+16 1e+16"},
		{0.1, 0.35, "0.10 0.15 0.20 0.25 0.30 0.35"},
	} {
		_, ticks := scale{tt.least, tt.most}.ticks(locale.Locale{})
		var texts []string
		for _, tick := range ticks {
			texts = append(texts, tick.text)
		}
		if got := strings.Join(texts, " "); got != tt.want {
			t.Errorf("from %g to %g: %s, want %s", tt.least, tt.most, got, tt.want)
		}
	}
}

func TestTicksOfTimeAreRound(t *testing.T) {
	t.Parallel()
	for length, want := range map[time.Duration]string{
		2 * time.Second: "12:00:00 12:00:01 12:00:02", 90 * time.Minute: "12:00 12:30 13:00 13:30", 36 * time.Hour: "Jan 30 12:00 Jan 31 00:00 Jan 31 12:00 Feb 1 00:00",
		9 * day: "Feb 1 Feb 3 Feb 5 Feb 7", 100 * day: "Feb 2024 Mar 2024 Apr 2024 May 2024", 2000 * day: "2026 2028",
	} {
		s := scale{seconds(start), seconds(start.Add(length))}
		var texts []string
		for _, tick := range s.timeTicks(locale.Locale{}) {
			texts = append(texts, tick.text)
		}
		if got := strings.Join(texts, " "); got != want {
			t.Errorf("%s: %s, want %s", length, got, want)
		}
	}
}

// Whatever the numbers are, nothing is drawn outside and nowhere.
func FuzzChart(f *testing.F) {
	for _, values := range [][]float64{{}, {0}, {nan, inf, -inf}, {math.MaxFloat64, -math.MaxFloat64}, {5e-324, 0}, {1e300, 1e-300, -7}, {1e16, 1e16 + 2}} {
		var seed []byte
		for _, v := range values {
			seed = binary.LittleEndian.AppendUint64(seed, math.Float64bits(v))
		}
		f.Add(seed)
	}
	places := regexp.MustCompile(`(?: (?:x|x1|x2|y|y1|y2|cx|cy|width|height)="|[ML])(-?[\d.]+)(?: (-?[\d.]+))?`)
	f.Fuzz(func(t *testing.T, data []byte) {
		var values []float64
		for ; len(data) >= 8 && len(values) < 64; data = data[8:] {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
		series := []Series{{Name: "s", Values: values}}
		times := make([]time.Time, len(values))
		for i, v := range values {
			if isFinite(v) && math.Abs(v) < 1e18 {
				times[i] = time.Unix(int64(v), 0)
			}
		}
		for _, c := range []ui.Component{
			Bar{Categories: make([]string, len(values)), Series: series},
			Line{X: values, Series: series},
			Scatter{X: values, Series: series},
			Line{Times: times, Series: series},
			Histogram{Values: values},
			Histogram{Values: values, Bins: 1},
		} {
			svg, _, _ := strings.Cut(render(t, c), "</svg>")
			if strings.Contains(svg, `="NaN`) || strings.Contains(svg, `Inf"`) {
				t.Fatalf("%T of %v: %s", c, values, svg)
			}
			for _, m := range places.FindAllStringSubmatch(svg, -1) {
				if max(len(m[1]), len(m[2])) > 6 {
					t.Fatalf("%T of %v is drawn at %s: %s", c, values, m[0], svg)
				}
			}
		}
	})
}
