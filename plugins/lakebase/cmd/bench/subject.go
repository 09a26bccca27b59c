package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"corbel.example/plugins/lakebase/internal/api"
	"corbel.example/plugins/lakebase/internal/config"
	"corbel.example/plugins/lakebase/internal/credential"
	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/secret"
)

const (
	roleDirect   = "direct"
	startTimeout = 30 * time.Second
)

// subject is a server in a process of its own.
type subject struct {
	address string
	cmd     *exec.Cmd
	folder  string
}

func (s *subject) stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait() // by the signal
	if s.folder != "" {
		err = errors.Join(err, os.RemoveAll(s.folder))
	}
	return err
}

// startDirect starts this program as the handler in process.
func startDirect(ctx context.Context, environment []string) (*subject, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, executable, "-role", roleDirect)
	cmd.Env, cmd.Stderr = append(os.Environ(), environment...), os.Stderr
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	s := &subject{address: strings.TrimSpace(line), cmd: cmd}
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, s.ready(ctx)
}

// startHost starts the host with the plugin as it is in production.
func startHost(ctx context.Context, corbel string, environment []string) (*subject, error) {
	folder, err := os.MkdirTemp("", "lakebase-bench")
	if err != nil {
		return nil, err
	}
	err = os.WriteFile(filepath.Join(folder, "corbel.yaml"), []byte("log:\n  level: warn\nplugins:\n  lakebase:\n    required: true\n"), 0o600)
	if err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, corbel, "serve", "--port", port)
	cmd.Env = append(os.Environ(), append(environment, "CORBEL_CONFIG_DIR="+folder)...)
	cmd.Stdout = os.Stderr // its log: warnings alone
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s (make build makes it): %w", corbel, err)
	}
	s := &subject{address: address, cmd: cmd, folder: folder}
	return s, s.ready(ctx)
}

// ready waits until the subject has read preferences from the database.
func (s *subject) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := once(ctx, http.DefaultClient, s.address, 0, false)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not answer: %w", s.cmd.Path, err), s.stop())
		}
	}
}

// serveDirect serves the plugin's own handler, on its own pool, without anything between.
func serveDirect() error {
	port, err := strconv.ParseUint(os.Getenv("PGPORT"), 10, 16)
	if err != nil {
		return err
	}
	defaults := config.Default()
	d, err := database.Open(database.Settings{
		Host: os.Getenv("PGHOST"), Port: uint16(port), Name: os.Getenv("PGDATABASE"), User: os.Getenv("PGUSER"), SSLMode: "disable",
		MinConnections: int32(defaults.MinConnections), MaxConnections: int32(defaults.MaxConnections), //nolint:gosec // small constants
		Lifetime: time.Hour, AcquireTimeout: 2 * time.Second, StatementTimeout: 5 * time.Second,
	}, credential.Static{Value: secret.New(os.Getenv("LAKEBASE_TOKEN"))}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	(&api.API{
		Preferences: store.PreferenceStore{Database: d}, Queries: store.Queries{Database: d}, Notes: store.Notes{Database: d},
		History: store.History{Database: d, Limit: defaults.HistoryLimit},
	}).Register(mux)
	var lc net.ListenConfig
	listener, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	server := &http.Server{ReadHeaderTimeout: startTimeout, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := identity.Identity{User: identity.User{ID: r.Header.Get(userHeader)}}
		mux.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), id)))
	})}
	return server.Serve(listener)
}
