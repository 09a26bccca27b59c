// Package figure keeps what tests have measured, for `make` to print at its end.
package figure

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var figures struct {
	sync.Mutex
	lines []string
}

// Note keeps what a test has measured.
func Note(t *testing.T, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Log(line)
	if t.Failed() {
		line += "   FAILED"
	}
	figures.Lock()
	defer figures.Unlock()
	figures.lines = append(figures.lines, fmt.Sprintf("%-42s %s", t.Name(), line))
}

// Write writes the figures into the file that CORBEL_E2E_FIGURES names, if any.
func Write() error {
	file := os.Getenv("CORBEL_E2E_FIGURES")
	if file == "" {
		return nil
	}
	figures.Lock()
	defer figures.Unlock()
	slices.Sort(figures.lines)
	return os.WriteFile(file, []byte(strings.Join(figures.lines, "\n")+"\n"), 0o600) //nolint:gosec // who runs the tests names the file
}
