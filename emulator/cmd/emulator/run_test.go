package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRunFromSignInToSignal(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "not", "there", "yet")
	e := start(t, state, "serves", "AWS_SECRET_ACCESS_KEY=hush")
	client := newClient(t)

	if status, body := get(t, client, e.url+"/whoami"); status != http.StatusUnauthorized || !strings.Contains(body, `"UNAUTHENTICATED"`) {
		t.Errorf("before sign-in: %d\n%s", status, body)
	}
	if status, _ := get(t, client, e.url+"/healthz"); status != http.StatusOK {
		t.Errorf("health: %d", status)
	}
	signIn(t, client, e.url, "ben@example.com")
	if status, body := get(t, client, e.url+"/whoami"); status != http.StatusOK || !strings.Contains(body, "ben@example.com") {
		t.Errorf("the workspace knows the user as: %d\n%s", status, body)
	}
	saw := look(t, client, e.url)
	if saw.Header.Get("X-Forwarded-Email") != "ben@example.com" {
		t.Errorf("the app saw %v", saw.Header)
	}
	checkAppEnvironment(t, saw.Environ)

	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
	waitGone(t, saw.PID)
	checkLog(t, e.out.String())

	again := start(t, state, "serves")
	second := look(t, reuse(t, client, e.url, again.url), again.url)
	if second.Header.Get("X-Forwarded-Email") != "ben@example.com" {
		t.Error("the session did not survive the restart")
	}
	if was, is := variableOf(saw.Environ, hostVariable), variableOf(second.Environ, hostVariable); was != is {
		t.Errorf("the workspace moved from %s to %s", was, is)
	}
	again.signal(syscall.SIGINT)
	if code := again.exitCode(); code != 0 {
		t.Errorf("SIGINT: exit code %d\n%s", code, again.out)
	}
}

// TestRunSpeaksTLSToTheApp gives the app a workspace of https, which it trusts by its environment.
func TestRunSpeaksTLSToTheApp(t *testing.T) {
	t.Parallel()
	e := start(t, t.TempDir(), "serves", "CORBEL_TLS=true", "SSL_CERT_FILE=/not/there")
	client := newClient(t)
	signIn(t, client, e.url, "ben@example.com")
	saw := look(t, client, e.url)
	if host := variableOf(saw.Environ, hostVariable); !strings.HasPrefix(host, "https://127.0.0.1:") {
		t.Errorf("%s is %q", hostVariable, host)
	}
	if file := variableOf(saw.Environ, "SSL_CERT_FILE"); !filepath.IsAbs(file) || file == "/not/there" {
		t.Errorf("SSL_CERT_FILE is %q", file)
	}
	if status, body := get(t, client, e.url+"/whoami"); status != http.StatusOK || !strings.Contains(body, "ben@example.com") {
		t.Errorf("the workspace by https: %d\n%s", status, body)
	}
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
}

// reuse is a client with the cookies of another: the front door has another port
// now, and cookies don't care for ports.
func reuse(t *testing.T, c *http.Client, from, to string) *http.Client {
	t.Helper()
	fromURL, toURL := parse(t, from), parse(t, to)
	next := newClient(t)
	next.Jar.SetCookies(toURL, c.Jar.Cookies(fromURL))
	return next
}

func checkAppEnvironment(t *testing.T, environ []string) {
	t.Helper()
	for _, name := range []string{
		"DATABRICKS_APP_NAME", "DATABRICKS_WORKSPACE_ID", hostVariable, "DATABRICKS_APP_PORT", "DATABRICKS_CLIENT_ID",
		"DATABRICKS_CLIENT_SECRET", warehouseVariable, "UNITY_CATALOG_NAME", "UNITY_CATALOG_SCHEMA", "PATH", "HOME",
	} {
		if variableOf(environ, name) == "" {
			t.Errorf("the app lacks %s", name)
		}
	}
	for _, name := range []string{"AWS_SECRET_ACCESS_KEY", "CORBEL_PORT", "DATABRICKS_TOKEN"} {
		if got := variableOf(environ, name); got != "" {
			t.Errorf("the app has %s=%s", name, got)
		}
	}
}

