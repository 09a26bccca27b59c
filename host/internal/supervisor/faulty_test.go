package supervisor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/plugin"
	"corbel.example/sdk/serve"
)

// faulty is the plugin of these tests: the test binary itself, started under another path. The last folder of the path
// says how it misbehaves, the file's name is the plugin's.
type faulty struct {
	mode, name string
	settings   plugin.Settings
}

const (
	grantedVariable = "CORBEL_TEST_GRANTED"
	floodLines      = 1_000_000
)

func runFaulty() {
	path := os.Args[0]
	f := &faulty{mode: filepath.Base(filepath.Dir(path)), name: filepath.Base(path)}
	switch f.mode {
	case "stdout-rubbish":
		writeTo(1, "Welcome!\n|||\n1|1|\n{\"level\":\"info\"}\n"+strings.Repeat("z", 100<<10)+"\n")
	case "stderr-rubbish":
		writeTo(2, "{\"@timestamp\":1690000000.1}\n{\"@message\":5}\n\xff\xfe\x1b[2J\n"+strings.Repeat("y", 1<<20)+"\n")
	case "exit-at-once":
		writeTo(2, "cannot find my teapot\n")
		os.Exit(3)
	case "no-handshake":
		select {}
	case "elsewhere":
		writeTo(1, "1|1|tcp|127.0.0.1:1|grpc\n")
		select {}
	case "old-protocol":
		writeTo(1, "1|99|unix|/tmp/x|grpc\n")
		select {}
	case "ignores-term":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	case "leaves-child":
		leaveChild()
	}
	serve.Main(f)
}

func writeTo(fd int, text string) {
	for b := []byte(text); len(b) > 0; {
		n, err := syscall.Write(fd, b)
		if err != nil {
			os.Exit(9)
		}
		b = b[n:]
	}
}

// leaveChild starts a child that holds stderr open and outlives the plugin unless its whole group is killed.
func leaveChild() {
	_, err := os.StartProcess("/bin/sleep", []string{"sleep", "60"}, &os.ProcAttr{Files: []*os.File{nil, nil, os.Stderr}})
	if err != nil {
		writeTo(2, err.Error()+"\n")
		os.Exit(9)
	}
}

func (f *faulty) Manifest() plugin.Manifest {
	m := plugin.Manifest{
		Name: f.name, Version: "1.0.0",
		Routes: []plugin.Route{
			{Pattern: "/api/" + f.name + "/public/{rest...}"},
			{Method: "POST", Pattern: "/api/" + f.name + "/write"},
		},
	}
	switch f.mode {
	case "hangs-in-describe":
		select {}
	case "other-name":
		m.Name = "somebody-else"
	case "bad-version":
		m.Version = "latest"
	case "asks-for-variables":
		m.Environment = []string{grantedVariable, "PLUGIN_UNIX_SOCKET_DIR", "CORBEL_TEST_ABSENT"}
	case "caller":
		m.Calls = []plugin.CallTarget{
			{Plugin: "callee", Method: "GET", Pattern: "/api/callee/public/"},
			{Plugin: "absent", Method: "GET"},
		}
	case "needs-token":
		m.NeedsAccessToken = true
	}
	return m
}

func (f *faulty) Configure(_ context.Context, settings plugin.Settings) plugin.Diagnostics {
	f.settings = settings
	switch f.mode {
	case "hangs-in-configure":
		select {}
	case "refuses":
		return plugin.Diagnostics{{Severity: plugin.Error, Summary: "no warehouse", Detail: "set warehouse_id", Path: "warehouse_id"}}
	case "warns":
		return plugin.Diagnostics{{Severity: plugin.Warning, Summary: "old key", Path: "old"}}
	case "dies-in-configure":
		writeTo(2, "panic: dropped the teapot\n\ngoroutine 1 [running]:\n")
		os.Exit(2)
	case "exits-soon":
		time.AfterFunc(100*time.Millisecond, func() { os.Exit(4) })
	}
	return nil
}

// Check answers what the mode says.
func (f *faulty) Check(context.Context, plugin.Depth) plugin.Health {
	switch f.mode {
	case "not-serving":
		return plugin.Health{Status: plugin.NotServing, Message: "no teapot"}
	case "degraded":
		return plugin.Health{Status: plugin.Degraded, Message: "half a teapot"}
	}
	return plugin.Health{Status: plugin.Serving}
}

func (f *faulty) Drain(ctx context.Context) error {
	if f.mode == "ignores-term" {
		select {} // not even the deadline
	}
	return ctx.Err()
}

func (f *faulty) Handler() http.Handler {
	mux := http.NewServeMux()
	base := "/api/" + f.name + "/public/"
	mux.HandleFunc(base+"pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	mux.HandleFunc(base+"headers", func(w http.ResponseWriter, r *http.Request) { _ = r.Header.Write(w) })
	mux.HandleFunc(base+"environment", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Join(os.Environ(), "\n"))
	})
	mux.HandleFunc(base+"config", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(f.settings.Config) })
	mux.HandleFunc(base+"token", func(w http.ResponseWriter, r *http.Request) {
		id, _ := identity.FromContext(r.Context())
		fmt.Fprint(w, id.AccessToken.Reveal())
	})
	mux.HandleFunc(base+"panic", func(_ http.ResponseWriter, r *http.Request) {
		go func() { panic("the teapot\x1b[2J is gone") }()
		<-r.Context().Done()
	})
	mux.HandleFunc(base+"wait", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc(base+"slow", func(w http.ResponseWriter, _ *http.Request) {
		<-time.After(300 * time.Millisecond)
		fmt.Fprint(w, "slow but sure")
	})
	mux.HandleFunc(base+"half", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "half of")
		if http.NewResponseController(w).Flush() == nil {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	})
	mux.HandleFunc(base+"flood", func(http.ResponseWriter, *http.Request) { f.flood() })
	mux.HandleFunc(base+"print", func(_ http.ResponseWriter, r *http.Request) { fmt.Println(r.URL.Query().Get("text")) })
	mux.HandleFunc(base+"log", func(_ http.ResponseWriter, r *http.Request) {
		f.settings.Logger.InfoContext(r.Context(), "a line", "plugin", "forged", "level", "forged", "rows", 3)
	})
	mux.HandleFunc(base+"call", f.call)
	mux.HandleFunc("POST /api/"+f.name+"/write", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("die") != "" {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		_, _ = io.Copy(w, r.Body)
	})
	return mux
}

// flood writes a million lines to stderr and as many records to the log.
func (f *faulty) flood() {
	block := bytes.Repeat([]byte("a line of no interest to anybody, and much too long for its content\n"), 1000)
	for range floodLines / 1000 {
		writeTo(2, string(block))
		for range 1000 {
			f.settings.Logger.Info("a record of no interest")
		}
	}
}

// call calls another plugin and answers with its answer.
func (f *faulty) call(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	method := q.Get("method")
	if method == "" {
		method = http.MethodGet
	}
	out, err := http.NewRequestWithContext(r.Context(), method, q.Get("url"), http.NoBody)
	if err != nil {
		fault.Fail(w, err, "")
		return
	}
	out.Header.Set("Authorization", "Bearer stolen")
	out.Header.Set("X-Forwarded-Email", "root@example.com")
	out.Header.Set("X-Kept", "kept")
	resp, err := f.settings.Host.Call(out, q.Get("target"))
	if err != nil {
		fault.Fail(w, err, "")
		return
	}
	defer resp.Body.Close()
	w.Header().Set("X-Callee-Status", strconv.Itoa(resp.StatusCode))
	if _, err := io.Copy(w, resp.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
}
