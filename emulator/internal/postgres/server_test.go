package postgres

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestServerKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	mustQuery(t, s, app, "CREATE SCHEMA corbel; CREATE TABLE corbel.notes (text text); INSERT INTO corbel.notes VALUES ('kept')")
	closeServer(t, s)
	again := open(t, dir)
	if got := mustQuery(t, again, app, "SELECT text FROM corbel.notes"); got != "kept" {
		t.Errorf("read %q", got)
	}
	if s.Created() != again.Created() {
		t.Errorf("made at %v, then at %v", s.Created(), again.Created())
	}
}

func TestRolesMayDoWhatTheirPlatformGivesThem(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	mustQuery(t, s, app, "CREATE SCHEMA corbel; CREATE TABLE corbel.notes (text text)")
	for name, c := range map[string]struct{ role, statement, want string }{
		"the app writes to schema public":       {app, "CREATE TABLE public.x (i int)", "42501"},
		"the app makes roles":                   {app, "CREATE ROLE x", "42501"},
		"the app makes databases":               {app, "CREATE DATABASE x", "42501"},
		"the app becomes the owner":             {app, `SET ROLE databricks_control_plane`, "42501"},
		"the app becomes another's session":     {app, `SET SESSION AUTHORIZATION databricks_control_plane`, "42501"},
		"the app reads files":                   {app, "SELECT pg_read_file('/etc/passwd')", "42501"},
		"the app runs programs":                 {app, "COPY (SELECT 1) TO PROGRAM 'true'", "42501"},
		"the app reads verifiers":               {app, "SELECT rolpassword FROM pg_authid", "42501"},
		"the app's table, read by somebody":     {ben, "SELECT * FROM corbel.notes", "42501"},
		"a schema of somebody's":                {ben, "CREATE SCHEMA mine", "42501"},
		"somebody makes themselves a superuser": {ben, `ALTER ROLE "ben@example.com" SUPERUSER`, "42501"},
	} {
		if _, err := query(t, s, c.role, c.statement); refusedWith(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := mustQuery(t, s, app, "RESET ROLE; RESET SESSION AUTHORIZATION; SELECT session_user, current_user, rolsuper FROM pg_roles WHERE rolname = current_user"); got != app+"|"+app+"|f" {
		t.Errorf("after a reset the app is %s", got)
	}
	if _, err := s.Login(t.Context(), map[string]string{"user": ben, "database": "template1"}); refusedWith(err) != "42501" {
		t.Errorf("login to template1: %v", err)
	}
}

func TestARoleThatChangedItsPasswordIsRepaired(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	mustQuery(t, s, ben, `ALTER ROLE "ben@example.com" PASSWORD 'mine'`)
	if _, err := query(t, s, ben, "SELECT 1"); refusedWith(err) != "28P01" {
		t.Errorf("login with a changed password: %v", err)
	}
	if err := s.Repair(t.Context(), ben); err != nil {
		t.Fatal(err)
	}
	if got := mustQuery(t, s, ben, "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
}

func TestServerStopsAndStartsOnDemand(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for name, end := range map[string]func(context.Context) error{"stop": s.Stop, "kill": s.Kill} {
		pid := s.Status().PID
		session, err := s.Login(t.Context(), map[string]string{"user": ben, "database": Database})
		if err != nil {
			t.Fatal(err)
		}
		if err := end(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := session.query("SELECT 1"); err == nil {
			t.Errorf("%s: a session goes on", name)
		}
		session.Close()
		if s.Status().State != Stopped || syscall.Kill(pid, 0) == nil {
			t.Errorf("%s: %+v", name, s.Status())
		}
		if err := s.Await(t.Context()); !errors.Is(err, ErrNotRunning) {
			t.Errorf("%s: waiting for it: %v", name, err)
		}
		began := time.Now()
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Logf("start after %s: %v", name, time.Since(began))
		if got := mustQuery(t, s, ben, "SELECT 1"); got != "1" {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

func TestAServerThatIsKilledComesBackByItself(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	mustQuery(t, s, app, "CREATE SCHEMA corbel; CREATE TABLE corbel.log (id int PRIMARY KEY)")
	acknowledged := writeUntil(t, s, func() {
		if err := syscall.Kill(s.Status().PID, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "another start", func() bool { return s.Status().Starts > 1 && s.Status().State == Running })
	checkAcknowledged(t, s, acknowledged)
}

// writeUntil inserts rows from several sessions until they break, for which end cares once
// there are some. It returns the rows that the server acknowledged.
func writeUntil(t *testing.T, s *Server, end func()) []int {
	t.Helper()
	const writers, before = 4, 400
	var (
		group        sync.WaitGroup
		count        atomic.Int64
		enough       = make(chan struct{})
		acknowledged [writers][]int
	)
	for w := range writers {
		session, err := s.Login(t.Context(), map[string]string{"user": app, "database": Database})
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			defer session.Close()
			for i := w; ; i += writers {
				if _, err := session.query("INSERT INTO corbel.log VALUES (" + strconv.Itoa(i) + ")"); err != nil {
					return
				}
				acknowledged[w] = append(acknowledged[w], i)
				if count.Add(1) == before {
					close(enough)
				}
			}
		})
	}
	<-enough
	end()
	group.Wait()
	var all []int
	for _, rows := range acknowledged {
		all = append(all, rows...)
	}
	return all
}

func checkAcknowledged(t *testing.T, s *Server, acknowledged []int) {
	t.Helper()
	there := map[string]bool{}
	for row := range strings.SplitSeq(mustQuery(t, s, app, "SELECT id FROM corbel.log"), "\n") {
		there[row] = true
	}
	for _, id := range acknowledged {
		if !there[strconv.Itoa(id)] {
			t.Errorf("row %d was acknowledged and is lost", id)
		}
	}
	t.Logf("%d rows acknowledged, %d there", len(acknowledged), len(there))
}

func TestAnEmulatorThatIsKilledLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir)
	mustQuery(t, first, app, "CREATE SCHEMA corbel; CREATE TABLE corbel.log (id int PRIMARY KEY)")
	closeServer(t, first)

	other, _ := another(t, dir)
	// A client of that process's server, by the same folder.
	rec, err := readRecord(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := &place{record: rec, dir: rec.Folder}
	if p.dir == "" {
		p.dir = filepath.Join(dir, "postgres")
	}
	c := &cluster{place: p}
	if _, err := c.placeSocket(); err != nil {
		t.Fatal(err)
	}
	client := &Server{place: p, cluster: c}
	acknowledged := writeUntil(t, client, func() {
		if err := other.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	if err := other.Wait(); err == nil {
		t.Error("the other process was not killed")
	}
	began := time.Now()
	s := open(t, dir) // at once, while what the other left may still be ending
	t.Logf("back after %v", time.Since(began))
	checkAcknowledged(t, s, acknowledged)
}

func TestAServerThatIsLeftRunningIsEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	closeServer(t, s)
	// Nobody is its parent who could take it along.
	orphan := exec.CommandContext(t.Context(), s.cluster.installation.program("postgres"), "-D", s.cluster.data(),
		"-c", "config_file="+s.cluster.path(configFile), "-c", "hba_file="+s.cluster.path(accessFile))
	orphan.Dir, orphan.Env, orphan.SysProcAttr = s.cluster.dir, s.cluster.environ, attributes(s.cluster.account)
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- orphan.Wait() }()
	eventually(t, "the orphan", func() bool {
		session, err := s.Login(t.Context(), map[string]string{"user": ben, "database": Database})
		return err == nil && session.Close() == nil
	})
	again := open(t, dir)
	if err := <-ended; err != nil {
		t.Errorf("the orphan ended with %v", err)
	}
	if got := mustQuery(t, again, ben, "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
}

func TestANoteOfAProcessThatIsAnothersByNowDoesNotMatter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	closeServer(t, s)
	other := exec.CommandContext(t.Context(), "sleep", "600")
	other.SysProcAttr = attributes(s.cluster.account)
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		other.Process.Kill() //nolint:errcheck // the context kills it too
		other.Wait()         //nolint:errcheck // it was killed
	}()
	writeFile(t, filepath.Join(s.cluster.data(), pidFile), strconv.Itoa(other.Process.Pid)+"\n"+s.cluster.data()+"\n", 0o644)
	again := open(t, dir)
	if got := mustQuery(t, again, ben, "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
	if err := syscall.Kill(other.Process.Pid, 0); err != nil {
		t.Errorf("the other process: %v", err)
	}
}

func TestAFolderHasOneServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir)
	if s, err := Open(testConfig(dir)); err == nil {
		closeServer(t, s)
		t.Error("a second server opened the folder")
	}
	open(t, t.TempDir()) // but another folder may have one at the same time
}

func TestAnInterruptedFirstStartIsRepeated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := openPlace(dir)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, p.path("data.new/half"), "", 0o600)
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if got := mustQuery(t, s, ben, "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
	if _, err := os.Stat(filepath.Join(s.cluster.data(), "half")); err == nil {
		t.Error("what was half done is in the data")
	}
}

func TestCloseDuringTheStart(t *testing.T) {
	t.Parallel()
	s, err := Open(testConfig(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	closeServer(t, s)
	if err := s.Await(t.Context()); !errors.Is(err, ErrNotRunning) {
		t.Errorf("waiting for it: %v", err)
	}
}

func TestALongPathIsNoHindrance(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	if got := mustQuery(t, s, ben, "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
}