// checkLog checks that everything but the one line for people is JSON, and that
// the request through the front door left its traces.
func checkLog(t *testing.T, log string) {
	t.Helper()
	var forPeople []string
	requests := 0
	for line := range strings.Lines(log) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			forPeople = append(forPeople, line)
			continue
		}
		for _, key := range []string{"timestamp", "level", "message"} {
			if record[key] == nil {
				t.Errorf("log line lacks %s: %s", key, line)
			}
		}
		if record["module"] == "frontdoor" && record["route"] == "/whoami" && record["user_id"] != nil && record["request_id"] != nil {
			requests++
		}
	}
	if len(forPeople) != 1 || !strings.HasPrefix(forPeople[0], "Corbel is ready: open http://127.0.0.1:") {
		t.Errorf("lines for people: %q", forPeople)
	}
	if requests != 1 {
		t.Errorf("%d log lines of the request, want 1:\n%s", requests, log)
	}
}

func TestSecondRunOnOneStateFolderIsRefused(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	first := start(t, state, "serves")
	for _, args := range [][]string{{"run", "--", os.Args[0]}, {"serve"}} {
		_, stderr, code := command(t, state, []string{"CORBEL_PORT=0"}, args...)
		if code != 1 || !strings.Contains(stderr, "pid "+strconv.Itoa(first.cmd.Process.Pid)) || !strings.Contains(stderr, "CORBEL_STATE_DIR") {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
	first.signal(syscall.SIGKILL)
	first.exitCode()
	second := start(t, state, "serves") // the lock went with its owner
	second.signal(syscall.SIGTERM)
	if code := second.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, second.out)
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // binding a loopback port does not block
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	for name, args := range map[string][]string{
		"CORBEL_PORT":           {"run", "--", os.Args[0]},
		"CORBEL_WORKSPACE_PORT": {"serve"},
		"CORBEL_LAKEBASE_PORT":  {"serve", "--workspace-port", "0"},
	} {
		_, stderr, code := command(t, t.TempDir(), []string{name + "=" + port}, args...)
		if code != 1 || !strings.Contains(stderr, "port "+port+" is in use") || !strings.Contains(stderr, name) {
			t.Errorf("%s taken: exit code %d, %s", name, code, stderr)
		}
	}
}

func TestAppThatExits(t *testing.T) {
	t.Parallel()
	_, stderr, code := command(t, t.TempDir(), []string{"CORBEL_PORT=0", behaviour + "=exits"}, "run", "--", os.Args[0])
	if code != 1 || !strings.Contains(stderr, "exit status 7") || !strings.Contains(stderr, "no such plugin: sparkle") {
		t.Errorf("at the start: exit code %d, %s", code, stderr)
	}

	e := start(t, t.TempDir(), "serves")
	client := newClient(t)
	signIn(t, client, e.url, "ana@example.com")
	if status, _ := get(t, client, e.url+"/exit"); status != http.StatusBadGateway {
		t.Errorf("the request that broke it: %d", status)
	}
	if code := e.exitCode(); code != 1 || !strings.Contains(e.out.String(), "the app exited by itself (exit status 9)") {
		t.Errorf("later: exit code %d\n%s", code, e.out)
	}
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	e := start(t, t.TempDir(), "ignores SIGTERM")
	client := newClient(t)
	signIn(t, client, e.url, "ana@example.com")
	app := look(t, client, e.url).PID
	e.signal(syscall.SIGTERM)
	eventually(t, "the first signal to be taken", func() bool { return strings.Contains(e.out.String(), `"stopping"`) })
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 1 || !strings.Contains(e.out.String(), "second signal") {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
	waitGone(t, app)
}

func TestKilledEmulatorLeavesNoApp(t *testing.T) {
	t.Parallel()
	e := start(t, t.TempDir(), "ignores SIGTERM")
	client := newClient(t)
	signIn(t, client, e.url, "ana@example.com")
	app := look(t, client, e.url).PID
	e.signal(syscall.SIGKILL)
	e.exitCode()
	waitGone(t, app)
}

func TestRealWorkspaceSignsTheDeveloperIn(t *testing.T) {
	t.Parallel()
	databricks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/2.0/preview/scim/v2/Me" {
			http.NotFound(w, r)
			return
		}
		if r.Header.Get("Authorization") != "Bearer dapi-dana" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("X-Databricks-Org-Id", "4711")
		io.WriteString(w, `{"id":"9","userName":"dana@example.com","emails":[{"value":"dana@example.com","primary":true}]}`)
	}))
	defer databricks.Close()
	state := t.TempDir()
	e := start(t, state, "serves", "DATABRICKS_HOST="+databricks.URL, "DATABRICKS_TOKEN=dapi-dana", "DATABRICKS_WAREHOUSE_ID=w9", "DATABRICKS_CONFIG_PROFILE=")

	saw := look(t, newClient(t), e.url) // nobody signed in
	for name, want := range map[string]string{
		"X-Forwarded-User": "9@4711", "X-Forwarded-Email": "dana@example.com", "X-Forwarded-Access-Token": "dapi-dana",
	} {
		if got := saw.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		hostVariable: databricks.URL, "DATABRICKS_TOKEN": "dapi-dana", warehouseVariable: "w9", "DATABRICKS_WORKSPACE_ID": "4711", "DATABRICKS_CLIENT_ID": "",
	} {
		if got := variableOf(saw.Environ, name); got != want {
			t.Errorf("%s=%q, want %q", name, got, want)
		}
	}
	_, stderr, code := command(t, state, nil, "env")
	if code != 1 || !strings.Contains(stderr, "no workspace is emulated") {
		t.Errorf("env: exit code %d, %s", code, stderr)
	}
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
	if strings.Contains(e.out.String(), "dapi-dana") {
		t.Errorf("the log tells the token:\n%s", e.out)
	}

	_, stderr, code = command(t, state, []string{"CORBEL_PORT=0", "DATABRICKS_HOST=" + databricks.URL, "DATABRICKS_TOKEN=wrong"}, "run", "--", os.Args[0])
	if code != 1 || !strings.Contains(stderr, "unset DATABRICKS_HOST") {
		t.Errorf("a wrong token: exit code %d, %s", code, stderr)
	}
}

