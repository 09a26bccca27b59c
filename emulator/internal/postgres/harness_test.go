package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"go.uber.org/goleak"
)

const (
	// waitLimit bounds every wait of these tests; none comes near it.
	waitLimit = 2 * time.Minute

	// behaviour turns this test binary into another process, and behaviourDir is its folder.
	behaviour    = "CORBEL_TEST_BEHAVIOUR"
	behaviourDir = "CORBEL_TEST_DIR"

	app = "1c0ffee0-0000-4000-8000-000000000001"
	ben = "ben@example.com"
)

func TestMain(m *testing.M) {
	if os.Getenv(behaviour) != "" {
		os.Exit(behave(os.Getenv(behaviourDir)))
	}
	goleak.VerifyTestMain(m)
}

// behave is an emulator that only runs a server, until it is killed.
func behave(dir string) int {
	s, err := Open(testConfig(dir))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if err := s.Await(context.Background()); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("server", s.Status().PID)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	return 0
}

func testConfig(dir string) Config {
	return Config{Dir: dir, Roles: []Role{{Name: app, Creates: true}, {Name: ben}}, Logger: slog.New(slog.DiscardHandler)}
}

// open runs a server until the test ends.
func open(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Open(testConfig(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeServer(t, s) })
	await(t, s)
	return s
}

// closeServer closes a server; twice does no harm.
func closeServer(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Close(context.Background()); err != nil { //nolint:usetesting // the test's context is over in a cleanup
		t.Error(err)
	}
}

func await(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	if err := s.Await(ctx); err != nil {
		t.Fatal(err)
	}
}

// query runs a statement as a role and returns its rows: columns with | between them.
func query(t *testing.T, s *Server, role, statement string) ([]string, error) {
	t.Helper()
	session, err := s.Login(t.Context(), map[string]string{"user": role, "database": Database})
	if err != nil {
		return nil, err
	}
	defer session.Close()
	return session.query(statement)
}

// query runs a statement and returns its rows.
func (s *Session) query(statement string) (rows []string, err error) {
	if err := send(s.Conn, &pgproto3.Query{String: statement}); err != nil {
		return nil, err
	}
	for {
		message, err := receive(s.Conn)
		var refused *ServerError
		switch {
		case errors.As(err, &refused):
			rows, err = nil, send(s.Conn, &pgproto3.Sync{})
			return rows, errors.Join(refused, err)
		case err != nil:
			return nil, err
		case message[0] == 'Z':
			return rows, nil
		case message[0] == 'D':
			var row pgproto3.DataRow
			if err := row.Decode(message[5:]); err != nil {
				return nil, err
			}
			cells := make([]string, len(row.Values))
			for i, v := range row.Values {
				cells[i] = string(v)
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
}

// mustQuery runs a statement that must succeed.
func mustQuery(t *testing.T, s *Server, role, statement string) string {
	t.Helper()
	rows, err := query(t, s, role, statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return strings.Join(rows, "\n")
}

// refusedWith is the SQLSTATE of an error.
func refusedWith(err error) string {
	var refused *ServerError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return fmt.Sprint(err)
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

// another starts a process of its own that runs a server on the folder, and returns the
// server's process too.
func another(t *testing.T, dir string) (emulator *exec.Cmd, server int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), behaviour+"=serve", behaviourDir+"="+dir)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanf(stdout, "server %d\n", &server); err != nil {
		t.Fatal(err)
	}
	return cmd, server
}

// openFolder is a folder that every user can reach, as a test's own is not.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "corbel-test-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}
