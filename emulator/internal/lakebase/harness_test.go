package lakebase

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/goleak"

	"corbel.example/emulator/internal/certificate"
	"corbel.example/emulator/internal/postgres"
	"corbel.example/emulator/internal/principal"
)

const (
	// waitLimit bounds every wait of these tests; none comes near it.
	waitLimit = 2 * time.Minute

	ana = "ana@example.com"
	ben = "ben@example.com"
)

// suite closes what the tests share before goroutines are counted.
type suite struct{ *testing.M }

func (s suite) Run() int {
	code := s.M.Run()
	if common.base != nil {
		if err := errors.Join(common.base.Close(context.Background()), os.RemoveAll(common.dir)); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return code
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(suite{m}) }

// served is a Lakebase and its principals.
type served struct {
	base      *Lakebase
	directory *principal.Directory
	dir       string
	roots     *x509.CertPool
}

var (
	common     served
	makeCommon sync.Once
)

// shared is the Lakebase of the tests that do it no harm.
func shared(t testing.TB) *served {
	t.Helper()
	makeCommon.Do(func() {
		dir, err := os.MkdirTemp("", "lakebase-test-") //nolint:usetesting // it outlives the test
		if err != nil {
			t.Fatal(err)
		}
		common = *open(t, dir)
	})
	if common.base == nil {
		t.Fatal("the shared Lakebase did not open")
	}
	return &common
}

// fresh is a Lakebase of the test's own, that is closed with it.
func fresh(t *testing.T) *served {
	t.Helper()
	return freshWith(t, 0)
}

// freshWith is one with another time for logins.
func freshWith(t *testing.T, loginTimeout time.Duration) *served {
	t.Helper()
	s := openWith(t, t.TempDir(), loginTimeout)
	t.Cleanup(func() { s.close(t) })
	return s
}

func (s *served) close(t *testing.T) {
	t.Helper()
	if err := s.base.Close(context.Background()); err != nil { //nolint:usetesting // the test's context is over in a cleanup
		t.Error(err)
	}
}

func open(t testing.TB, dir string) *served {
	t.Helper()
	return openWith(t, dir, 0)
}

func openWith(t testing.TB, dir string, loginTimeout time.Duration) *served {
	t.Helper()
	directory, err := principal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := certificate.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Loopback()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, certificate.File))
	if err != nil {
		t.Fatal(err)
	}
	s := &served{directory: directory, dir: dir, roots: x509.NewCertPool()}
	if !s.roots.AppendCertsFromPEM(text) {
		t.Fatal("no certificate")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // binding a loopback port does not block
	if err != nil {
		t.Fatal(err)
	}
	s.base, err = Open(Config{Listener: l, Certificate: pair, Dir: dir, Principals: directory, Logger: slog.New(slog.DiscardHandler), loginTimeout: loginTimeout})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	if err := s.base.Server().Await(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// credential makes a token of a user, or of the app.
func (s *served) credential(t testing.TB, user string) string {
	t.Helper()
	p, ok := s.directory.User(user)
	if app := s.directory.App(); app.UserName == user {
		p, ok = app, true
	}
	if !ok {
		t.Fatalf("no principal %q", user)
	}
	token, _, err := s.base.Credential(p, 0)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (s *served) address() string { return s.base.Address().String() }

// config is a client's configuration. What the environment says does not count.
func (s *served) config(t testing.TB, user, token string) *pgconn.Config {
	t.Helper()
	c, err := pgconn.ParseConfig("sslmode=require")
	if err != nil {
		t.Fatal(err)
	}
	c.Host, c.Port = s.base.Address().IP.String(), uint16(s.base.Address().Port)
	c.User, c.Password, c.Database = user, token, postgres.Database
	c.TLSConfig = &tls.Config{RootCAs: s.roots, ServerName: "localhost"}
	c.Fallbacks, c.RuntimeParams = nil, map[string]string{}
	return c
}

// connect logs a client in until the test ends.
func (s *served) connect(t testing.TB, user string) *pgconn.PgConn {
	t.Helper()
	conn, err := connect(t, s.config(t, user, s.credential(t, user)))
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func connect(t testing.TB, c *pgconn.Config) (*pgconn.PgConn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	conn, err := pgconn.ConnectConfig(ctx, c)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), waitLimit) //nolint:usetesting // the test's context is over in a cleanup
		defer cancel()
		conn.Close(ctx)
	})
	return conn, nil
}

// exec runs statements and returns the first value of the last one that has any.
func exec(t *testing.T, conn *pgconn.PgConn, statements string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	results, err := conn.Exec(ctx, statements).ReadAll()
	if err != nil {
		return "", err
	}
	value := ""
	for _, r := range results {
		if len(r.Rows) > 0 {
			value = string(r.Rows[0][0])
		}
	}
	return value, nil
}

func mustExec(t *testing.T, conn *pgconn.PgConn, statements string) string {
	t.Helper()
	value, err := exec(t, conn, statements)
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return value
}

// code is the SQLSTATE of an error.
func code(err error) string {
	var refused *pgconn.PgError
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

// dial connects without saying anything.
func (s *served) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(waitLimit)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// secure asks for TLS and shakes hands.
func (s *served) secure(t *testing.T) net.Conn {
	t.Helper()
	raw := s.dial(t)
	if _, err := raw.Write(packet(sslRequest, nil)); err != nil {
		t.Fatal(err)
	}
	if answer := make([]byte, 1); !read(t, raw, answer) || answer[0] != 'S' {
		t.Fatalf("answer %q", answer)
	}
	conn := tls.Client(raw, &tls.Config{RootCAs: s.roots, ServerName: "localhost"})
	if err := conn.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return conn
}
