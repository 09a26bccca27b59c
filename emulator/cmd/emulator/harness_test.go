package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// waitLimit bounds every wait of these tests; none comes near it.
const waitLimit = 60 * time.Second

// behaviour is the variable that turns this test binary into an app. Its name
// makes the emulator pass it on.
const behaviour = "CORBEL_TEST_APP"

// binary is the emulator, built for these tests.
var binary string

func TestMain(m *testing.M) {
	if b := os.Getenv(behaviour); b != "" {
		os.Exit(behave(b))
	}
	dir, err := os.MkdirTemp("", "emulator-test-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "emulator")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m,
		// A library of the SDK's starts this one when it is loaded, for good.
		goleak.IgnoreAnyFunction("go.opencensus.io/stats/view.(*worker).start"),
		goleak.Cleanup(func(code int) {
			if err := os.RemoveAll(dir); err != nil {
				panic(err)
			}
			os.Exit(code)
		}))
}

// behave is an app as small as can be. It returns its exit code.
func behave(b string) int {
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	if b == "exits" {
		fmt.Println("no such plugin: sparkle")
		return 7
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/seen", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(seen{Header: r.Header, Environ: os.Environ(), PID: os.Getpid()}) //nolint:errcheck // a test sees the missing body
	})
	mux.HandleFunc("/whoami", whoami)
	mux.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { os.Exit(9) })
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("DATABRICKS_APP_PORT"), Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() {
		if err := server.ListenAndServe(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}()
	<-terminate
	if b == "ignores SIGTERM" {
		select {}
	}
	return 0
}

// seen is what the app sees of a request and of its environment.
type seen struct {
	Header  http.Header
	Environ []string
	PID     int
}

// whoami asks the workspace about the user, with the user's token.
func whoami(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, os.Getenv(hostVariable)+"/api/2.0/preview/scim/v2/Me", http.NoBody)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	req.Header.Set("Authorization", "Bearer "+r.Header.Get("X-Forwarded-Access-Token"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	w.WriteHeader(res.StatusCode)
	io.Copy(w, res.Body) //nolint:errcheck // a test sees the missing body
}

// emulator is a running emulator.
type emulator struct {
	t   *testing.T
	cmd *exec.Cmd
	out *output
	url string // the one it printed, once it is ready
	end chan struct{}
}

// output collects the lines that a process writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// launch starts the emulator with nothing in its environment but what is given.
func launch(t *testing.T, stateDir string, env []string, args ...string) *emulator {
	t.Helper()
	e := &emulator{t: t, cmd: exec.CommandContext(t.Context(), binary, args...), out: &output{}, end: make(chan struct{})}
	e.cmd.Env = append([]string{"CORBEL_STATE_DIR=" + stateDir, "CORBEL_PORT=0", "HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}, env...)
	e.cmd.Stdout, e.cmd.Stderr = e.out, e.out
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e.watch()
	return e
}

// watch waits for the end.
func (e *emulator) watch() {
	go func() {
		defer close(e.end)
		// The error says the same as the exit code.
		_ = e.cmd.Wait()
	}()
	e.t.Cleanup(func() { <-e.end }) // its context is done by then, which kills it
}

// start launches the emulator with an app and waits until it is ready.
func start(t *testing.T, stateDir, app string, env ...string) *emulator {
	t.Helper()
	e := launch(t, stateDir, append(env, behaviour+"="+app), "run", "--", os.Args[0])
	e.awaitReady("Corbel is ready: open ")
	return e
}

func (e *emulator) awaitReady(before string) {
	e.t.Helper()
	eventually(e.t, "the line "+before, func() bool {
		_, after, ok := strings.Cut(e.out.String(), "\n"+before)
		if ok {
			e.url, _, ok = strings.Cut(after, " ")
			e.url = strings.TrimSuffix(e.url, ":")
		}
		select {
		case <-e.end:
			e.t.Fatalf("the emulator ended:\n%s", e.out)
		default:
		}
		return ok
	})
}

// signal sends a signal.
func (e *emulator) signal(s syscall.Signal) {
	e.t.Helper()
	if err := e.cmd.Process.Signal(s); err != nil {
		e.t.Fatal(err)
	}
}

// exitCode waits for the end.
func (e *emulator) exitCode() int {
	e.t.Helper()
	<-e.end
	return e.cmd.ProcessState.ExitCode()
}

// command runs the emulator to its end.
func command(t *testing.T, stateDir string, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	e := &emulator{t: t, cmd: exec.CommandContext(t.Context(), binary, args...), end: make(chan struct{})}
	var out, errs bytes.Buffer
	e.cmd.Env = append([]string{"CORBEL_STATE_DIR=" + stateDir, "PATH=" + os.Getenv("PATH")}, env...)
	e.cmd.Stdout, e.cmd.Stderr = &out, &errs
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e.watch()
	code = e.exitCode()
	return out.String(), errs.String(), code
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	deadline, tick := time.After(waitLimit), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline:
			t.Fatalf("waited %v in vain for: %s", waitLimit, what)
		case <-tick.C:
		}
	}
}

// newClient keeps cookies and follows no redirect.
func newClient(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Jar: jar, Transport: transport, Timeout: waitLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func get(t *testing.T, c *http.Client, address string, header ...string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return do(t, c, req)
}

func signIn(t *testing.T, c *http.Client, address, user string) {
	t.Helper()
	form := strings.NewReader(url.Values{"user": {user}}.Encode())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/_frontdoor/sign-in", form)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, body := do(t, c, req); status != http.StatusSeeOther {
		t.Fatalf("sign in: %d\n%s", status, body)
	}
}

func do(t *testing.T, c *http.Client, req *http.Request) (status int, body string) {
	t.Helper()
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// look returns what the app sees of a signed-in user.
func look(t *testing.T, c *http.Client, address string) seen {
	t.Helper()
	status, body := get(t, c, address+"/seen")
	var s seen
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatalf("%d: %v\n%s", status, err, body)
	}
	return s
}

// waitGone waits for the end of a process that is not ours to wait for.
func waitGone(t *testing.T, pid int) {
	t.Helper()
	eventually(t, fmt.Sprintf("the end of process %d", pid), func() bool {
		if syscall.Kill(pid, 0) != nil {
			return true
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err == nil && bytes.Contains(stat, []byte(") Z ")) // ended, and nobody has asked how
	})
}
