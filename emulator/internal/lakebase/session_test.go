package lakebase

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"corbel.example/emulator/internal/postgres"
)

func TestCancelEndsAStatementAndNotTheSession(t *testing.T) {
	t.Parallel()
	s := shared(t)
	conn, other := s.connect(t, ben), s.connect(t, ben)
	failed := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), "SELECT pg_sleep(600)").ReadAll()
		failed <- err
	}()
	sleeps := func() bool {
		return mustExec(t, other, "SELECT count(*) FROM pg_stat_activity WHERE pid = "+fmt.Sprint(conn.PID())+" AND wait_event = 'PgSleep'") == "1"
	}
	eventually(t, "the statement", sleeps)

	// Who doesn't know the session's key cancels nothing.
	wrong := bytes.Clone(conn.SecretKey())
	wrong[0] ^= 1
	for _, key := range [][]byte{wrong, other.SecretKey(), nil, {1}} {
		sendCancel(t, s, conn.PID(), key)
	}
	if !sleeps() {
		t.Error("cancelled with another key")
	}
	began := time.Now()
	if err := conn.CancelRequest(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; code(err) != "57014" {
		t.Errorf("the statement: %v", err)
	}
	t.Logf("cancelled after %v", time.Since(began))
	if got := mustExec(t, conn, "SELECT 1"); got != "1" {
		t.Errorf("read %q", got)
	}
}

// sendCancel asks for a cancel and waits until the front has dealt with it.
func sendCancel(t *testing.T, s *served, pid uint32, key []byte) {
	t.Helper()
	conn := s.dial(t)
	if _, err := conn.Write(packet(cancelRequest, append(binary.BigEndian.AppendUint32(nil, pid), key...))); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err != nil || len(answer) > 0 {
		t.Errorf("answered %q, %v", answer, err)
	}
}

func TestBytesPassUnchanged(t *testing.T) {
	t.Parallel()
	s := shared(t)
	conn := s.connect(t, ben)
	mustExec(t, conn, "CREATE TEMP TABLE lines (number int, line text)")
	const lines = 200_000
	in, out := sha256.New(), sha256.New()
	reader, writer := io.Pipe()
	go func() {
		for i := range lines {
			if _, err := fmt.Fprintf(io.MultiWriter(writer, in), "%d\t%s\n", i, strings.Repeat("é", i%100)); err != nil {
				break
			}
		}
		writer.Close()
	}()
	if _, err := conn.CopyFrom(t.Context(), reader, "COPY lines FROM STDIN"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.CopyTo(t.Context(), out, "COPY (SELECT * FROM lines ORDER BY number) TO STDOUT"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(in.Sum(nil), out.Sum(nil)) {
		t.Error("what came back is not what was sent")
	}
}

func TestAClientThatDoesNotReadHoldsUpTheServerAndNotTheMemory(t *testing.T) {
	s := fresh(t)
	conn := s.connect(t, ben)
	other := s.connect(t, ben)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	hijacked, err := conn.Hijack()
	if err != nil {
		t.Fatal(err)
	}
	query, err := (&pgproto3.Query{String: "SELECT repeat('x', 1000000) FROM generate_series(1, 1000)"}).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hijacked.Conn.Write(query); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a server that waits for its client", func() bool {
		return mustExec(t, other, "SELECT count(*) FROM pg_stat_activity WHERE pid = "+fmt.Sprint(hijacked.PID)+" AND wait_event = 'ClientWrite'") == "1"
	})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("grown by %d bytes", grown)
	}
	if err := hijacked.Conn.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of its session", func() bool { return s.base.Sessions() == 1 })
	eventually(t, "the end of its statement", func() bool {
		return mustExec(t, other, "SELECT count(*) FROM pg_stat_activity WHERE pid = "+fmt.Sprint(hijacked.PID)) == "0"
	})
}

