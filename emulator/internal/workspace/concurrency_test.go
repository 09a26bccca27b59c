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
