package lakebase

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"corbel.example/emulator/internal/postgres"
	"corbel.example/emulator/internal/principal"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	s := shared(t)
	app := s.directory.App()
	anaHerself, _ := s.directory.User(ana)
	mint := func(p principal.Principal, life time.Duration, scopes ...string) string {
		token, _, err := s.directory.Mint(p, scopes, life)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	personal, err := s.directory.PersonalToken(ana)
	if err != nil {
		t.Fatal(err)
	}
	expired := mint(app, time.Nanosecond, ScopeLogin)
	eventually(t, "the end of a token", func() bool {
		_, err := s.directory.Authenticate(expired)
		return err != nil
	})
	revoked := s.credential(t, app.UserName)
	s.directory.Revoke(revoked)
	const injected = `x" LOGIN SUPERUSER; CREATE ROLE "y`
	for name, c := range map[string]struct {
		user, token string
		change      func(*pgconn.Config)
		want        string // SQLSTATE
	}{
		"the app's credential":            {user: app.UserName, token: s.credential(t, app.UserName)},
		"the app's own token":             {user: app.UserName, token: mint(app, time.Hour, principal.ScopeAll)},
		"a user's credential":             {user: ben, token: s.credential(t, ben)},
		"a user's personal token":         {user: ana, token: personal},
		"expired":                         {user: app.UserName, token: expired, want: "28P01"},
		"revoked":                         {user: app.UserName, token: revoked, want: "28P01"},
		"unknown":                         {user: app.UserName, token: "eyJnope", want: "28P01"},
		"none":                            {user: app.UserName, want: "28P01"},
		"a narrow token":                  {user: ana, token: mint(anaHerself, time.Hour, "sql"), want: "28P01"},
		"someone else's credential":       {user: ana, token: s.credential(t, ben), want: "28P01"},
		"the app's for a user":            {user: ben, token: s.credential(t, app.UserName), want: "28P01"},
		"the user's name in capitals":     {user: strings.ToUpper(ana), token: personal, want: "28P01"},
		"the owner of the cluster":        {user: postgres.Superuser, token: personal, want: "28P01"},
		"nobody":                          {user: "nobody@example.com", token: personal, want: "28P01"},
		"SQL in the user's name":          {user: injected, token: personal, want: "28P01"},
		"SQL in the token":                {user: ana, token: "' OR ''='", want: "28P01"},
		"a long token":                    {user: ana, token: strings.Repeat("x", maxPassword-5), want: "28P01"},
		"another database":                {user: ana, token: personal, change: func(c *pgconn.Config) { c.Database = "other" }, want: "3D000"},
		"a database that is the server's": {user: ana, token: personal, change: func(c *pgconn.Config) { c.Database = "template1" }, want: "42501"},
		"SQL in the database's name":      {user: ana, token: personal, change: func(c *pgconn.Config) { c.Database = injected }, want: "3D000"},
		"replication":                     {user: ana, token: personal, change: parameter("replication", "true"), want: "53300"},
		"another role by a parameter":     {user: app.UserName, token: s.credential(t, app.UserName), change: parameter("role", postgres.Superuser), want: "42501"},
		"another role by an option":       {user: app.UserName, token: s.credential(t, app.UserName), change: parameter("options", "-c role="+postgres.Superuser), want: "42501"},
		"another session by an option":    {user: app.UserName, token: s.credential(t, app.UserName), change: parameter("options", "-c session_authorization="+postgres.Superuser), want: "42501"},
		"an unknown setting":              {user: ana, token: personal, change: parameter("no_such_setting", "1"), want: "42704"},
		"without TLS":                     {user: ana, token: personal, change: func(c *pgconn.Config) { c.TLSConfig = nil }, want: "28000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := s.config(t, c.user, c.token)
			if c.change != nil {
				c.change(config)
			}
			conn, err := connect(t, config)
			if c.want != "" {
				if code(err) != c.want {
					t.Fatalf("refused with %v, want %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := mustExec(t, conn, "SELECT session_user || ' ' || current_user"); got != c.user+" "+c.user {
				t.Errorf("logged in as %s", got)
			}
		})
	}
}

func parameter(name, value string) func(*pgconn.Config) {
	return func(c *pgconn.Config) { c.RuntimeParams[name] = value }
}

func TestRefusalsAreThoseOfLakebase(t *testing.T) {
	t.Parallel()
	s := shared(t)
	_, err := connect(t, s.config(t, ana, "nope"))
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Severity != "FATAL" || refused.Message != "password authentication failed for user 'ana@example.com'" {
		t.Errorf("a wrong token: %v", err)
	}
	plain := s.config(t, ana, "nope")
	plain.TLSConfig = nil
	_, err = connect(t, plain)
	if !errors.As(err, &refused) || refused.Message != "connection is insecure (try using `sslmode=require`)" {
		t.Errorf("no TLS: %v", err)
	}
}

func TestASessionStaysItsUsers(t *testing.T) {
	t.Parallel()
	s := shared(t)
	app := s.directory.App().UserName
	conn := s.connect(t, app)
	for _, statement := range []string{
		"SET ROLE databricks_control_plane", "SET SESSION AUTHORIZATION databricks_control_plane", `SET ROLE "ana@example.com"`,
		"SET LOCAL ROLE databricks_control_plane", `ALTER ROLE "` + app + `" SUPERUSER`, "GRANT databricks_control_plane TO CURRENT_USER",
		"SELECT set_config('role', 'databricks_control_plane', false)", "SELECT set_config('session_authorization', 'databricks_control_plane', false)",
	} {
		if _, err := exec(t, conn, statement); code(err) != "42501" {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for _, statement := range []string{"RESET ROLE", "RESET SESSION AUTHORIZATION", "RESET ALL", "DISCARD ALL", "SET SESSION AUTHORIZATION DEFAULT"} {
		mustExec(t, conn, statement)
		if got := mustExec(t, conn, "SELECT session_user || ' ' || current_user || ' ' || current_setting('is_superuser')"); got != app+" "+app+" off" {
			t.Errorf("after %s: %s", statement, got)
		}
	}
	// A role may change its own password. That neither opens nor closes a way in.
	mustExec(t, conn, `ALTER ROLE "`+app+`" PASSWORD 'mine'`)
	if _, err := connect(t, s.config(t, app, "mine")); code(err) != "28P01" {
		t.Errorf("login with a password of one's own: %v", err)
	}
	if got := mustExec(t, s.connect(t, app), "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
}

func TestUsersReachTheAppsDataWhenItGrantsIt(t *testing.T) {
	t.Parallel()
	s := shared(t)
	app := s.connect(t, s.directory.App().UserName)
	mustExec(t, app, "CREATE SCHEMA granting; CREATE TABLE granting.notes AS SELECT 'hello' AS text")
	for _, user := range []string{ana, ben} {
		if _, err := exec(t, s.connect(t, user), "SELECT text FROM granting.notes"); code(err) != "42501" {
			t.Errorf("%s: %v", user, err)
		}
	}
	mustExec(t, app, `GRANT USAGE ON SCHEMA granting TO "ben@example.com"; GRANT SELECT ON granting.notes TO "ben@example.com"`)
	if got := mustExec(t, s.connect(t, ben), "SELECT text FROM granting.notes"); got != "hello" {
		t.Errorf("ben reads %q", got)
	}
}

// packet is a packet without a kind.
func packet(code uint32, rest []byte) []byte {
	p := binary.BigEndian.AppendUint32(nil, uint32(8+len(rest)))
	return append(binary.BigEndian.AppendUint32(p, code), rest...)
}

func read(t *testing.T, conn net.Conn, into []byte) bool {
	t.Helper()
	_, err := io.ReadFull(conn, into)
	return err == nil
}

const protocol30 = pgproto3.ProtocolVersion30

// answers reads what the front says to a startup packet, until it asks for the token.
func answers(t *testing.T, conn net.Conn, startup []byte) (kinds string, last pgproto3.BackendMessage) {
	t.Helper()
	if _, err := conn.Write(startup); err != nil {
		t.Fatal(err)
	}
	client := pgproto3.NewFrontend(conn, conn)
	for {
		message, err := client.Receive()
		if err != nil {
			return kinds + "end", last
		}
		last = message
		switch message.(type) {
		case *pgproto3.ErrorResponse:
			return kinds + "error", last
		case *pgproto3.AuthenticationCleartextPassword:
			return kinds + "password", last
		case *pgproto3.NegotiateProtocolVersion:
			kinds += "negotiate "
		default:
			t.Fatalf("%T", message)
		}
	}
}

func TestFirstPackets(t *testing.T) {
	t.Parallel()
	s := shared(t)
	const user = "user\x00ana@example.com\x00"
	for name, c := range map[string]struct {
		packet []byte
		want   string
	}{
		"a startup message":               {packet(protocol30, []byte(user+"\x00")), "password"},
		"without a user":                  {packet(protocol30, []byte("database\x00x\x00\x00")), "error"},
		"without parameters":              {packet(protocol30, []byte("\x00")), "error"},
		"a newer protocol":                {packet(protocol30+2, []byte(user+"\x00")), "negotiate password"},
		"an option of a newer protocol":   {packet(protocol30, []byte(user+"_pq_.x\x001\x00\x00")), "negotiate password"},
		"an older protocol":               {packet(2<<16, []byte(user+"\x00")), "error"},
		"HTTP":                            {[]byte("GET / HTTP/1.1\r\n\r\n"), "error"},
		"too long":                        {binary.BigEndian.AppendUint32(nil, maxStartup+1), "end"},
		"too short":                       {packet(protocol30, nil)[:4], "end"},
		"no end":                          {packet(protocol30, []byte(user)), "error"},
		"a name without a value":          {packet(protocol30, []byte("user\x00")), "error"},
		"something after the end":         {packet(protocol30, []byte(user+"\x00more")), "error"},
		"a second request for TLS":        {packet(sslRequest, nil), "error"},
		"GSS, which isn't there, is fine": {append(packet(gssRequest, nil), packet(gssRequest, nil)...), "N"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := s.secure(t)
			if c.want == "N" {
				if _, err := conn.Write(c.packet); err != nil {
					t.Fatal(err)
				}
				if answer := make([]byte, 2); !read(t, conn, answer) || string(answer) != "NN" {
					t.Errorf("answer %q", answer)
				}
				return
			}
			sent := c.packet
			if c.want == "end" {
				sent = append(sent, 0) // then the client waits in vain
			}
			if c.want == "end" && len(c.packet) == 4 {
				if err := conn.SetDeadline(time.Now().Add(waitLimit)); err != nil {
					t.Fatal(err)
				}
				if _, err := conn.Write(sent); err != nil {
					t.Fatal(err)
				}
				if err := conn.(*tls.Conn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, conn); n > 100 {
					t.Errorf("answered %d bytes, %v", n, err)
				}
				return
			}
			if got, last := answers(t, conn, sent); got != c.want {
				t.Errorf("answered %q: %+v", got, last)
			}
		})
	}
}

// The last of parameters that come twice counts, for the check as for PostgreSQL.
func TestTwoUsersInOnePacketAreOne(t *testing.T) {
	t.Parallel()
	s := shared(t)
	conn := s.secure(t)
	startup := packet(protocol30, []byte("user\x00"+postgres.Superuser+"\x00user\x00"+ana+"\x00database\x00"+postgres.Database+"\x00\x00"))
	if got, _ := answers(t, conn, startup); got != "password" {
		t.Fatalf("answered %s", got)
	}
	password, err := (&pgproto3.PasswordMessage{Password: s.credential(t, ana)}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	query, err := (&pgproto3.Query{String: "SELECT current_user"}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	// A client that doesn't wait for the answer loses nothing.
	if _, err := conn.Write(append(password, query...)); err != nil {
		t.Fatal(err)
	}
	client := pgproto3.NewFrontend(conn, conn)
	for {
		message, err := client.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if row, ok := message.(*pgproto3.DataRow); ok {
			if string(row.Values[0]) != ana {
				t.Errorf("logged in as %s", row.Values[0])
			}
			return
		}
	}
}

func TestNothingIsSmuggledInBeforeTLS(t *testing.T) {
	t.Parallel()
	s := shared(t)
	conn := s.dial(t)
	if _, err := conn.Write(append(packet(sslRequest, nil), packet(protocol30, []byte("user\x00ana@example.com\x00\x00"))...)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if len(answer) == 0 || answer[0] != 'S' || strings.Contains(string(answer), "R\x00\x00\x00\x08") {
		t.Errorf("answered %q, %v", answer, err)
	}
}

func TestTLSIsNotAnOldOne(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for name, config := range map[string]*tls.Config{
		"TLS 1.1":           {RootCAs: s.roots, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
		"another authority": {RootCAs: x509.NewCertPool(), ServerName: "localhost"},
		"another name":      {RootCAs: s.roots, ServerName: "example.com"},
	} {
		c := s.config(t, ana, s.credential(t, ana))
		c.TLSConfig = config
		if _, err := connect(t, c); err == nil || !strings.Contains(err.Error(), "tls") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