func TestSignalStopsTheWaitForASilentWorkspace(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-r.Context().Done()
	}))
	defer silent.Close()
	e := launch(t, t.TempDir(), []string{"CORBEL_PORT=0", "DATABRICKS_HOST=" + silent.URL, "DATABRICKS_TOKEN=dapi-dana", "DATABRICKS_CONFIG_PROFILE="}, "run", "--", os.Args[0])
	select {
	case <-asked:
	case <-time.After(waitLimit):
		t.Fatalf("the workspace was not asked\n%s", e.out)
	}
	told := time.Now()
	e.signal(syscall.SIGTERM)
	if code, took := e.exitCode(), time.Since(told); code != 0 || took > 2*time.Second {
		t.Errorf("exit code %d after %v, want 0 at once\n%s", code, took, e.out)
	}
}

func TestWorkspaceThatDoesNotListenIsSaidSoon(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	begun := time.Now()
	_, stderr, code := command(t, t.TempDir(), []string{"CORBEL_PORT=0", "DATABRICKS_HOST=" + gone.URL, "DATABRICKS_TOKEN=dapi-dana", "DATABRICKS_CONFIG_PROFILE="}, "run", "--", os.Args[0])
	if took := time.Since(begun); code != 1 || !strings.Contains(stderr, "check DATABRICKS_HOST") || took > 30*time.Second {
		t.Errorf("exit code %d after %v, %s", code, took, stderr)
	}
}

