// Command tiny is an app for tests, in all the characters that apps have. Its argument says
// which.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	terminate := make(chan os.Signal, 1)
	signal.Notify(terminate, syscall.SIGTERM)
	switch character := os.Args[1]; character {
	case "exits":
		fmt.Println("reading configuration")
		fmt.Fprintln(os.Stderr, "cannot open the warehouse")
		os.Exit(3)
	case "hangs":
		fmt.Println("hanging")
		<-terminate
	case "leaves a child":
		child := exec.Command(os.Args[0], "ignores SIGTERM") //nolint:noctx,gosec // that it outlives us is the point; it is this program
		child.Env = append(os.Environ(), "DATABRICKS_APP_PORT=0")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		if err := child.Start(); err != nil {
			fail(err)
		}
		fmt.Println("child", child.Process.Pid)
		serve(terminate)
	case "ignores SIGTERM":
		serve(nil)
	default:
		serve(terminate)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Seen is what the app sees of a request and of its surroundings.
type Seen struct {
	Header  http.Header
	Environ []string
	Dir     string
	Files   []string
	UID     int
	PID     int
}

func look(w http.ResponseWriter, r *http.Request) {
	seen := Seen{Header: r.Header, Environ: os.Environ(), UID: os.Getuid(), PID: os.Getpid()}
	seen.Dir, _ = os.Getwd()
	entries, _ := os.ReadDir(".")
	for _, e := range entries {
		seen.Files = append(seen.Files, e.Name())
	}
	if err := json.NewEncoder(w).Encode(seen); err != nil {
		fmt.Println(err)
	}
}

// serve serves until it is told to stop, and then until the requests are answered.
func serve(terminate <-chan os.Signal) {
	mux := http.NewServeMux()
	mux.HandleFunc("/", look)
	mux.HandleFunc("/certificate", func(w http.ResponseWriter, _ *http.Request) {
		text, err := os.ReadFile(os.Getenv("SSL_CERT_FILE")) //nolint:gosec // the emulator says which file
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Write(text)
	})
	mux.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) {
		if err := os.WriteFile("written", []byte("x"), 0o600); err != nil {
			fmt.Println(err)
		}
		look(w, r)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(300 * time.Millisecond):
		case <-r.Context().Done():
		}
		look(w, r)
	})
	mux.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) {
		fmt.Println("about to exit")
		os.Exit(9)
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:"+os.Getenv("DATABRICKS_APP_PORT"))
	if err != nil {
		fail(err)
	}
	fmt.Println("listening")
	done := make(chan struct{})
	go func() {
		defer close(done)
		<-terminate
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			fmt.Println(err)
		}
		fmt.Println("bye")
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		fail(err)
	}
	<-done
}
