package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// figures are what the tests have measured; `make e2e` prints them at its end.
var figures struct {
	sync.Mutex
	lines []string
}

// figure keeps what a test has measured.
func figure(t *testing.T, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Log(line)
	if t.Failed() {
		line += "   FAILED"
	}
	name, _, _ := strings.Cut(t.Name(), "/")
	figures.Lock()
	defer figures.Unlock()
	figures.lines = append(figures.lines, fmt.Sprintf("%-42s %s", name, line))
}

// writeFigures writes the figures into the file that CORBEL_E2E_FIGURES names, if any.
func writeFigures() error {
	file := os.Getenv("CORBEL_E2E_FIGURES")
	if file == "" {
		return nil
	}
	figures.Lock()
	defer figures.Unlock()
	slices.Sort(figures.lines)
	return os.WriteFile(file, []byte(strings.Join(figures.lines, "\n")+"\n"), 0o600)
}
