package database_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"corbel.example/plugins/lakebase/internal/credential"
	"corbel.example/plugins/lakebase/internal/database"
	"corbel.example/plugins/lakebase/internal/postgrestest"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/secret"
)

var server *postgrestest.Server

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m, &server)) }

func open(t *testing.T, settings database.Settings, source credential.Source) *database.Database {
	t.Helper()
	d, err := database.Open(settings, source, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func static(s *postgrestest.Server) credential.Source {
	return credential.Static{Value: secret.New(s.Password)}
}

// ready waits until the tables are there.
func ready(t *testing.T, d *database.Database) {
	t.Helper()
	if err := run(t.Context(), d, "SELECT 1"); err != nil {
		t.Fatal(err)
	}
}

func run(ctx context.Context, d *database.Database, sql string, args ...any) error {
	return d.Query(ctx, "ana", sql, args, func(rows pgx.Rows) error {
		for rows.Next() { // rows that nobody wants
		}
		return rows.Err()
	})
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return fault.From(err).ErrorCode()
}

func TestReplicasMigrateAtOnce(t *testing.T) {
	t.Parallel()
	settings := server.Database(t)
	var wg sync.WaitGroup
	for range 8 {
		d := open(t, settings, static(server))
		wg.Go(func() {
			if err := run(t.Context(), d, "SELECT 1 FROM corbel.notes"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	owner := server.Connect(t, postgrestest.Owner, settings.Name)
	var applied int
	if err := owner.QueryRow(t.Context(), "SELECT count(*) FROM corbel.goose_db_version WHERE version_id = 1").Scan(&applied); err != nil || applied != 1 {
		t.Errorf("the first migration was applied %d times, %v", applied, err)
	}
	var locks int
	if err := owner.QueryRow(t.Context(), "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = $1)", settings.Name).Scan(&locks); err != nil || locks != 0 {
		t.Errorf("%d locks are held after the migrations, %v", locks, err)
	}
	// The app owns what it made, is nobody special, and stays bound by the policies.
	var super, bypass, forced bool
	if err := owner.QueryRow(t.Context(), "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = $1", postgrestest.App).Scan(&super, &bypass); err != nil || super || bypass {
		t.Errorf("super %v, bypass %v, %v", super, bypass, err)
	}
	err := owner.QueryRow(t.Context(), `SELECT bool_and(relforcerowsecurity AND relrowsecurity) FROM pg_class
		WHERE relnamespace = 'corbel'::regnamespace AND relkind = 'r' AND relname <> 'goose_db_version'`).Scan(&forced)
	if err != nil || !forced {
		t.Errorf("every table must force its policy: %v, %v", forced, err)
	}
}

func TestAMissingGrantIsNamed(t *testing.T) {
	t.Parallel()
	settings := server.Database(t)
	owner := server.Connect(t, postgrestest.Owner, settings.Name)
	if _, err := owner.Exec(t.Context(), fmt.Sprintf("REVOKE CREATE ON DATABASE %s FROM %q", settings.Name, postgrestest.App)); err != nil {
		t.Fatal(err)
	}
	settings.AcquireTimeout = 3 * time.Second
	d := open(t, settings, static(server))
	if got := code(run(t.Context(), d, "SELECT 1")); got != "DATABASE_UNAVAILABLE" {
		t.Errorf("code %s", got)
	}
	err := d.Ready(t.Context())
	if want := "the app needs CONNECT and CREATE on the database"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q", err, want)
	}
	if _, err := owner.Exec(t.Context(), fmt.Sprintf("GRANT CREATE ON DATABASE %s TO %q", settings.Name, postgrestest.App)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return run(t.Context(), d, "SELECT 1 FROM corbel.notes") == nil })
	if err := d.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// eventually waits for a condition that something else brings about.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it never came true")
		}
	}
}

func TestAnExhaustedPoolAnswersInTime(t *testing.T) {
	t.Parallel()
	settings := server.Database(t)
	settings.MaxConnections = 2
	settings.AcquireTimeout = 100 * time.Millisecond
	d := open(t, settings, static(server))
	eventually(t, func() bool { return run(t.Context(), d, "SELECT 1") == nil })
	release := make(chan struct{})
	var wg sync.WaitGroup
	var holding sync.WaitGroup
	for range 2 {
		holding.Add(1)
		wg.Go(func() {
			err := d.Transact(t.Context(), "ana", func(pgx.Tx) error {
				holding.Done()
				<-release
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	holding.Wait()
	start := time.Now()
	err := run(t.Context(), d, "SELECT 1")
	f := fault.From(err)
	if took := time.Since(start); f == nil || f.Code != "DATABASE_BUSY" || f.Kind != fault.Unavailable || f.RetryAfter == 0 || took > 5*time.Second {
		t.Errorf("%v after %s", err, took)
	}
	close(release)
	wg.Wait()
	if err := run(t.Context(), d, "SELECT 1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestALongStatementEnds(t *testing.T) {
	t.Parallel()
	settings := server.Database(t)
	settings.StatementTimeout = 200 * time.Millisecond
	d := open(t, settings, static(server))
	eventually(t, func() bool { return run(t.Context(), d, "SELECT 1") == nil })
	if got := code(run(t.Context(), d, "SELECT pg_sleep(10)")); got != "TIMEOUT" {
		t.Errorf("code %s", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := run(ctx, d, "SELECT pg_sleep(10)"); fault.KindOf(err) != fault.Timeout {
		t.Errorf("the caller's deadline: %v", err)
	}
	if err := run(t.Context(), d, "SELECT 1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestNoAcknowledgedWriteIsLost kills the server under load, again and again. What was answered with success is there
// afterwards; what failed, failed as unavailable; and nobody had to restart anything.
func TestNoAcknowledgedWriteIsLost(t *testing.T) {
	t.Parallel()
	own, err := postgrestest.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	})
	settings := own.Database(t)
	settings.AcquireTimeout = time.Second
	d := open(t, settings, static(own))
	eventually(t, func() bool { return run(t.Context(), d, "SELECT 1") == nil })

	var acknowledged sync.Map
	var written, failed atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				title := fmt.Sprintf("%d-%d", worker, i)
				err := run(t.Context(), d, "INSERT INTO corbel.notes (user_id, title, body) VALUES ('ana', $1, '')", title)
				switch f := fault.From(err); {
				case err == nil:
					acknowledged.Store(title, true)
					written.Add(1)
				case f.Kind == fault.Unavailable && f.RetryAfter > 0:
					failed.Add(1)
				default:
					t.Errorf("%s: %v", f.Kind, err)
				}
			}
		})
	}
	var longest time.Duration
	for range 3 {
		before := written.Load()
		eventually(t, func() bool { return written.Load() > before+50 })
		own.Kill()
		down := failed.Load()
		eventually(t, func() bool { return failed.Load() > down+3 })
		if err := own.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		back, at := written.Load(), time.Now()
		eventually(t, func() bool { return written.Load() > back })
		longest = max(longest, time.Since(at))
	}
	close(stop)
	wg.Wait()
	t.Logf("%d writes, %d refused, written again %s after the server was back", written.Load(), failed.Load(), longest.Round(time.Millisecond))
	if longest > 2*time.Second {
		t.Errorf("it took %s until something was written again", longest)
	}
	err = d.Query(t.Context(), "ana", "SELECT title FROM corbel.notes", nil, func(rows pgx.Rows) error {
		for rows.Next() {
			var title string
			if err := rows.Scan(&title); err != nil {
				return err
			}
			acknowledged.Delete(title)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	acknowledged.Range(func(title, _ any) bool { t.Errorf("the write %s is lost", title); return true })
}

// rotating is a source of passwords that are good until the next rotation.
type rotating struct {
	mu      sync.Mutex
	current string
	kept    string
	fetched atomic.Int64
}

func (r *rotating) Token(context.Context) (secret.String, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == "" {
		r.kept = r.current
		r.fetched.Add(1)
	}
	return secret.New(r.kept), nil
}

func (r *rotating) Refuse(token string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == token {
		r.kept = ""
	}
	return true
}

func (*rotating) Close() {}

// rotate makes the server take another token. Whoever fetches one meanwhile waits for it, as for an answer of the platform.
func (r *rotating) rotate(ctx context.Context, s *postgrestest.Server, next string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := s.SetPassword(ctx, next); err != nil {
		return err
	}
	r.current = next
	return nil
}

// TestTokensRotateUnderLoad takes back the token that everybody uses, and the connections, without a request that fails.
func TestTokensRotateUnderLoad(t *testing.T) {
	t.Parallel()
	own, err := postgrestest.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	})
	source := &rotating{current: own.Password}
	d := open(t, own.Database(t), source)
	ready(t, d)
	stop := make(chan struct{})
	var served [8]atomic.Int64
	var wg sync.WaitGroup
	for worker := range served {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := run(t.Context(), d, "SELECT 1"); err != nil {
					t.Error(err)
					return
				}
				served[worker].Add(1)
			}
		})
	}
	const rotations = 10
	for i := range rotations {
		next := fmt.Sprintf("token%d", i)
		if err := source.rotate(t.Context(), own, next); err != nil {
			t.Fatal(err)
		}
		database.Reset(d)
		// A request may meet one rotation, as on the platform, where a token lives longer than a login takes.
		for worker := range served {
			before := served[worker].Load()
			eventually(t, func() bool { return served[worker].Load() > before+1 || t.Failed() })
		}
	}
	close(stop)
	wg.Wait()
	total := int64(0)
	for worker := range served {
		total += served[worker].Load()
	}
	t.Logf("%d requests over %d rotations, %d tokens fetched", total, rotations, source.fetched.Load())
	if n := source.fetched.Load(); n < rotations {
		t.Errorf("%d tokens were fetched for %d rotations", n, rotations)
	}
}

func TestAWrongTokenIsUnavailable(t *testing.T) {
	t.Parallel()
	settings := server.Database(t)
	settings.AcquireTimeout = 2 * time.Second
	d := open(t, settings, credential.Static{Value: secret.New("wrong")})
	if got := code(run(t.Context(), d, "SELECT 1")); got != "DATABASE_UNAVAILABLE" {
		t.Errorf("code %s", got)
	}
	if err := d.Ready(t.Context()); err == nil || strings.Contains(err.Error(), "wrong\"") {
		t.Errorf("%v", err)
	}
}
