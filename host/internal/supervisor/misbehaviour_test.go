package supervisor

import (
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"corbel.example/sdk/wire"
)

func TestRubbishOnStdoutBeforeTheHandshake(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "stdout-rubbish", "one"))
	h.serves(t, "one")
	h.logs.wait(t, `"line":"Welcome!"`, `"plugin":"one"`, `"level":"WARN"`)
	h.logs.wait(t, "zzz", `"cut_at_bytes":65536`)
}

func TestRubbishOnStderr(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "stderr-rubbish", "one"))
	h.serves(t, "one")
	h.logs.wait(t, `{\"@timestamp\":1690000000.1}`)
	h.logs.wait(t, `{\"@message\":5}`)
	h.logs.wait(t, "��\\\\u001b[2J")
	if line := h.logs.wait(t, "yyyy", `"cut_at_bytes":65536`); len(line) > 2*maxLine {
		t.Errorf("a line of %d bytes was logged", len(line))
	}
}

// TestPrintsAfterTheHandshake: go-plugin takes over os.Stdout then, and by default throws away what comes there.
func TestPrintsAfterTheHandshake(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	if _, err := h.get(t, "one", "print?text=hello+there"); err != nil {
		t.Fatal(err)
	}
	h.logs.wait(t, `"msg":"plugin stdout"`, `"line":"hello there"`)
}

func TestRecordsOfAPluginCannotForgeTheHostsKeys(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	if _, err := h.get(t, "one", "log"); err != nil {
		t.Fatal(err)
	}
	line := h.logs.wait(t, `"a line"`, `"rows":3`)
	for _, part := range []string{`"plugin":"one"`, `"attr_plugin":"forged"`, `"level":"INFO"`, `"request_id":"r-1"`} {
		if !strings.Contains(line, part) {
			t.Errorf("line has no %s: %s", part, line)
		}
	}
	if strings.Contains(line, `"plugin":"forged"`) {
		t.Errorf("line is forged: %s", line)
	}
}

func TestRestartsAtOnceTheFirstTime(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.RestartWait, settings.RestartWaitMax = time.Hour, time.Hour
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	first := h.serves(t, "one")
	kill(t, first)
	if second := h.serves(t, "one"); second == first {
		t.Error("the killed process serves")
	}
	s := h.waitState(t, "one", Ready)
	if s.Restarts != 1 || s.LastExit == nil || s.LastExit.Signal != "killed" {
		t.Errorf("status: %+v, last exit %+v", s, s.LastExit)
	}
}

func TestCrashLoop(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "exits-soon", "one"), faultyPlugin(t, "good", "two"))
	s := h.waitState(t, "one", CrashLoop)
	if s.LastExit == nil || s.LastExit.Code != 4 || !strings.Contains(s.Message, "exit status 4") || !strings.Contains(s.Message, "deaths in a row") {
		t.Errorf("status: %+v", s)
	}
	if again := h.wait(t, "one", func(s Status) bool { return s.Restarts > 4 }); again.Restarts <= 4 {
		t.Errorf("it is given up: %+v", again)
	}
	h.serves(t, "two")
}

func TestPanicInAGoroutine(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/one/public/panic", http.NoBody)
	f := faultOf(t, h.Plugin("one").Forward(w, r, wire.Exchange{}))
	if f.Retryable {
		t.Error("a POST that the plugin may have performed is said to be retryable")
	}
	h.serves(t, "one")
	s := h.waitState(t, "one", Ready)
	if s.LastExit == nil || s.LastExit.Code != 2 || s.LastExit.Panic != `panic: the teapot\u001b[2J is gone` {
		t.Fatalf("last exit: %+v", s.LastExit)
	}
	if !slices.ContainsFunc(s.LastExit.Output, func(line string) bool { return strings.HasPrefix(line, "goroutine ") }) {
		t.Errorf("last output: %q", s.LastExit.Output)
	}
	h.logs.wait(t, `"level":"ERROR"`, "created by ")
}

// TestStoppedProcess: it hangs as a whole, so that go-plugin's Ping and Kill would hang with it.
func TestStoppedProcess(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.Check, settings.CheckInterval, settings.CheckFailures = 100*time.Millisecond, 50*time.Millisecond, 2
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	first := h.serves(t, "one")
	if err := syscall.Kill(first, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	s := h.wait(t, "one", func(s Status) bool { return s.State == Ready && s.PID != first })
	if !strings.Contains(s.LastExit.Reason, "killed after 2 failed health checks, the last: check: no answer within 100ms") {
		t.Errorf("last exit: %+v", s.LastExit)
	}
	if alive(first) {
		t.Error("the hanging process lives")
	}
	h.serves(t, "one")
}

func TestStopOfAStoppedProcess(t *testing.T) {
	t.Parallel()
	settings := fastSettings()
	settings.Kill = 300 * time.Millisecond
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	pid := h.serves(t, "one")
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := h.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("Stop took %s", took)
	}
	if alive(pid) {
		t.Error("the process lives")
	}
}

