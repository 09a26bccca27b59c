package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"corbel.example/e2e/stack"
)

const (
	gibibyte = 1 << 30
	// maxGrowth is how much a process may grow while a GiB passes through it.
	maxGrowth = 64 << 20
)

// withCourier starts a stack whose only plugin is the tests' courier.
func withCourier(t *testing.T) *stack.Stack {
	t.Helper()
	dir := t.TempDir()
	if err := programs.BuildPlugin(t.Context(), "./e2e/courier", filepath.Join(dir, "courier")); err != nil {
		t.Fatal(err)
	}
	config := "plugins:\n  courier:\n    required: true\n    path: " + filepath.Join(dir, "courier") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "corbel.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, "CORBEL_CONFIG_DIR="+dir)
}

// peaks measures the largest memory of host and plugin so far.
func peaks(t *testing.T, s *stack.Stack) map[string]int64 {
	t.Helper()
	out := make(map[string]int64)
	for _, program := range []string{"corbel", "courier"} {
		ps, err := s.Processes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			if name, _, _ := strings.Cut(p.Args, " "); filepath.Base(name) == program {
				out[program] = peak(t, p.PID)
			}
		}
	}
	if len(out) != 2 {
		t.Fatalf("host and plugin not found: %v", out)
	}
	return out
}

// peak returns a process's largest resident memory in bytes.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatalf("/proc/%d/status has no VmHWM", pid)
	return 0
}

// zeros is a body of n zeros.
func zeros(n int64) io.Reader { return io.LimitReader(zeroReader{}, n) }

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// open sends a request whose answer the test reads itself.
func open(t *testing.T, v *stack.Visitor, method, path string, body io.Reader) *http.Response {
	t.Helper()
	resp, err := v.Open(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() }) // what a broken-off body says is no matter here
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: status %d", method, path, resp.StatusCode)
	}
	return resp
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx := bounded(t)
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %v in vain: %s", waitTimeout, what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestAGibibytePassesInLittleMemory(t *testing.T) {
	s := withCourier(t)
	v := signIn(t, s, ana)
	for _, tt := range []struct {
		name string
		pass func(t *testing.T)
	}{
		{"download", func(t *testing.T) {
			resp := open(t, v, http.MethodGet, "/api/courier/download?bytes="+strconv.Itoa(gibibyte), nil)
			n, err := io.Copy(io.Discard, resp.Body)
			if err != nil || n != gibibyte || resp.ContentLength != gibibyte {
				t.Errorf("%d bytes of %d, %v", n, resp.ContentLength, err)
			}
		}},
		{"upload", func(t *testing.T) {
			resp := open(t, v, http.MethodPost, "/api/courier/upload", zeros(gibibyte))
			body, err := io.ReadAll(resp.Body)
			if err != nil || string(body) != strconv.Itoa(gibibyte) {
				t.Errorf("the plugin counted %q, %v", body, err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := peaks(t, s)
			begun := time.Now()
			tt.pass(t)
			took := time.Since(begun)
			for program, after := range peaks(t, s) {
				grown := after - before[program]
				t.Logf("%s of 1 GiB in %.1f s: %s grew by %d MiB to %d MiB", tt.name, took.Seconds(), program, grown>>20, after>>20)
				if grown >= maxGrowth {
					t.Errorf("%s grew by %d MiB, want less than %d", program, grown>>20, maxGrowth>>20)
				}
			}
		})
	}
}

func TestEventsArriveAtOnceAndEndWithTheClient(t *testing.T) {
	s := withCourier(t)
	v := signIn(t, s, ana)
	ctx, leave := context.WithCancel(t.Context())
	resp, err := v.Open(ctx, http.MethodGet, "/api/courier/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for i := range 10 {
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "id: ") {
		}
		if want := "id: " + strconv.Itoa(i); lines.Text() != want {
			t.Fatalf("got %q, want %q: %v", lines.Text(), want, lines.Err())
		}
	}
	listeners := func() string {
		a, err := v.Get(t.Context(), "/api/courier/listeners")
		if err != nil {
			t.Fatal(err)
		}
		return a.Body
	}
	if got := listeners(); got != "1" {
		t.Errorf("%s streams under way, want 1", got)
	}
	leave()
	eventually(t, "the stream ends with its client", func() bool { return listeners() == "0" })
}

func TestAClientThatReadsNothingHoldsUpNobody(t *testing.T) {
	s := withCourier(t)
	v := signIn(t, s, ana)
	for range 4 {
		open(t, v, http.MethodGet, "/api/courier/download?bytes="+strconv.Itoa(gibibyte), nil) // and never read
	}
	begun := time.Now()
	for range 50 {
		if a, err := v.Get(t.Context(), "/api/courier/listeners"); err != nil || a.Status != http.StatusOK {
			t.Fatalf("status %d, %v", a.Status, err)
		}
	}
	if took := time.Since(begun); took > waitTimeout/3 {
		t.Errorf("50 small requests took %v beside four clients that do not read", took)
	}
}

func TestLimitsOfARoute(t *testing.T) {
	s := withCourier(t)
	v := signIn(t, s, ana)
	for _, tt := range []struct {
		name, method, path string
		body               io.Reader
		status             int
		code               string
	}{
		{"body that fits", http.MethodPost, "/api/courier/small", zeros(1000), 200, ""},
		{"body too large, length unknown", http.MethodPost, "/api/courier/small", zeros(1001), 413, "TOO_LARGE"},
		{"body too large, announced", http.MethodPost, "/api/courier/small", strings.NewReader(strings.Repeat("x", 1001)), 413, "TOO_LARGE"},
		{"too slow", http.MethodGet, "/api/courier/sleep", nil, 504, "TIMEOUT"},
		{"panic", http.MethodGet, "/api/courier/panic", nil, 500, "INTERNAL"},
		{"bad input", http.MethodGet, "/api/courier/download?bytes=x", nil, 400, "INVALID"},
		{"wrong method", http.MethodDelete, "/api/courier/small", nil, 405, "METHOD_NOT_ALLOWED"},
		{"still alive", http.MethodGet, "/api/courier/listeners", nil, 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := v.Do(t.Context(), tt.method, tt.path, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status != tt.status {
				t.Fatalf("status %d, want %d: %s", a.Status, tt.status, a.Body)
			}
			if tt.code == "" {
				return
			}
			var problem struct {
				Code      string `json:"code"`
				RequestID string `json:"request_id"`
			}
			if err := a.Decode(&problem); err != nil {
				t.Fatal(err)
			}
			if problem.Code != tt.code || problem.RequestID != a.RequestID() || strings.Contains(a.Body, "as asked") {
				t.Errorf("problem %+v of request %q: %s", problem, a.RequestID(), a.Body)
			}
		})
	}
}
