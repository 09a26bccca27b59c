package chart

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestDataIsWhatTheBrowserReads(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	err := WriteData(w, Data{Times: true, X: []float64{0, 1.5, inf}, Series: []Series{{Name: `"</script>`, Values: []float64{1e21, nan, -0.1, 7}}, {Values: nil}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"times":true,"x":[0,1.5,null],"series":[{"name":"\"\u003c/script\u003e","values":[1e+21,null,-0.1]},{"name":"","values":[]}]}`
	if got := w.Body.String(); got != want {
		t.Errorf("answer %s, want %s", got, want)
	}
}

func TestDataIsBounded(t *testing.T) {
	t.Parallel()
	x := make([]float64, 2*maxPoints)
	var series []Series
	for range 2 * maxSeries {
		series = append(series, Series{Values: x})
	}
	w := httptest.NewRecorder()
	if err := WriteData(w, Data{X: x, Series: series}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		X      []float64
		Series []struct{ Values []float64 }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.X) != maxPoints || len(got.Series) != maxSeries || len(got.Series[0].Values) != maxPoints {
		t.Errorf("%d points, %d series of %d values", len(got.X), len(got.Series), len(got.Series[0].Values))
	}
}

func TestOnlyLargeChartsAskTheirSource(t *testing.T) {
	t.Parallel()
	for points, want := range map[int]bool{maxMarks: false, maxMarks + 1: true} {
		x := many(points, func(i int) float64 { return float64(i) })
		got := render(t, Scatter{X: x, Series: []Series{{Values: x}}, Source: "/api/mine/points?a=1&b=2"})
		if asks := strings.Contains(got, `<databricks-chart src="/api/mine/points?a=1&amp;b=2" kind="scatter">`); asks != want {
			t.Errorf("%d points: %.200s", points, got)
		}
		if says := strings.Contains(got, `class="muted cut">The first 2,000 of 2,001 points`); says != want {
			t.Errorf("%d points: it says that it is cut: %v", points, says)
		}
	}
}