func TestServeAndEnv(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	_, stderr, code := command(t, state, nil, "env")
	if code != 1 || !strings.Contains(stderr, "make emulator") {
		t.Errorf("before: exit code %d, %s", code, stderr)
	}

	e := launch(t, state, []string{"CORBEL_WORKSPACE_PORT=0"}, "serve")
	e.awaitReady("Workspace ready at ")
	client := newClient(t)
	for user, want := range map[string]string{"": "ana@example.com", "ben": "ben@example.com", "CLEO@example.com": "cleo@example.com"} {
		args := []string{"env"}
		if user != "" {
			args = append(args, "--user", user)
		}
		stdout, stderr, code := command(t, state, nil, args...)
		if code != 0 {
			t.Fatalf("env %s: exit code %d, %s", user, code, stderr)
		}
		vars := exported(t, stdout)
		if vars[hostVariable] != e.url || vars[warehouseVariable] == "" || vars[endpointVariable] == "" || vars["DATABRICKS_CLIENT_SECRET"] != "" {
			t.Errorf("env %s:\n%s", user, stdout)
		}
		status, body := get(t, client, e.url+"/api/2.0/preview/scim/v2/Me", "Authorization", "Bearer "+vars["DATABRICKS_TOKEN"])
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("with the token of %q: %d\n%s", user, status, body)
		}
	}
	stdout, stderr, code := command(t, state, nil, "env", "--user", "ben", "--app")
	if vars := exported(t, stdout); code != 0 || vars["DATABRICKS_TOKEN"] == "" || vars["DATABRICKS_CLIENT_ID"] == "" || vars["DATABRICKS_CLIENT_SECRET"] == "" {
		t.Errorf("env --app: exit code %d, %s\n%s", code, stderr, stdout)
	}
	_, stderr, code = command(t, state, nil, "env", "--user", "eve")
	if code != 1 || !strings.Contains(stderr, `"eve"`) || !strings.Contains(stderr, "ana@example.com, ben@example.com, cleo@example.com") {
		t.Errorf("unknown user: exit code %d, %s", code, stderr)
	}
	e.signal(syscall.SIGINT)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}

	// What `emulator env` left in the shell does not name a real workspace.
	again := start(t, state, "serves", "DATABRICKS_HOST="+e.url, "DATABRICKS_TOKEN=old")
	signIn(t, newClient(t), again.url, "ana@example.com")
	again.signal(syscall.SIGTERM)
	again.exitCode()
}

// exported reads export lines as a shell does.
func exported(t *testing.T, text string) map[string]string {
	t.Helper()
	vars := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !ok || !strings.HasPrefix(value, "'") || !strings.HasSuffix(value, "'") {
			t.Fatalf("no export line: %q", line)
		}
		vars[name] = strings.Trim(value, "'")
	}
	return vars
}

func TestMisuseIsExplained(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		state string
		env   []string
		args  []string
		want  []string
	}{
		"no app":         {args: []string{"run"}, want: []string{"emulator run -- bin/corbel serve"}},
		"missing app":    {env: []string{"CORBEL_PORT=0"}, args: []string{"run", "--", "/no/such/app"}, want: []string{"/no/such/app", "after --"}},
		"port is a word": {env: []string{"CORBEL_PORT=http"}, args: []string{"run", "--", "x"}, want: []string{"CORBEL_PORT", "http"}},
		"port too large": {env: []string{"CORBEL_PORT=65536"}, args: []string{"run", "--", "x"}, want: []string{"CORBEL_PORT", "65536"}},
		"token life":     {env: []string{"CORBEL_DATABASE_TOKEN_LIFE=0s"}, args: []string{"serve"}, want: []string{"CORBEL_DATABASE_TOKEN_LIFE", "positive"}},
		"log level":      {env: []string{"LOG_LEVEL=loud"}, args: []string{"serve"}, want: []string{"LOG_LEVEL", "loud"}},
		"log format":     {env: []string{"LOG_FORMAT=xml"}, args: []string{"serve"}, want: []string{"LOG_FORMAT", "xml", "json or text"}},
		"state is file":  {state: file, args: []string{"serve"}, want: []string{"CORBEL_STATE_DIR"}},
		"unknown flag":   {args: []string{"serve", "--prot", "1"}, want: []string{"--prot"}},
		"unknown verb":   {args: []string{"sevre"}, want: []string{"sevre"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := tt.state
			if state == "" {
				state = t.TempDir()
			}
			_, stderr, code := command(t, state, tt.env, tt.args...)
			missing := slices.DeleteFunc(tt.want, func(w string) bool { return strings.Contains(stderr, w) })
			if code != 1 || len(missing) > 0 {
				t.Errorf("exit code %d, %q lacks %q", code, stderr, missing)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	stdout, _, code := command(t, t.TempDir(), nil, "version")
	if code != 0 || !strings.HasPrefix(stdout, "emulator ") {
		t.Errorf("exit code %d, %q", code, stdout)
	}
}
