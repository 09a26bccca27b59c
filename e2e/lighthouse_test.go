package e2e

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/figure"
	"corbel.example/e2e/lighthouse"
)

const (
	lighthouseRuns = 3 // of a page that is measured closely, and of any other that misses
	maxShift       = 0.05
	// quietTimeout bounds the wait for a machine that has nothing else to do.
	quietTimeout = 2 * time.Minute
)

// limits are what a page keeps to on a slow phone.
type limits struct {
	performance int // the least score
	lcp, tbt    time.Duration
}

var (
	light = limits{performance: 100, lcp: 1200 * time.Millisecond, tbt: 50 * time.Millisecond}
	// withEditor is for a statement in its editor, whose 129 KiB a slow phone loads once the page is painted.
	withEditor = limits{performance: 95, lcp: 1200 * time.Millisecond, tbt: 300 * time.Millisecond}
)

func (l limits) hold(r lighthouse.Result) bool {
	return r.Scores["performance"] >= l.performance && r.Scores["accessibility"] == 100 && r.Scores["best-practices"] == 100 &&
		r.LCP < l.lcp && r.TBT < l.tbt && r.CLS < maxShift
}

// Lighthouse measures time. On a machine that is busy with something else a miss says nothing: then it measures once more when
// it is quiet.
func TestLighthouse(t *testing.T) {
	program := nodeTool(t, "lighthouse/cli/index.js")
	chromium, err := browser.Find()
	if err != nil {
		t.Fatal(err)
	}
	// A cookie that a page sets would take the place of those that Lighthouse is given: they are all there from the beginning.
	visitor := as(t, ana)
	get(t, visitor, http.StatusOK, "/catalog")
	cookies, err := visitor.Cookies()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []struct {
		name, path string
		runs       int
		limits     limits
	}{
		{"home", "/", lighthouseRuns, light},
		{"catalog", "/catalog", lighthouseRuns, light},
		{"table", penguins, lighthouseRuns, light},
		{"chat", "/models/corbel-chat", 1, light},
		{"sample data", "/sample-data", 1, light},
		{"plugins", "/plugins", 1, light},
		{"requests", "/requests", 1, light},
		{"SQL", "/sql", 1, light},
		{"SQL with a statement", "/sql?statement=SELECT+1", 1, withEditor},
	} {
		t.Run(page.name, func(t *testing.T) {
			p := lighthouse.Params{
				Program: program, Chromium: chromium, URL: running(t).URL + page.path, Cookie: cookieHeader(cookies),
			}
			runs := page.runs
			result, err := lighthouse.Median(t.Context(), p, runs)
			if err != nil {
				t.Fatal(err)
			}
			if !page.limits.hold(result) && runs < lighthouseRuns {
				runs = lighthouseRuns
				if result, err = lighthouse.Median(t.Context(), p, runs); err != nil {
					t.Fatal(err)
				}
			}
			if !page.limits.hold(result) && busy(t) {
				awaitQuiet(t)
				if result, err = lighthouse.Median(t.Context(), p, lighthouseRuns); err != nil {
					t.Fatal(err)
				}
			}
			if !page.limits.hold(result) {
				t.Errorf("%+v, want 100 everywhere and %+v, CLS under %v; what cost points:\n%s",
					result.Scores, page.limits, maxShift, strings.Join(result.Missed, "\n"))
			}
			figure.Note(t, "%s page: performance %d, accessibility %d, best practices %d; LCP %.2f s, TBT %d ms, CLS %.3f (median of %d, slow phone)",
				page.name, result.Scores["performance"], result.Scores["accessibility"], result.Scores["best-practices"],
				result.LCP.Seconds(), result.TBT.Milliseconds(), result.CLS, runs)
		})
	}
}

// nodeTool returns a file of a package that `make node-tools` installs.
func nodeTool(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join(programs.Root, ".tools", "node_modules", filepath.FromSlash(file))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: make node-tools installs it", err)
	}
	return path
}

func cookieHeader(cookies []*http.Cookie) string {
	pairs := make([]string, len(cookies))
	for i, c := range cookies {
		pairs[i] = c.Name + "=" + c.Value
	}
	return strings.Join(pairs, "; ")
}

// busy says whether the machine has had more to do in the last minute than the measurement itself gives it.
func busy(t *testing.T) bool {
	t.Helper()
	return load(t) > 1.5*float64(runtime.NumCPU())
}

// load returns the machine's load average of the last minute; 0 where the system does not tell it.
func load(t *testing.T) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	average, err := strconv.ParseFloat(first, 64)
	if err != nil {
		t.Fatal(err)
	}
	return average
}

func awaitQuiet(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), quietTimeout)
	defer cancel()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for load(t) > float64(runtime.NumCPU()) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Logf("the machine is still busy after %v (load %.1f): the figures are not fair", quietTimeout, load(t))
			return
		}
	}
}
