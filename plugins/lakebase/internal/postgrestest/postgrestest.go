// Package postgrestest runs a real PostgreSQL for tests, with the rights that an app has on Lakebase and no more.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"corbel.example/plugins/lakebase/internal/database"
)

// App is the role of the app, Owner the superuser.
const (
	App   = "6f1a1d3e-app"
	Owner = "owner"
)

// patience is for a server to start, and for connections and statements: test machines may be busy.
const patience = 30 * time.Second

// Server is a running PostgreSQL. Its roles log in with Password.
type Server struct {
	Port     uint16
	Password string

	bin     string
	folder  string
	command *exec.Cmd
	ended   chan struct{}
	names   atomic.Int64
}

// Main runs a package's tests with a server that they share, and returns the exit code. Goroutines that they leave fail them.
func Main(m *testing.M, server **Server) (code int) {
	s, err := New(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	*server = s
	code = m.Run()
	err = s.Close()
	if code == 0 {
		// A library of the Databricks SDK starts it when the program does.
		err = errors.Join(err, goleak.Find(goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start")))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

// New makes a cluster and starts its server.
func New(ctx context.Context) (*Server, error) {
	s := &Server{Password: rand.Text()}
	var err error
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.folder, err = folder(); err != nil {
		return nil, err
	}
	if err := s.initialize(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.Run(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.admin(ctx, fmt.Sprintf(`CREATE ROLE %q LOGIN PASSWORD '%s'`, App, s.Password)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close ends the server and removes the cluster.
func (s *Server) Close() error {
	s.Kill()
	return os.RemoveAll(s.folder)
}

// Database makes a database in which the app may do what it may on the platform, and returns how the app reaches it.
func (s *Server) Database(t testing.TB) database.Settings {
	t.Helper()
	settings, err := s.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// NewDatabase is Database for programs that are no tests.
func (s *Server) NewDatabase(ctx context.Context) (database.Settings, error) {
	name := fmt.Sprintf("d%d", s.names.Add(1))
	for _, statement := range []string{
		"CREATE DATABASE " + name, "REVOKE ALL ON DATABASE " + name + " FROM PUBLIC",
		fmt.Sprintf("GRANT CONNECT, CREATE ON DATABASE %s TO %q", name, App),
	} {
		if err := s.admin(ctx, statement); err != nil {
			return database.Settings{}, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return database.Settings{
		Host: "127.0.0.1", Port: s.Port, Name: name, User: App, SSLMode: "disable", MinConnections: 1, MaxConnections: 5,
		Lifetime: time.Hour, AcquireTimeout: patience, StatementTimeout: patience,
	}, nil
}

// Connect returns a connection to a database, closed with the test.
func (s *Server) Connect(t testing.TB, role, name string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.address(role, name))
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

// SetPassword makes the app's role log in with another password.
func (s *Server) SetPassword(ctx context.Context, password string) error {
	return s.admin(ctx, fmt.Sprintf(`ALTER ROLE %q PASSWORD '%s'`, App, password))
}

func (s *Server) address(role, name string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", role, s.Password, s.Port, name)
}

func (s *Server) admin(ctx context.Context, statement string) error {
	c, err := pgx.Connect(ctx, s.address(Owner, "postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, statement)
	return errors.Join(err, c.Close(ctx))
}

func (s *Server) initialize(ctx context.Context) error {
	passwords := filepath.Join(s.folder, "password")
	if err := os.WriteFile(passwords, []byte(s.Password), 0o644); err != nil { //nolint:gosec // Of a cluster that lives as long as the tests.
		return err
	}
	c := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", Owner, "-A", "scram-sha-256", "--pwfile", passwords,
		"--no-sync", "-E", "UTF8", "--no-locale")
	c.Dir = s.folder
	if err := unprivileged(c); err != nil {
		return err
	}
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Run starts the server, again after Kill, and waits until it answers.
func (s *Server) Run(ctx context.Context) error {
	if s.Port == 0 {
		var err error
		if s.Port, err = freePort(ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if s.command == nil {
			if err := s.launch(); err != nil {
				return err
			}
		}
		err := s.admin(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			// Right after Kill the children of the last server may still be ending: the next one does not start before.
			s.command = nil
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not start: %w", err)
		}
	}
}

// launch starts the server's process, which Kill ends.
func (s *Server) launch() error {
	c := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(int(s.Port)), "-h", "127.0.0.1", "-k", "", //nolint:noctx // It outlives the call.
		"-c", "shared_buffers=16MB", "-c", "max_connections=100")
	c.Dir = s.folder
	if err := unprivileged(c); err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Wait() // killed, or ended by itself: ended says so
	}()
	s.command, s.ended = c, ended
	return nil
}

// Kill ends the server at once, as a crash would: its children see it and end too.
func (s *Server) Kill() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Kill() // it may have ended by itself
	<-s.ended
	s.command = nil
}

// binaries is the folder of PostgreSQL's programs.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: apt-get install postgresql, or brew install postgresql")
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// folder is one that the server's user can reach.
func folder() (string, error) {
	dir, err := os.MkdirTemp("", "postgres")
	if err != nil || os.Getuid() != 0 {
		return dir, err
	}
	uid, gid, err := nobody()
	if err == nil {
		err = os.Chown(dir, int(uid), int(gid))
	}
	return dir, err
}

// unprivileged makes a command run as somebody else when root runs the tests: PostgreSQL refuses to run as root.
func unprivileged(c *exec.Cmd) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := nobody()
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	return err
}

func nobody() (uid, gid uint32, err error) {
	account, err := user.Lookup("nobody")
	if err != nil {
		return 0, 0, err
	}
	u, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	g, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	return uint32(u), uint32(g), errors.Join(uidErr, gidErr)
}

func freePort(ctx context.Context) (uint16, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	address, err := netip.ParseAddrPort(listener.Addr().String())
	return address.Port(), errors.Join(err, listener.Close())
}
