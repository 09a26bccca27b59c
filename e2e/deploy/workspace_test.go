package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startLimit = 60 * time.Second
	stopLimit  = 60 * time.Second
	callLimit  = 30 * time.Second
	maxAnswer  = 64 << 20
)

// workspace is a running embedded workspace.
type workspace struct {
	state  string
	cmd    *exec.Cmd
	exited chan error
	log    output
	// admin is the environment of ana, who administers it; deployer that of a service principal that does.
	admin, deployer []string
}

// output is what a program has written so far.
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

// basic is an environment that leads to no workspace and to nobody's settings.
func basic(home string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "DATABRICKS_CLI_DO_NOT_UPDATE=1"}
}

func startWorkspace(ctx context.Context, state string) (*workspace, error) {
	w := &workspace{state: state, exited: make(chan error, 1)}
	w.cmd = exec.Command(filepath.Join(here, "emulator"), "serve") //nolint:noctx // stop ends it in order
	w.cmd.Env = append(basic(here), "CORBEL_STATE_DIR="+state, "CORBEL_WORKSPACE_PORT=0")
	w.cmd.Stdout, w.cmd.Stderr = &w.log, &w.log
	w.cmd.WaitDelay = stopLimit
	if err := w.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { w.exited <- w.cmd.Wait() }()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		admin, err := w.environmentOf(ctx, "ana")
		if err == nil {
			w.admin = admin
			w.deployer, err = w.environmentOf(ctx, "deployer")
			return w, err
		}
		select {
		case ended := <-w.exited:
			return nil, fmt.Errorf("the workspace ended: %w\n%s", ended, &w.log)
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("the workspace does not start: %w\n%s", err, &w.log), w.stop())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// newWorkspace starts a workspace for one test.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w, err := startWorkspace(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.stop(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// environmentOf is what `emulator env` prints for somebody.
func (w *workspace) environmentOf(ctx context.Context, user string) ([]string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(here, "emulator"), "env", "--user", user)
	cmd.Env = append(basic(here), "CORBEL_STATE_DIR="+w.state)
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var env []string
	for line := range strings.Lines(string(out)) {
		pair, _ := strings.CutPrefix(strings.TrimSpace(line), "export ")
		name, value, _ := strings.Cut(pair, "=")
		env = append(env, name+"="+strings.Trim(value, "'"))
	}
	return env, nil
}

// stop ends the workspace, and with it the apps.
func (w *workspace) stop() error {
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-w.exited:
		return err
	case <-time.After(stopLimit):
		return errors.Join(errors.New("the workspace does not end"), w.cmd.Process.Kill())
	}
}

// variable is one of ana's environment.
func (w *workspace) variable(name string) string {
	for _, pair := range w.admin {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// get gets an address as ana, of an app or of the workspace.
func (w *workspace) get(ctx context.Context, address string) (status int, body string, err error) {
	return w.send(ctx, http.MethodGet, address, "")
}

// send sends JSON to an address as ana.
func (w *workspace) send(ctx context.Context, method, address, content string) (status int, body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(content))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("Authorization", "Bearer "+w.variable("DATABRICKS_TOKEN"))
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, string(text), err
}

// page gets an address that must answer with 200.
func (w *workspace) page(t *testing.T, address string) string {
	t.Helper()
	status, body, err := w.get(t.Context(), address)
	if err != nil || status != http.StatusOK {
		t.Fatalf("GET %s: status %d, %v: %.500s", address, status, err, body)
	}
	return body
}

// uploads are the app's files that were uploaded since a time, by the workspace's own log.
func (w *workspace) uploads(t *testing.T, since time.Time) []string {
	t.Helper()
	query := url.Values{"limit": {"500"}, "path": {"/api/2.0/workspace-files/import-file/*"}}
	var answer struct {
		Requests []struct {
			Timestamp time.Time `json:"timestamp"`
			Path      string    `json:"path"`
		} `json:"requests"`
	}
	text := w.page(t, w.variable("DATABRICKS_HOST")+"/_emulator/requests?"+query.Encode())
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, r := range answer.Requests {
		if _, file, ok := strings.Cut(r.Path, "/files/dist/"); ok && r.Timestamp.After(since) {
			files = append(files, file)
		}
	}
	return files
}
