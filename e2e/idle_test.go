package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"corbel.example/e2e/stack"
)

// What an application costs before anybody uses it.
func TestHostAndPluginStartFastAndStaySmall(t *testing.T) {
	const (
		maxStart  = time.Second
		maxMemory = 60 << 20
	)
	s := start(t)
	line, err := s.Log.Wait(bounded(t), func(l stack.Line) bool { return l.Field("message") == "host ready" })
	if err != nil {
		t.Fatal(err)
	}
	milliseconds, err := strconv.ParseFloat(line.Field("duration_ms"), 64)
	if err != nil {
		t.Fatalf("%s: %v", line.Text, err)
	}
	took := time.Duration(milliseconds * float64(time.Millisecond))
	memory := 0
	for _, program := range []string{"corbel", "plugins/unitycatalog"} {
		p, err := s.Process(t.Context(), program)
		if err != nil {
			t.Fatal(err)
		}
		memory += resident(t, p)
	}
	t.Logf("host and plugin ready in %v, with %d MiB", took, memory>>20)
	if took > maxStart {
		t.Errorf("host and plugin were ready in %v, over %v", took, maxStart)
	}
	if memory > maxMemory {
		t.Errorf("host and plugin have %d MiB, over %d", memory>>20, maxMemory>>20)
	}
}

// resident returns a process's resident memory in bytes, what it shares with others included.
func resident(t *testing.T, p stack.Process) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		t.Fatalf("statm of %v: %q", p, text)
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
