package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// logIn logs in to PostgreSQL as the variables say, and as nothing else does.
func logIn(t *testing.T, variables map[string]string, password string) (*pgconn.PgConn, error) {
	t.Helper()
	settings := []string{"target_session_attrs=any"}
	for setting, name := range map[string]string{
		"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
	} {
		settings = append(settings, setting+"='"+variables[name]+"'")
	}
	config, err := pgconn.ParseConfig(strings.Join(settings, " "))
	if err != nil {
		t.Fatal(err)
	}
	config.Password = password
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err == nil {
		t.Cleanup(func() {
			if err := conn.Conn().Close(); err != nil && !conn.IsClosed() {
				t.Error(err)
			}
		})
	}
	return conn, err
}

// mustLogIn waits for a server whose first start takes longer than logins wait.
func mustLogIn(t *testing.T, variables map[string]string, password string) *pgconn.PgConn {
	t.Helper()
	var conn *pgconn.PgConn
	eventually(t, "PostgreSQL", func() bool {
		var err error
		conn, err = logIn(t, variables, password)
		var refused *pgconn.PgError
		if err != nil && (!errors.As(err, &refused) || refused.Code != "57P03") {
			t.Fatal(err)
		}
		return err == nil
	})
	return conn
}

func query(t *testing.T, conn *pgconn.PgConn, statements string) string {
	t.Helper()
	results, err := conn.Exec(t.Context(), statements).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	if last := results[len(results)-1]; len(last.Rows) > 0 {
		return string(last.Rows[0][0])
	}
	return ""
}

func asMap(environ []string) map[string]string {
	vars := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		vars[name] = value
	}
	return vars
}

// appToken is the app's own token.
func appToken(t *testing.T, variables map[string]string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"all-apis"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, variables[hostVariable]+"/oidc/v1/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(variables["DATABRICKS_CLIENT_ID"], variables["DATABRICKS_CLIENT_SECRET"])
	_, body := do(t, newClient(t), req)
	_, after, _ := strings.Cut(body, `"access_token":"`)
	token, _, ok := strings.Cut(after, `"`)
	if !ok {
		t.Fatalf("no token: %s", body)
	}
	return token
}

// appVariables signs in and returns the app's environment.
func appVariables(t *testing.T, e *emulator) map[string]string {
	t.Helper()
	c := newClient(t)
	signIn(t, c, e.url, "ana@example.com")
	return asMap(look(t, c, e.url).Environ)
}

func TestTheAppsDataOutlivesARestart(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	first := start(t, state, "serves", "PGHOST=db.example.com", "PGPASSWORD=hush")
	vars := appVariables(t, first)
	if vars["PGUSER"] != vars["DATABRICKS_CLIENT_ID"] || vars["PGSSLMODE"] != "require" || vars["PGHOST"] != "127.0.0.1" || vars["PGPASSWORD"] != "" ||
		vars["LAKEBASE_ENDPOINT"] != "projects/corbel/branches/production/endpoints/primary" {
		t.Errorf("the app has %v", vars)
	}
	app := mustLogIn(t, vars, appToken(t, vars))
	query(t, app, "CREATE SCHEMA corbel; CREATE TABLE corbel.notes AS SELECT 'kept' AS text")
	stdout, _, _ := command(t, state, nil, "env", "--user", "ben")
	ben := exported(t, stdout)
	if got := query(t, mustLogIn(t, ben, ben["DATABRICKS_TOKEN"]), "SELECT current_user"); got != "ben@example.com" {
		t.Errorf("ben is %s", got)
	}
	first.signal(syscall.SIGTERM)
	if code := first.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, first.out)
	}
	if _, err := logIn(t, vars, "x"); err == nil {
		t.Error("PostgreSQL outlives the emulator")
	}

	second := start(t, state, "serves")
	again := appVariables(t, second)
	if again["PGPORT"] != vars["PGPORT"] || again["PGUSER"] != vars["PGUSER"] {
		t.Errorf("%s@%s became %s@%s", vars["PGUSER"], vars["PGPORT"], again["PGUSER"], again["PGPORT"])
	}
	if got := query(t, mustLogIn(t, again, appToken(t, again)), "SELECT text FROM corbel.notes"); got != "kept" {
		t.Errorf("read %q", got)
	}
	// Another emulator at the same time has another PostgreSQL.
	other := appVariables(t, start(t, t.TempDir(), "serves"))
	if got := query(t, mustLogIn(t, other, appToken(t, other)), "SELECT count(*) FROM pg_namespace WHERE nspname = 'corbel'"); got != "0" {
		t.Errorf("the other one has the same schema")
	}
	if strings.Contains(first.out.String(), appToken(t, again)) || strings.Contains(second.out.String(), ben["DATABRICKS_TOKEN"]) {
		t.Error("the log tells a token")
	}
}

