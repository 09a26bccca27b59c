package workspace

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
)

func TestHundredStatementsOfTenSessionsAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	admin := s.databricks(t, ana)
	sql(t, admin, "CREATE TABLE main.samples.counters (session INT, n INT)")
	sql(t, admin, "GRANT MODIFY, SELECT ON TABLE main.samples.counters TO `ben@example.com`")
	const sessions, each = 10, 10
	var clients []*client.DatabricksClient
	for i := range sessions {
		who, _ := s.Directory().User([]string{ana, ben}[i%2])
		token, _, err := s.Directory().Mint(who, []string{"sql"}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, s.databricksWith(t, token))
	}
	var all sync.WaitGroup
	for session, c := range clients {
		for n := range each {
			all.Go(func() {
				statement, want := fmt.Sprintf("SELECT %d * 1000 + %d + count(*) FROM range(100000)", session, n), fmt.Sprint(session*1000+n+100000)
				if n%2 == 0 {
					statement, want = fmt.Sprintf("INSERT INTO main.samples.counters VALUES (%d, %d)", session, n), "1|1"
				}
				a, err := execute(t.Context(), c, statement, nil)
				if err != nil || a.Status.State != "SUCCEEDED" || a.rows() != want {
					t.Errorf("%s: %s %q, want %q, error %v %s", statement, a.Status.State, a.rows(), want, err, a.Status.Error.Message)
				}
			})
		}
	}
	all.Wait()
	if got := sql(t, admin, "SELECT count(*), count(DISTINCT session) FROM main.samples.counters").rows(); got != "50|10" {
		t.Errorf("rows written: %s", got)
	}
}

func TestParametersOfEveryType(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for _, p := range []struct{ kind, value, want, typed string }{
		{"", "it's", "it's", "STRING"},
		{"STRING", `a\b`, `a\b`, "STRING"},
		{"BOOLEAN", "true", "true", "BOOLEAN"},
		{"TINYINT", "-1", "-1", "TINYINT"},
		{"SMALLINT", "2", "2", "SMALLINT"},
		{"INT", "3", "3", "INT"},
		{"BIGINT", "9007199254740993", "9007199254740993", "BIGINT"},
		{"FLOAT", "1.5", "1.5", "FLOAT"},
		{"DOUBLE", "1e3", "1000.0", "DOUBLE"},
		{"DECIMAL(10,2)", "1.50", "1.50", "DECIMAL(10,2)"},
		{"DATE", "2024-02-29", "2024-02-29", "DATE"},
		{"TIMESTAMP", "2024-02-29 12:00:00", "2024-02-29T12:00:00.000Z", "TIMESTAMP"},
		{"TIMESTAMP_NTZ", "2024-02-29 12:00:00", "2024-02-29T12:00:00.000", "TIMESTAMP_NTZ"},
	} {
		a := sql(t, c, "SELECT :p", object{"name": "p", "value": p.value, "type": p.kind})
		if a.rows() != p.want || a.types() != p.typed {
			t.Errorf("%s %q: %s of type %s, want %s of type %s", p.kind, p.value, a.rows(), a.types(), p.want, p.typed)
		}
		if got := sql(t, c, "SELECT :p IS NULL", object{"name": "p", "type": p.kind}).rows(); got != "true" {
			t.Errorf("%s without a value: IS NULL is %s", p.kind, got)
		}
	}
	if class, _ := sqlError(t, c, "SELECT :p", object{"name": "p", "value": "x", "type": "INT"}); class != "CAST_INVALID_INPUT 22018" {
		t.Errorf("bad INT: %s", class)
	}
}
