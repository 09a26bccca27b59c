package web

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const tokensFile = "styles/tokens.css"

// readStyles returns the stylesheets by their names, without comments.
func readStyles(t *testing.T) map[string]string {
	t.Helper()
	read := map[string]string{}
	for _, pattern := range []string{"styles/*.css", "styles/elements/*.css"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			read[name] = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(text), "")
		}
	}
	if len(read) < 20 {
		t.Fatalf("%d stylesheets: these are not all", len(read))
	}
	return read
}

func TestEveryStylesheetIsPartOfTheBundle(t *testing.T) {
	t.Parallel()
	all := readStyles(t)
	for name := range all {
		entry, imported := "styles/corbel.css", strings.TrimPrefix(name, "styles/")
		if name != entry && !strings.Contains(all[entry], `@import "./`+imported+`";`) {
			t.Errorf("%s does not import %s", entry, imported)
		}
	}
}

func TestColoursStandInTokensOnly(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgb|rgba|hsl|hsla|oklch|color-mix)\(`)
	for name, text := range readStyles(t) {
		if found := literal.FindAllString(text, -1); found != nil && name != tokensFile {
			t.Errorf("%s has literal colours %v: make them tokens", name, found)
		}
	}
}

func TestEveryTokenIsDefinedAndUsed(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, text := range readStyles(t) {
		all.WriteString(text)
	}
	names := func(pattern string) []string {
		var names []string
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(all.String(), -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	defined, used := names(`(--[a-z0-9-]+)\s*:`), names(`var\((--[a-z0-9-]+)`)
	for _, name := range defined {
		if !slices.Contains(used, name) {
			t.Errorf("token %s is used nowhere", name)
		}
	}
	for _, name := range used {
		if !slices.Contains(defined, name) {
			t.Errorf("token %s is defined nowhere", name)
		}
	}
}

// colours returns the tokens that are colours, each with its light and its dark value.
func colours(t *testing.T) map[string][2]string {
	t.Helper()
	found := map[string][2]string{}
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)`).FindAllStringSubmatch(readStyles(t)[tokensFile], -1) {
		found[m[1]] = [2]string{m[2], m[3]}
	}
	return found
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", colour, err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// TestTextCanBeRead holds the contrast that WCAG 2.2 asks for (1.4.3, 1.4.11) in both colour schemes.
func TestTextCanBeRead(t *testing.T) {
	t.Parallel()
	const forText, forControls = 4.5, 3
	tokens := colours(t)
	check := func(foreground, background string, least float64) {
		f, b := tokens["--"+foreground], tokens["--"+background]
		for i, scheme := range []string{"light", "dark"} {
			if f[i] == "" || b[i] == "" {
				t.Errorf("%s on %s: not both are colour tokens", foreground, background)
				return
			}
			if got := contrast(t, f[i], b[i]); got < least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, less than %.1f", scheme, foreground, background, got, least)
			}
		}
	}
	for _, background := range []string{"bg", "bg-secondary", "bg-raised", "hover", "info-bg", "success-bg", "warning-bg", "error-bg"} {
		check("text", background, forText)
	}
	for _, background := range []string{"bg", "bg-secondary", "bg-raised"} {
		check("text-secondary", background, forText)
		check("primary", background, forText)
		check("focus", background, forControls)
	}
	for _, background := range []string{"info-bg", "warning-bg", "error-bg", "success-bg"} {
		check("text-secondary", background, forText)
	}
	for foreground, background := range map[string]string{
		"selected-text": "selected", "on-primary": "primary", "on-danger": "danger", "primary-hover": "info-bg", "info": "info-bg",
		"success": "success-bg", "warning": "warning-bg", "error": "error-bg", "on-info-fill": "info-fill", "on-success-fill": "success-fill",
		"on-warning-fill": "warning-fill", "on-error-fill": "error-fill",
	} {
		check(foreground, background, forText)
	}
	check("on-primary", "primary-hover", forText)
	check("on-danger", "danger-hover", forText)
	for _, background := range []string{"bg", "bg-secondary", "bg-raised"} {
		check("control", background, forControls)
		for series := range 9 {
			check(fmt.Sprintf("chart-%d", series+1), background, forControls)
		}
	}
}