func TestAKilledEmulatorLosesNoAcknowledgedRow(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	first := start(t, state, "serves")
	vars := appVariables(t, first)
	app := mustLogIn(t, vars, appToken(t, vars))
	query(t, app, "CREATE SCHEMA corbel; CREATE TABLE corbel.log (id int PRIMARY KEY)")
	acknowledged := -1
	for i := 0; ; i++ {
		if i == 200 {
			first.signal(syscall.SIGKILL)
		}
		if _, err := app.Exec(t.Context(), "INSERT INTO corbel.log VALUES ("+strconv.Itoa(i)+")").ReadAll(); err != nil {
			break
		}
		acknowledged = i
	}
	first.exitCode()
	vars = appVariables(t, start(t, state, "serves"))
	got := query(t, mustLogIn(t, vars, appToken(t, vars)), "SELECT count(*) FROM corbel.log WHERE id <= "+strconv.Itoa(acknowledged))
	if got != strconv.Itoa(acknowledged+1) || acknowledged < 199 {
		t.Errorf("%s of the %d rows that were acknowledged", got, acknowledged+1)
	}
}

func TestWithoutPostgreSQLTheUsersOwnReachesTheApp(t *testing.T) {
	t.Parallel()
	e := start(t, t.TempDir(), "serves", "CORBEL_POSTGRES=off", "PGHOST=db.example.com", "LAKEBASE_TOKEN=mine", "PGPASSWORD=hush")
	vars := appVariables(t, e)
	if vars["PGHOST"] != "db.example.com" || vars["LAKEBASE_TOKEN"] != "mine" || vars["PGUSER"] != "" || vars["LAKEBASE_ENDPOINT"] != "" || vars["PGPASSWORD"] != "" {
		t.Errorf("the app has %v", vars)
	}
}

// Tests run as root in CI, and so PostgreSQL as another user. This is the other way.
func TestAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user: the other tests are that way already")
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "corbel-nobody-") //nolint:usetesting // a folder that nobody can reach, as a test's is not
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	program, state := filepath.Join(dir, "emulator"), filepath.Join(dir, "state")
	if err := errors.Join(os.Chmod(dir, 0o755), copyProgram(binary, program), os.Mkdir(state, 0o700), os.Chown(state, uid, uid)); err != nil {
		t.Fatal(err)
	}
	e := &emulator{t: t, cmd: exec.CommandContext(t.Context(), program, "serve"), out: &output{}, end: make(chan struct{})}
	e.cmd.Env = []string{"CORBEL_STATE_DIR=" + state, "CORBEL_WORKSPACE_PORT=0", "HOME=" + state, "PATH=" + os.Getenv("PATH")}
	e.cmd.Dir, e.cmd.Stdout, e.cmd.Stderr = dir, e.out, e.out
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	if err := e.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e.watch()
	e.awaitReady("Workspace ready at ")
	stdout, stderr, code := command(t, state, nil, "env")
	if code != 0 {
		t.Fatalf("env: exit code %d, %s", code, stderr)
	}
	vars := exported(t, stdout)
	if got := query(t, mustLogIn(t, vars, vars["DATABRICKS_TOKEN"]), "SELECT current_user"); got != "ana@example.com" {
		t.Errorf("ana is %s", got)
	}
	if _, err := os.Stat(filepath.Join(state, workspaceFolder, "postgres", "data", "PG_VERSION")); err != nil {
		t.Errorf("the data is not in the state folder: %v", err)
	}
	e.signal(syscall.SIGTERM)
	if code := e.exitCode(); code != 0 {
		t.Errorf("exit code %d\n%s", code, e.out)
	}
}

func copyProgram(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("copy: %w", errors.Join(err, out.Close()))
	}
	return out.Close()
}