// TestLogFlood: a million lines on stderr and a million records; the host stays small and the neighbour quick.
func TestLogFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("floods for seconds: run without -short")
	}
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "flooder"), faultyPlugin(t, "good", "neighbour"))
	h.serves(t, "neighbour")
	quiet := latencies(t, h, 200)
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begun := time.Now()
	over := make(chan error, 1)
	go func() {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/flooder/public/flood", http.NoBody)
		over <- h.Plugin("flooder").Forward(httptest.NewRecorder(), r, wire.Exchange{})
	}()
	h.logs.wait(t, "log lines of the plugin dropped", `"plugin":"flooder"`)
	var noisy []time.Duration
	var peak uint64
	for flooding := true; flooding; {
		noisy = append(noisy, latencies(t, h, 50)...)
		runtime.ReadMemStats(&during)
		peak = max(peak, during.HeapInuse)
		select {
		case err := <-over:
			if err != nil {
				t.Fatalf("flood: %v", err)
			}
			flooding = false
		default:
		}
	}
	slices.Sort(noisy)
	took := time.Since(begun)
	h.logs.mu.Lock()
	lines := h.logs.total
	h.logs.mu.Unlock()
	settings := fastSettings().withDefaults()
	if limit := settings.LogBurst + int(took.Seconds()+2)*(settings.LogRate+10); lines > limit {
		t.Errorf("%d lines logged in %s, want at most %d", lines, took, limit)
	}
	if grown := int64(peak) - int64(before.HeapInuse); grown > 64<<20 {
		t.Errorf("the host grew by %d MiB", grown>>20)
	}
	if p50 := noisy[len(noisy)/2]; p50 > 20*time.Millisecond {
		t.Errorf("the neighbour's median is %s", p50)
	}
	t.Logf("flood of 2 million lines in %s: %d logged, heap %d -> %d MiB at most, neighbour's p50 %s -> %s, p99 %s -> %s",
		took.Round(time.Millisecond), lines, before.HeapInuse>>20, peak>>20,
		quiet[len(quiet)/2], noisy[len(noisy)/2], quiet[len(quiet)*99/100], noisy[len(noisy)*99/100])
}

func latencies(t *testing.T, h *testHost, n int) []time.Duration {
	t.Helper()
	took := make([]time.Duration, n)
	for i := range took {
		begun := time.Now()
		h.serves(t, "neighbour")
		took[i] = time.Since(begun)
	}
	slices.Sort(took)
	return took
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill %d: %v", pid, err)
	}
}

// TestLongTemporaryFolder: sockets whose path is too long cannot be bound.
func TestLongTemporaryFolder(t *testing.T) {
	folder := t.TempDir() + "/" + strings.Repeat("long", 30)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", folder)
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	h.serves(t, "one")
	if strings.HasPrefix(h.sockets.path, folder) {
		t.Errorf("sockets are in %s", h.sockets.path)
	}
}

// TestDescriptorsOfManyLives: nothing of a process that has ended stays behind.
func TestDescriptorsOfManyLives(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("counts descriptors in /proc")
	}
	settings := fastSettings()
	settings.RestartWait, settings.RestartWaitMax = time.Millisecond, time.Millisecond
	h := startHost(t, settings, faultyPlugin(t, "good", "one"))
	kill(t, h.serves(t, "one"))
	pid := h.serves(t, "one")
	before := openFiles(t)
	for range 10 {
		kill(t, pid)
		pid = h.serves(t, "one")
	}
	h.wait(t, "one", func(s Status) bool { return s.Restarts == 11 })
	timeout := time.After(patience)
	folders := func() int { return len(entries(t, h.sockets.path)) }
	for openFiles(t) > before+2 || folders() > 1 {
		select {
		case <-time.After(5 * time.Millisecond): // the old ones are closed beside the new one's start
		case <-timeout:
			t.Fatalf("%d files open after the first restart, %d after ten more; %d folders for sockets", before, openFiles(t), folders())
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	return len(entries(t, "/proc/"+strconv.Itoa(os.Getpid())+"/fd"))
}

func entries(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
