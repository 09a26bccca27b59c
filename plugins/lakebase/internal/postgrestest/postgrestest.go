// Package postgrestest runs a real PostgreSQL for tests, with the rights that an app has on Lakebase and no more.
package postgrestest

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/database"
)

// App is the role of the app, Owner the superuser.
const (
	App   = "6f1a1d3e-app"
	Owner = "owner"
)

const (
	databaseName = "databricks_postgres"
	startTimeout = 20 * time.Second
)

// Server is a running PostgreSQL. Its roles log in with Password.
type Server struct {
	Port     uint16
	Password string

	t       testing.TB
	bin     string
	folder  string
	command *exec.Cmd
}

// Start makes a cluster and starts its server, which ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, bin: binaries(t), Password: rand.Text(), folder: folder(t)}
	s.Port = freePort(t)
	s.initialize()
	s.Run()
	t.Cleanup(s.Kill)
	s.admin(t.Context(),
		fmt.Sprintf(`CREATE ROLE %q LOGIN PASSWORD '%s'`, App, s.Password),
		"CREATE DATABASE "+databaseName,
		"REVOKE ALL ON DATABASE "+databaseName+" FROM PUBLIC",
		fmt.Sprintf("GRANT CONNECT, CREATE ON DATABASE "+databaseName+" TO %q", App),
	)
	return s
}

// Settings are those of the app.
func (s *Server) Settings() database.Settings {
	return database.Settings{
		Host: "127.0.0.1", Port: s.Port, Name: databaseName, User: App, SSLMode: "disable", MinConnections: 1, MaxConnections: 5,
		AcquireTimeout: 2 * time.Second, StatementTimeout: 5 * time.Second,
	}
}

// Connect returns a connection to the app's database, closed with the test.
func (s *Server) Connect(t testing.TB, role string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.address(role, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (s *Server) address(role, name string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", role, s.Password, s.Port, name)
}

func (s *Server) admin(ctx context.Context, statements ...string) {
	s.t.Helper()
	c, err := pgx.Connect(ctx, s.address(Owner, "postgres"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := c.Exec(ctx, statement); err != nil {
			s.t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := c.Close(ctx); err != nil {
		s.t.Error(err)
	}
}

func (s *Server) initialize() {
	s.t.Helper()
	passwords := filepath.Join(s.folder, "password")
	if err := os.WriteFile(passwords, []byte(s.Password), 0o644); err != nil { //nolint:gosec // Of a cluster that lives as long as the test.
		s.t.Fatal(err)
	}
	s.run("initdb", "-D", s.data(), "-U", Owner, "-A", "scram-sha-256", "--pwfile", passwords, "--no-sync", "-E", "UTF8", "--no-locale")
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Run starts the server, again after Kill.
func (s *Server) Run() {
	s.t.Helper()
	var said bytes.Buffer
	//nolint:noctx // It outlives this call: Kill ends it.
	s.command = exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(int(s.Port)), "-h", "127.0.0.1", "-k", "",
		"-c", "shared_buffers=16MB", "-c", "max_connections=60")
	s.command.SysProcAttr, s.command.Dir = unprivileged(s.t), s.folder
	s.command.Stderr = &said
	if err := s.command.Start(); err != nil {
		s.t.Fatal(err)
	}
	deadline := time.Now().Add(startTimeout)
	for {
		c, err := pgx.Connect(s.t.Context(), s.address(Owner, "postgres"))
		if err == nil {
			err = c.Close(s.t.Context())
		}
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("PostgreSQL does not start: %v", err)
		}
		time.Sleep(20 * time.Millisecond) // until it listens: there is nothing else to wait for
	}
}

// Kill ends the server at once, as a crash would, and its children with it.
func (s *Server) Kill() {
	if s.command == nil {
		return
	}
	// The postmaster's death ends its children; waiting for it reaps it.
	if err := s.command.Process.Kill(); err == nil {
		_, _ = s.command.Process.Wait()
	}
	s.command = nil
}

func (s *Server) run(program string, args ...string) {
	s.t.Helper()
	c := exec.CommandContext(s.t.Context(), filepath.Join(s.bin, program), args...)
	c.SysProcAttr, c.Dir = unprivileged(s.t), s.folder
	if out, err := c.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// binaries is the folder of PostgreSQL's programs.
func binaries(t testing.TB) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		t.Fatal("PostgreSQL is not installed: apt-get install postgresql, or brew install postgresql")
	}
	slices.Sort(found)
	return found[len(found)-1]
}

// folder is one that the server's user can reach and that is gone after the test.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "postgres") //nolint:usetesting // t.TempDir is closed to the user that the server runs as.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if credential := unprivileged(t).Credential; credential != nil {
		if err := os.Chown(dir, int(credential.Uid), int(credential.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// unprivileged makes a command run as somebody else when root runs the test: PostgreSQL refuses to run as root.
func unprivileged(t testing.TB) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func freePort(t testing.TB) uint16 {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return uint16(port) //nolint:gosec // A port fits.
}
