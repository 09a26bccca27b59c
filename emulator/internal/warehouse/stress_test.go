package warehouse

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"corbel.example/emulator/internal/dialect"
)

// stressTime is how long the stress test runs. To look for what happens once in a long while:
//
//	GOGC=1 go test -race -run TestEngineUnderStress ./internal/warehouse -stress 10m
var stressTime = flag.Duration("stress", time.Second, "how long the stress test runs")

// impatient is a sink that wants some rows only, or gives up by its context.
type impatient struct {
	left   int
	giveUp context.CancelFunc
}

func (s *impatient) Columns([]Column) error { return nil }

func (s *impatient) Row([]any) error {
	if s.left--; s.left > 0 {
		return nil
	}
	if s.giveUp != nil {
		s.giveUp()
		return nil
	}
	return ErrEnough
}

// stressful are statements that leave something behind: streams that are read in part or
// fail on the way, functions that call Go from DuckDB's threads, changes of what others read.
// Numbers of the worker stand for %d.
var stressful = []string{
	"SELECT id, initcap(concat('a b ', id)), soundex(concat('x', id)) FROM range(20000)",
	"SELECT max(parse_url(concat('https://x.org/p?q=', id), 'QUERY', 'q')), max(conv(id, 10, 16)) FROM range(4000)",
	"SELECT format_number(id / 7, 2), crc32(concat(id, '')), url_encode(concat('ä ', id)) FROM range(6000) ORDER BY id DESC",
	"SELECT 1 / (350000 - id) FROM range(400000)",
	"SELECT to_json(named_struct('a', id, 'b', NULL)), split(concat(id, ',', id), ',', 2) FROM range(6000)",
	"SELECT CASE WHEN id = 9000 THEN url_decode('%%zz') ELSE url_decode('a') END FROM range(10000)",
	"SELECT t.v, count(*) FROM c.s.shared t JOIN range(2000) r ON r.id %% 100 = t.v %% 100 GROUP BY t.v",
	"SELECT * FROM c.s.shared",
	"INSERT INTO c.s.shared SELECT id, initcap(concat('w', id)) FROM range(100)",
	"UPDATE c.s.shared SET name = upper(name) WHERE v %% 7 = 3",
	"MERGE INTO c.s.shared t USING (SELECT id FROM range(10)) s ON t.v = s.id + 1000000 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (v, name) VALUES (s.id, 'm')",
	"DELETE FROM c.s.shared WHERE v < 5",
	"CREATE OR REPLACE TABLE c.s.own%d AS SELECT id, initcap(concat('q', id)) AS w FROM range(3000)",
	"SELECT count(*) FROM c.s.own%d WHERE w LIKE '%%1'",
	"DROP TABLE IF EXISTS c.s.own%d",
	"CREATE CATALOG IF NOT EXISTS k%d",
	"CREATE OR REPLACE TABLE k%d.default.t AS SELECT id FROM range(1000)",
	"SELECT * FROM k%d.default.t",
	"DROP CATALOG IF EXISTS k%d CASCADE",
}

// TestEngineUnderStress runs statements that disturb each other, ends many of them on the way
// and stops whole engines under them. Nothing may crash, lock up or fail inside.
func TestEngineUnderStress(t *testing.T) {
	t.Parallel()
	ends := time.Now().Add(*stressTime)
	for first := true; first || time.Now().Before(ends); first = false {
		life := min(time.Until(ends), 3*time.Second)
		var engines sync.WaitGroup
		for range 2 {
			l := openLab(t, t.TempDir())
			l.must(t, admin, "CREATE CATALOG c", "CREATE SCHEMA c.s", "CREATE TABLE c.s.shared (v BIGINT, name STRING)", "INSERT INTO c.s.shared SELECT id, concat('n', id) FROM range(10000)")
			engines.Go(func() {
				l.disturb(t, life)
				if err := l.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		engines.Wait()
	}
}

// disturb runs statements from several goroutines for so long.
func (l *lab) disturb(t *testing.T, life time.Duration) {
	ctx, stop := context.WithTimeout(t.Context(), life)
	defer stop()
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for ctx.Err() == nil {
				statement := stressful[rand.IntN(len(stressful))]
				if strings.Contains(statement, "%") {
					statement = fmt.Sprintf(strings.ReplaceAll(statement, "own%d", fmt.Sprintf("own%d", worker%3)), numbers(statement, worker%4)...)
				}
				l.endEarly(ctx, t, statement)
			}
		})
	}
	workers.Wait()
}

func numbers(statement string, n int) []any {
	if strings.Contains(statement, "k%d") {
		return []any{n}
	}
	return nil
}

// endEarly runs a statement and ends it in one of several ways.
func (l *lab) endEarly(ctx context.Context, t *testing.T, statement string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sink := &impatient{left: 1 << 30}
	switch rand.IntN(4) {
	case 0:
		sink.left = rand.IntN(5000)
	case 1:
		sink.left, sink.giveUp = rand.IntN(5000), cancel
	case 2:
		timer := time.AfterFunc(time.Duration(rand.IntN(30))*time.Millisecond, cancel)
		defer timer.Stop()
	}
	err := l.Execute(ctx, Request{Statement: statement, Principal: l.people[admin]}, sink)
	var known *dialect.Error
	if errors.As(err, &known) && known.Class == "INTERNAL_ERROR" {
		t.Errorf("%s: %v", statement, err)
	}
}
