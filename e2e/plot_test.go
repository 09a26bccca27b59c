package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
)

// plotPoints is how many points the largest plot has.
const plotPoints = 100_000

// answerPoints answers with two series over time; one has gaps.
func answerPoints(w http.ResponseWriter, _ *http.Request) {
	var x, y, z strings.Builder
	for i := range plotPoints {
		fmt.Fprintf(&x, ",%d", 1_709_164_800+60*i)
		fmt.Fprintf(&y, ",%d", i%1000)
		if i%5000 == 0 {
			z.WriteString(",null")
			continue
		}
		fmt.Fprintf(&z, ",%d.5", i%700)
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"times":true,"x":[%s],"series":[{"name":"trips","values":[%s]},{"name":"<b>returns","values":[%s]}]}`, x.String()[1:], y.String()[1:], z.String()[1:])
}

const chartMarkup = `<databricks-chart src="/_fragment/stage/points"><figure><figcaption>Trips</figcaption>
	<svg viewBox="0 0 640 280" role="img" aria-label="Line chart: Trips"><path class="line series-1" d="M72 200L600 20"></path></svg>
	<p class="muted cut">The first 2,000 of 100,000 points are drawn.</p></figure></databricks-chart>`

// inked counts the pixels that a plot has drawn in a colour of its first series' hue.
const inked = `(() => {
	const canvas = document.querySelector('databricks-chart > figure > .host')?.shadowRoot.querySelector('canvas');
	if (!canvas) return 0;
	const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
	let n = 0;
	for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 200 && pixels[i + 2] > pixels[i] + 60) n++;
	return n;
})()`

func TestLargeChartsAreDrawnInTheBrowser(t *testing.T) {
	s := play(t, browser.Desk, chartMarkup, map[string]http.HandlerFunc{"points": answerPoints})
	s.await(inked + ` > 1000`)
	s.is("drawing", `document.querySelector('svg[role=img]').checkVisibility() || document.querySelector('.cut').checkVisibility()`, "false")
	s.is("label", `document.querySelector('.host').ariaLabel`, "Line chart: Trips")
	s.is("legend", `[...document.querySelector('.host').shadowRoot.querySelectorAll('.u-label')].map(l => l.innerText)`, "Time (UTC),trips,<b>returns")
	took, err := browser.Evaluate[float64](s.tab, `(() => { const host = document.querySelector('.host'); const t = performance.now();
		host.shadowRoot.querySelector('.u-over').dispatchEvent(new MouseEvent('dblclick', {bubbles: true})); return new Promise(done => requestAnimationFrame(() => done(performance.now() - t))); })()`)
	if err != nil {
		t.Fatal(err)
	}
	figure.Note(t, "a plot of 2 series with %d points is drawn anew in %.0f ms", plotPoints, took)
	if err := s.tab.Show(browser.PhoneDark); err != nil {
		t.Fatal(err)
	}
	s.await(`document.querySelector('.host').shadowRoot.querySelector('canvas').offsetWidth <= 390`)
	if pixels, culprits, err := s.tab.Overflow(); err != nil || pixels > 0 {
		t.Errorf("%d pixels wider than the window: %v, %v", pixels, culprits, err)
	}
	s.done()
}

func TestChartsStayDrawnWhenTheirPointsCannotBeHad(t *testing.T) {
	asked := make(chan struct{}, 1)
	s := play(t, browser.Desk, chartMarkup, map[string]http.HandlerFunc{"points": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		asked <- struct{}{}
	}})
	s.expected = []string{"503"}
	select {
	case <-asked:
	case <-bounded(t).Done():
		t.Fatal("the chart did not ask for its points")
	}
	s.is("drawing", `document.querySelector('svg[role=img]').checkVisibility() && document.querySelector('.cut').checkVisibility()`, "true")
	s.is("plot", `document.querySelector('.host')`, "null")
	s.done()
}
