package workspace

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestRestartKeepsDataAndGrants(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("first", func(t *testing.T) { //nolint:paralleltest // one after the other is the test
		s := serve(t, dir)
		c := s.databricks(t, ana)
		for _, statement := range []string{
			"CREATE TABLE main.samples.kept (a INT COMMENT 'c') COMMENT 't'", "INSERT INTO main.samples.kept VALUES (1)",
			"GRANT SELECT ON TABLE main.samples.kept TO `ben@example.com`", "DROP TABLE samples.science.earthquakes", "CREATE CATALOG lab", "CREATE TABLE lab.default.x AS SELECT 5 AS a",
		} {
			sql(t, c, statement)
		}
	})
	t.Run("second", func(t *testing.T) { //nolint:paralleltest // see above
		play(t, serve(t, dir), []step{
			{as: ben, sql: "SELECT * FROM main.samples.kept", want: "1"},
			{as: ben, sql: "DESCRIBE main.samples.kept", want: "a|int|c"},
			{as: ana, sql: "SELECT * FROM lab.default.x", want: "5"},
			{as: ana, sql: "SELECT * FROM samples.science.earthquakes", fails: "TABLE_OR_VIEW_NOT_FOUND 42P01"},
		})
	})
}

const killedDir = "EMULATOR_TEST_KILLED_DIR"

// changeForEver is what the process does that TestKillLeavesAWorkspace kills: it makes and
// changes tables and prints what has been confirmed.
func changeForEver(t *testing.T) {
	s := serve(t, os.Getenv(killedDir))
	c := s.databricks(t, ana)
	for i := 0; ; i++ {
		sql(t, c, fmt.Sprintf("CREATE TABLE main.samples.t%d AS SELECT %d AS a", i, i))
		sql(t, c, fmt.Sprintf("GRANT SELECT ON TABLE main.samples.t%d TO `cleo@example.com`", i))
		if i > 0 {
			sql(t, c, fmt.Sprintf("CREATE OR REPLACE TABLE main.samples.t%d AS SELECT a, 'x' AS b FROM main.samples.t%d", i-1, i-1))
		}
		fmt.Println("confirmed", i)
	}
}

func TestKillLeavesAWorkspace(t *testing.T) {
	t.Parallel()
	if os.Getenv(killedDir) != "" {
		changeForEver(t)
	}
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKillLeavesAWorkspace$")
	child.Env = append(os.Environ(), killedDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	confirmed := -1
	for lines := bufio.NewScanner(out); confirmed < 20 && lines.Scan(); {
		if n, err := fmt.Sscanf(lines.Text(), "confirmed %d", &confirmed); n == 1 && err == nil && confirmed == 20 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || confirmed < 20 {
		t.Fatalf("the child ended by itself after %d: %v", confirmed, err)
	}
	s := serve(t, dir)
	c := s.databricks(t, ana)
	for i := range confirmed {
		if got, want := sql(t, c, fmt.Sprintf("SELECT * FROM main.samples.t%d", i)).rows(), fmt.Sprintf("%d|x", i); got != want {
			t.Errorf("t%d holds %q, want %q", i, got, want)
		}
	}
	listed := strings.Split(sql(t, c, "SHOW TABLES IN main.samples LIKE 't*'").rows(), "\n")
	for _, line := range listed {
		name := strings.Split(line, "|")[1]
		sql(t, c, "SELECT * FROM main.samples."+name)
		sql(t, c, "DROP TABLE main.samples."+name)
		sql(t, c, "CREATE TABLE main.samples."+name+" (a INT)")
	}
}

func TestManyStatementsAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	admin := s.databricks(t, ana)
	sql(t, admin, "CREATE TABLE main.samples.counter (n BIGINT)")
	sql(t, admin, "INSERT INTO main.samples.counter VALUES (0)")
	users := []string{ana, ben, cleo}
	want := map[string]string{ana: "SUCCEEDED", ben: "SUCCEEDED", cleo: "FAILED"}
	var wg sync.WaitGroup
	for i := range 50 {
		user := users[i%3]
		c := s.databricks(t, user)
		wg.Go(func() {
			a, err := execute(t.Context(), c, "SELECT current_user(), count(*) FROM samples.science.penguins", nil)
			if err != nil || a.Status.State != want[user] {
				t.Errorf("%s: %s, error %v", user, a.Status.State, err)
				return
			}
			if want[user] == "SUCCEEDED" && *a.Result.DataArray[0][0] != user {
				t.Errorf("%s was answered as %s", user, *a.Result.DataArray[0][0])
			}
			if user == ana {
				a, err := execute(t.Context(), c, "UPDATE main.samples.counter SET n = n + 1", nil)
				if err != nil || a.Status.State != "SUCCEEDED" {
					t.Errorf("update: %s %s, error %v", a.Status.State, a.Status.Error.Message, err)
				}
			}
		})
	}
	wg.Wait()
	if got := sql(t, admin, "SELECT n FROM main.samples.counter").rows(); got != "17" {
		t.Errorf("counter is %s, want 17", got)
	}
}
