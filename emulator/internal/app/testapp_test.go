package app_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/emulator/internal/app"
)

// behaviour is the variable that turns this test binary into an app.
const behaviour = "CORBEL_TEST_APP"

func TestMain(m *testing.M) {
	if b := os.Getenv(behaviour); b != "" {
		os.Exit(behave(b))
	}
	goleak.VerifyTestMain(m)
}

// behave is the app under test, in all its characters. It returns its exit code.
func behave(b string) int {
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	switch b {
	case "exits":
		fmt.Println("reading configuration")
		fmt.Fprint(os.Stderr, "cannot open warehouse")
		return 3
	case "exits silently":
		return 0
	case "hangs":
		<-terminate
	case "ignores SIGTERM":
		go serve()
		for range terminate {
		}
	case "leaves a child":
		child := exec.CommandContext(context.Background(), os.Args[0])
		child.Env = append(os.Environ(), behaviour+"=ignores SIGTERM", "DATABRICKS_APP_PORT=0")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			return fail(err)
		}
		fmt.Println("child", child.Process.Pid)
		go serve()
		<-terminate
	case "is a parent":
		return beParent()
	case "writes":
		io.WriteString(os.Stdout, "one\ntw") //nolint:errcheck // the test reads it
		fmt.Fprintln(os.Stderr, "error line")
		io.WriteString(os.Stdout, "o\n"+strings.Repeat("x", 200<<10)+"\nend") //nolint:errcheck // the test reads it
	case "serves":
		go serve()
		<-terminate
		fmt.Println("bye")
	}
	return 0
}

// beParent runs an app and waits to be killed.
func beParent() int {
	p, err := app.Start(app.Config{
		Command:     []string{os.Args[0]},
		Environment: []string{behaviour + "=ignores SIGTERM"},
		Stdout:      io.Discard, Stderr: io.Discard, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fail(err)
	}
	if err := p.WaitReady(context.Background()); err != nil {
		return fail(err)
	}
	pid := pidOf(p)
	fmt.Println("child", pid)
	<-p.Done()
	return 0
}

// pidOf asks an app for its process id.
func pidOf(p *app.Process) string {
	res, err := http.Get(p.URL().String() + "/pid") //nolint:noctx // ends with the test binary
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, strings.Join(os.Environ(), "\n"))
		fmt.Fprintln(w, "args", os.Args[1:])
	})
	mux.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	address := net.JoinHostPort(os.Getenv("CORBEL_SERVER_HOST"), os.Getenv("DATABRICKS_APP_PORT"))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: time.Minute}
	if err := server.ListenAndServe(); err != nil {
		os.Exit(fail(err))
	}
}