func TestSessionsHaveABound(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	config := s.config(t, ben, s.credential(t, ben))
	var first *pgconn.PgConn
	for i := range maxSessions {
		conn, err := connect(t, config)
		if err != nil {
			t.Fatalf("session %d: %v", i, err)
		}
		if first == nil {
			first = conn
		}
	}
	if _, err := connect(t, config); code(err) != "53300" {
		t.Errorf("one more: %v", err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a place", func() bool {
		conn, err := pgconn.ConnectConfig(t.Context(), config)
		return err == nil && conn.Close(t.Context()) == nil
	})
}

func TestConnectionsThatSayNothingHaveABound(t *testing.T) {
	t.Parallel()
	s := freshWith(t, 2*time.Second)
	silent := s.dial(t)
	var rest []io.Reader
	for len(s.base.front.logins) < maxLogins {
		rest = append(rest, s.dial(t))
		eventually(t, "the connection", func() bool { return len(s.base.front.logins) >= min(len(rest), maxLogins) })
	}
	_, err := connect(t, s.config(t, ben, s.credential(t, ben)))
	if code(err) != "53300" && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "refused TLS") {
		t.Errorf("one more: %v", err)
	}
	// Each is closed without an answer, when its time is over.
	if answer, err := io.ReadAll(silent); len(answer) > 0 {
		t.Errorf("answered %q, %v", answer, err)
	}
	eventually(t, "a place", func() bool {
		conn, err := pgconn.ConnectConfig(t.Context(), s.config(t, ben, s.credential(t, ben)))
		return err == nil && conn.Close(t.Context()) == nil
	})
}

func TestSessionsWhilePostgreSQLIsAway(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	config := s.config(t, ben, s.credential(t, ben))
	server := s.base.Server()
	for name, c := range map[string]struct {
		end  func(context.Context) error
		want string // SQLSTATE that sessions see; empty: their connection just ends
	}{"stopped": {server.Stop, "57P01"}, "killed": {server.Kill, ""}} {
		conn := s.connect(t, ben)
		if err := c.end(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := exec(t, conn, "SELECT 1"); err == nil || c.want != "" && code(err) != c.want {
			t.Errorf("%s: a session: %v", name, err)
		}
		if _, err := connect(t, config); code(err) != "57P03" {
			t.Errorf("%s: a login: %v", name, err)
		}
		var group sync.WaitGroup
		started := make(chan error, 1)
		group.Go(func() { started <- server.Start(t.Context()) })
		eventually(t, "the start", func() bool { return server.Status().State != postgres.Stopped })
		if got := mustExec(t, s.connect(t, ben), "SELECT 1"); got != "1" { // it waited
			t.Errorf("%s: read %q", name, got)
		}
		group.Wait()
		if err := <-started; err != nil {
			t.Error(err)
		}
	}
}

func TestCloseTellsTheClientsAndWaitsForThem(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	idle, busy, silent := s.connect(t, ben), s.connect(t, ben), s.dial(t)
	failed := make(chan error, 1)
	go func() {
		_, err := busy.Exec(t.Context(), "SELECT pg_sleep(600)").ReadAll()
		failed <- err
	}()
	eventually(t, "the statement", func() bool {
		return mustExec(t, idle, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
	})
	began := time.Now()
	s.close(t)
	t.Logf("closed after %v", time.Since(began))
	if err := <-failed; code(err) != "57P01" {
		t.Errorf("a statement: %v", err)
	}
	if _, err := exec(t, idle, "SELECT 1"); code(err) != "57P01" {
		t.Errorf("an idle session: %v", err)
	}
	if answer, err := io.ReadAll(silent); len(answer) > 0 {
		t.Errorf("a connection without a session: %q, %v", answer, err)
	}
}

func TestAClientThatIsGoneLeavesNothing(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	other := s.connect(t, ben)
	conn, err := pgconn.ConnectConfig(t.Context(), s.config(t, ben, s.credential(t, ben)))
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, conn, "BEGIN; SELECT pg_advisory_xact_lock(1)")
	if err := conn.Conn().Close(); err != nil { // without a word
		t.Fatal(err)
	}
	mustExec(t, other, "BEGIN; SELECT pg_advisory_xact_lock(1)") // waits for it
	eventually(t, "the end of its session", func() bool { return s.base.Sessions() == 1 })
}
