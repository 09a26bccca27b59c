package supervisor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"corbel.example/sdk/fault"
)

func TestReady(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"), faultyPlugin(t, "good", "two"))
	for _, s := range h.Plugins() {
		if s.State != Ready || s.PID == 0 || s.Version != "1.0.0" || s.Message != "" || s.LastExit != nil {
			t.Errorf("status of %s: %+v", s.Name, s)
		}
	}
	if pid := h.serves(t, "one"); pid != h.Plugins()[0].PID {
		t.Errorf("the process is %d, its status says %d", pid, h.Plugins()[0].PID)
	}
	if group, err := syscall.Getpgid(h.Plugins()[0].PID); err != nil || group != h.Plugins()[0].PID {
		t.Errorf("process group %d, %v: a signal to the host's would reach it", group, err)
	}
	w, err := h.get(t, "two", "config")
	if err != nil || w.Body.String() != `{"for":"two"}` {
		t.Errorf("configuration %q, %v", w.Body, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.mounted) != 2 || h.mounted[0].Manifest.Name != "one" || h.mounted[1].State != "ready" {
		t.Errorf("mounted: %+v", h.mounted)
	}
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"), faultyPlugin(t, "leaves-child", "two"))
	pids := []int{h.serves(t, "one"), h.serves(t, "two")}
	folder := h.sockets.path
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder for sockets: %v, %v", info, err)
	}
	for range 2 {
		if err := h.Stop(t.Context()); err != nil {
			t.Fatalf("Stop: %v", err)
		}
	}
	for _, pid := range pids {
		if alive(pid) {
			t.Errorf("process %d lives", pid)
		}
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("folder for sockets after Stop: %v", err)
	}
	for _, s := range h.Plugins() {
		if s.State != Stopped || s.PID != 0 || s.LastExit == nil {
			t.Errorf("status of %s: %+v", s.Name, s)
		}
	}
	if _, err := h.get(t, "one", "pid"); err == nil {
		t.Error("a stopped plugin serves")
	}
	if err := h.Start(t.Context()); err == nil {
		t.Error("Start after Stop succeeds")
	}
}

// TestStopDrains: an exchange under way is finished, a new one is refused.
func TestStopDrains(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	var slow *httptest.ResponseRecorder
	var slowErr error
	var underWay sync.WaitGroup
	underWay.Go(func() { slow, slowErr = h.get(t, "one", "slow") })
	for h.Plugin("one").places.used.Load() == 0 {
		<-time.After(time.Millisecond)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- h.Stop(t.Context()) }()
	h.wait(t, "one", func(s Status) bool { return s.State == Draining || s.State == Stopped })
	if f := faultOf(t, second(h.get(t, "one", "pid"))); f.Kind != fault.Unavailable {
		t.Errorf("new exchange: %v", f)
	}
	underWay.Wait()
	if slowErr != nil || slow.Body.String() != "slow but sure" {
		t.Errorf("exchange under way: %q, %v", slow.Body, slowErr)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Stop: %v", err)
	}
	if s := h.Plugins()[0]; s.LastExit == nil || s.LastExit.Code != 0 {
		t.Errorf("it did not end by itself: %+v", s.LastExit)
	}
}

func TestStopBeforeStart(t *testing.T) {
	t.Parallel()
	h := newHost(t, fastSettings(), faultyPlugin(t, "good", "one"))
	if err := h.Stop(t.Context()); err != nil {
		t.Errorf("Stop: %v", err)
	}
	if err := h.Start(t.Context()); err == nil {
		t.Error("Start after Stop succeeds")
	}
}

func TestStartThatIsCancelledCleansUp(t *testing.T) {
	t.Parallel()
	h := newHost(t, fastSettings(), faultyPlugin(t, "no-handshake", "one"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := h.Start(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Start: %v", err)
	}
	if _, err := os.Stat(h.sockets.path); !os.IsNotExist(err) {
		t.Errorf("folder for sockets: %v", err)
	}
	if s := h.Plugins()[0]; s.State != Stopped {
		t.Errorf("status: %+v", s)
	}
}

// TestStopIsBounded: the plugin ignores signals, its drain never ends.
func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "ignores-term", "one"))
	pid := h.serves(t, "one")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if err := h.Stop(ctx); err != nil {
		t.Fatalf("Stop: %v", err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("Stop took %s", took)
	}
	if alive(pid) {
		t.Error("the process lives")
	}
}

