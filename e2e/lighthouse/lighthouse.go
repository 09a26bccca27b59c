package lighthouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// runTimeout bounds one run.
	runTimeout = 90 * time.Second
	// attempts is how often a run is tried that dies for a reason of its own: about one in fourteen sees no navigation.
	attempts = 3
)

// Params say what to run on.
type Params struct {
	// Program is Lighthouse's command line, Chromium the browser.
	Program, Chromium string
	URL               string
	// Cookie is the header of that name, of a user who has signed in.
	Cookie string
}

// Result is what Lighthouse says of a page on a slow phone.
type Result struct {
	// Scores are from 0 to 100: performance, accessibility, best-practices.
	Scores map[string]int
	// LCP is the time of the largest contentful paint and TBT the total blocking time.
	LCP, TBT time.Duration
	// CLS is the cumulative layout shift.
	CLS float64
	// Missed are the audits that cost points.
	Missed []string
}

// Median runs Lighthouse an odd number of times and returns the median of each figure.
func Median(ctx context.Context, p Params, runs int) (Result, error) {
	results := make([]Result, runs)
	for i := range results {
		var err error
		for range attempts {
			if results[i], err = Run(ctx, p); err == nil || ctx.Err() != nil {
				break
			}
		}
		if err != nil {
			return Result{}, err
		}
	}
	median := Result{Scores: map[string]int{}}
	for category := range results[0].Scores {
		median.Scores[category] = middle(results, func(r Result) int { return r.Scores[category] })
	}
	median.LCP = middle(results, func(r Result) time.Duration { return r.LCP })
	median.TBT = middle(results, func(r Result) time.Duration { return r.TBT })
	median.CLS = middle(results, func(r Result) float64 { return r.CLS })
	for _, r := range results {
		median.Missed = append(median.Missed, r.Missed...)
	}
	slices.Sort(median.Missed)
	median.Missed = slices.Compact(median.Missed)
	return median, nil
}

func middle[T int | float64 | time.Duration](results []Result, value func(Result) T) T {
	values := make([]T, len(results))
	for i, r := range results {
		values[i] = value(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// report is the part of Lighthouse's that is read.
type report struct {
	FinalDisplayedURL string `json:"finalDisplayedUrl"`
	RuntimeError      *struct{ Code, Message string }
	Categories        map[string]struct {
		Score     *float64
		AuditRefs []struct {
			ID     string
			Weight float64
		}
	}
	Audits map[string]struct {
		Title        string
		Score        *float64
		NumericValue float64
		DisplayValue string
	}
}

// Run runs Lighthouse once.
func Run(ctx context.Context, p Params) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, runTimeout)
	defer cancel()
	dir, err := os.MkdirTemp("", "e2e-lighthouse-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	headers, err := json.Marshal(map[string]string{"Cookie": p.Cookie})
	if err != nil {
		return Result{}, err
	}
	flags := []string{
		"--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir=" + filepath.Join(dir, "profile"),
	}
	if os.Geteuid() == 0 {
		flags = append(flags, "--no-sandbox") // Chromium's sandbox refuses to work for root
	}
	file := filepath.Join(dir, "report.json")
	cmd := exec.CommandContext(ctx, "node", p.Program, p.URL, "--quiet", "--output=json", "--output-path="+file,
		"--only-categories=performance,accessibility,best-practices", "--chrome-flags="+strings.Join(flags, " "), "--extra-headers="+string(headers))
	cmd.Env = append(os.Environ(), "CHROME_PATH="+p.Chromium)
	out, runErr := cmd.CombinedOutput()
	text, err := os.ReadFile(file)
	if err != nil {
		return Result{}, fmt.Errorf("lighthouse %s: %w: %.2000s", p.URL, errors.Join(runErr, err), out)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return Result{}, fmt.Errorf("lighthouse %s: read its report: %w", p.URL, err)
	}
	if r.RuntimeError != nil && r.RuntimeError.Code != "" {
		return Result{}, fmt.Errorf("lighthouse %s: %s: %s", p.URL, r.RuntimeError.Code, r.RuntimeError.Message)
	}
	if r.FinalDisplayedURL != p.URL {
		return Result{}, fmt.Errorf("lighthouse %s: it was led to %s", p.URL, r.FinalDisplayedURL)
	}
	return r.result(), nil
}

func (r report) result() Result {
	milliseconds := func(audit string) time.Duration {
		return time.Duration(r.Audits[audit].NumericValue * float64(time.Millisecond))
	}
	result := Result{
		Scores: map[string]int{},
		LCP:    milliseconds("largest-contentful-paint"), TBT: milliseconds("total-blocking-time"),
		CLS: r.Audits["cumulative-layout-shift"].NumericValue,
	}
	for name, category := range r.Categories {
		if category.Score == nil {
			result.Scores[name] = 0
			continue
		}
		result.Scores[name] = int(*category.Score*100 + 0.5)
		for _, ref := range category.AuditRefs {
			if audit := r.Audits[ref.ID]; ref.Weight > 0 && audit.Score != nil && *audit.Score < 1 {
				result.Missed = append(result.Missed, fmt.Sprintf("%s: %s: %s %s", name, ref.ID, audit.Title, audit.DisplayValue))
			}
		}
	}
	return result
}