func TestStartFailures(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	script := file("script", "#!/bin/sh\necho '{\"hello\": \"I am JSON\"}'\n", 0o700)
	withSum := faultyPlugin(t, "good", "sum")
	withSum.SHA256 = strings.Repeat("0", 64)
	badSum := faultyPlugin(t, "good", "badsum")
	badSum.SHA256 = "abc"
	short := fastSettings()
	short.Handshake, short.Describe, short.Configure = time.Second, 500*time.Millisecond, 500*time.Millisecond
	for _, test := range []struct {
		name string
		spec Spec
		want []string
	}{
		{"missing", Spec{Name: "x", Path: filepath.Join(folder, "missing")}, []string{"find: ", "missing does not exist", "build or install"}},
		{"folder", Spec{Name: "x", Path: folder}, []string{"find: ", "is not a file"}},
		{"not executable", Spec{Name: "x", Path: file("plain", "x", 0o600)}, []string{"find: ", "is not executable", "chmod +x"}},
		{"no program", Spec{Name: "x", Path: file("text", "what is this", 0o700)}, []string{"launch: ", "/text: exec format error"}},
		{"wrong checksum", withSum, []string{"verify: the sha256 of ", "not 0000", "update the plugin's sha256"}},
		{"checksum that is none", badSum, []string{"verify: ", `"abc" is not 64 hexadecimal digits`}},
		{"not a plugin", Spec{Name: "x", Path: "/bin/true"}, []string{"handshake: the process ended before it: exit status 0", "serve.Main"}},
		{"a script", Spec{Name: "x", Path: script}, []string{"handshake: the process ended before it", "I am JSON"}},
		{"exits at once", faultyPlugin(t, "exit-at-once", "x"), []string{"handshake: the process ended before it: exit status 3: cannot find my teapot"}},
		{"no handshake", faultyPlugin(t, "no-handshake", "x"), []string{"handshake: no answer of the process within 1s"}},
		{"listens elsewhere", faultyPlugin(t, "elsewhere", "x"), []string{"handshake: ", "instead of a unix socket"}},
		{"other protocol", faultyPlugin(t, "old-protocol", "x"), []string{"handshake: ", "Plugin version: 99"}},
		{"hangs in Describe", faultyPlugin(t, "hangs-in-describe", "x"), []string{"describe: no answer within 500ms"}},
		{"other name", faultyPlugin(t, "other-name", "x"), []string{"describe: manifest refused", `calls itself "somebody-else"`}},
		{"bad version", faultyPlugin(t, "bad-version", "x"), []string{"describe: manifest refused", `version "latest"`}},
		{"configuration not valid", faultyPlugin(t, "good", "unconfigured"), []string{"configure: configuration refused: colour: unknown key: did you mean"}},
		{"hangs in Configure", faultyPlugin(t, "hangs-in-configure", "x"), []string{"configure: no answer within 500ms"}},
		{"dies in Configure", faultyPlugin(t, "dies-in-configure", "x"), []string{"configure: the process ended: exit status 2: panic: dropped the teapot"}},
		{"refuses its configuration", faultyPlugin(t, "refuses", "x"), []string{"configure: configuration refused: warehouse_id: no warehouse: set warehouse_id"}},
		{"cannot serve", faultyPlugin(t, "not-serving", "x"), []string{"check: the plugin says that it cannot serve: no teapot"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, short, test.spec, faultyPlugin(t, "good", "neighbour"))
			h.serves(t, "neighbour")
			s := h.waitState(t, test.spec.Name, Failed)
			for _, part := range test.want {
				if !strings.Contains(s.Message, part) {
					t.Errorf("message %q has no %q", s.Message, part)
				}
			}
		})
	}
}

func TestChecksumThatFits(t *testing.T) {
	t.Parallel()
	spec := faultyPlugin(t, "good", "one")
	f, err := os.Open(spec.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, f); err != nil {
		t.Fatal(err)
	}
	spec.SHA256 = hex.EncodeToString(digest.Sum(nil))
	startHost(t, fastSettings(), spec).serves(t, "one")
}

func TestPluginThatAppearsLater(t *testing.T) {
	t.Parallel()
	program := faultyPlugin(t, "good", "late")
	spec := Spec{Name: "late", Path: program.Path + ".d/good/late"}
	h := startHost(t, fastSettings(), spec)
	h.waitState(t, "late", Failed)
	if err := os.MkdirAll(filepath.Dir(spec.Path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(program.Path, spec.Path); err != nil {
		t.Fatal(err)
	}
	h.waitState(t, "late", Ready)
	h.serves(t, "late")
}

func TestTwoPluginsOfOneName(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "good", "twin"), faultyPlugin(t, "good", "twin"))
	all := h.Plugins()
	if all[0].State != Ready || all[1].State != Failed || !strings.Contains(all[1].Message, "give each plugin a name of its own") {
		t.Errorf("statuses: %+v", all)
	}
	h.serves(t, "twin")
}

func TestEnvironmentOfPlugins(t *testing.T) {
	t.Setenv(grantedVariable, "granted")
	t.Setenv("CORBEL_TEST_SECRET", "hidden")
	t.Setenv("LANG", "C.UTF-8")
	h := startHost(t, fastSettings(), faultyPlugin(t, "asks-for-variables", "asks"), faultyPlugin(t, "good", "modest"))
	asks, err := h.get(t, "asks", "environment")
	if err != nil {
		t.Fatal(err)
	}
	modest, err := h.get(t, "modest", "environment")
	if err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]string{"asks": asks.Body.String(), "modest": modest.Body.String()} {
		if strings.Contains(env, "hidden") || !strings.Contains(env, "LANG=C.UTF-8") {
			t.Errorf("environment of %s:\n%s", name, env)
		}
		if got, want := strings.Contains(env, "=granted"), name == "asks"; got != want {
			t.Errorf("%s has the variable: %v, want %v", name, got, want)
		}
	}
	if s := h.Plugins()[0]; s.Restarts != 0 {
		t.Errorf("the launch with variables counts as %d restarts", s.Restarts)
	}
}

func TestWarningsAboutTheConfiguration(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "warns", "one"))
	h.serves(t, "one")
	h.logs.wait(t, "plugin warns about its configuration", `"path":"old"`, `"plugin":"one"`)
}

func TestDegraded(t *testing.T) {
	t.Parallel()
	h := startHost(t, fastSettings(), faultyPlugin(t, "degraded", "one"))
	h.serves(t, "one")
	if s := h.Plugins()[0]; s.State != Degraded || s.Message != "half a teapot" {
		t.Errorf("status: %+v", s)
	}
}
