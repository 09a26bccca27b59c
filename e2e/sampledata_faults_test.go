package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"corbel.example/e2e/browser"
	"corbel.example/e2e/stack"
)

// The plugin is killed while it sets up: the page says so by itself, and the rest is done when it is told to go on.
func TestKilledDuringSettingUp(t *testing.T) {
	faults := filepath.Join(t.TempDir(), "faults.json")
	// Three statements make the first table. The fourth hangs.
	rules := `[{"kind": "latency", "latency": "1ms", "method": "POST", "path": "/api/2.0/sql/statements", "times": 3},
		{"kind": "latency", "latency": "5m", "method": "POST", "path": "/api/2.0/sql/statements", "times": 1}]`
	if err := os.WriteFile(faults, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "CORBEL_FAULTS="+faults)
	page := tab(t, browser.Desk)
	enter(t, page, s, ana)
	browse(t, page, s.URL+"/sample-data", http.StatusOK)
	followTo(t, page, "Set up", "/sample-data?run=")
	reads(t, page, "50%, ") // by itself: four of eight steps are done
	killSampleData(t, s)
	reads(t, page, "This run is not known any more")
	followTo(t, page, "What there is", "/sample-data")
	reads(t, page, "COMPLETE")
	followTo(t, page, "Set up again", "/sample-data?run=")
	reads(t, page, "The sample data is set up")
	if status := corbel(t, s, ana, 0, "sample-data", "status").Stdout; !strings.Contains(status, "demo_stays  12 of 12 rows") {
		t.Errorf("status: %s", status)
	}
}

// killSampleData kills the plugin and waits for its successor.
func killSampleData(t *testing.T, s *stack.Stack) {
	t.Helper()
	old, err := s.Process(bounded(t), "plugins/sampledata")
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Kill(); err != nil {
		t.Fatal(err)
	}
	await(t, "another process of the plugin", func() bool {
		p, err := s.Process(t.Context(), "plugins/sampledata")
		return err == nil && p.PID != old.PID
	})
}

// Tables that somebody else has are neither written to nor dropped, and who lacks a grant is told which.
func TestSampleDataAmongTablesOfOthers(t *testing.T) {
	s := start(t)
	theirs := signIn(t, s, ben)
	post(t, theirs, http.StatusOK, "/api/unitycatalog/query", `{"statement": "CREATE TABLE main.samples.demo_data AS SELECT 7 AS mine"}`)
	refused := corbel(t, s, ana, 1, "sample-data", "create", "--all")
	if !strings.Contains(refused.Stderr, "not part of the sample") || !strings.Contains(refused.Stdout, "done       Give you preferences") {
		t.Errorf("ana: %s%s", refused.Stdout, refused.Stderr)
	}
	if gone := corbel(t, s, ana, 0, "sample-data", "cleanup", "--all"); !strings.Contains(gone.Stdout, "kept       Remove the table main.samples.demo_data") {
		t.Errorf("cleaning up: %s", gone.Stdout)
	}
	if got := post(t, theirs, http.StatusOK, "/api/unitycatalog/query", `{"statement": "SELECT mine + 35 AS still FROM main.samples.demo_data"}`).Body; !strings.Contains(got, "42") {
		t.Errorf("ben's table: %s", got)
	}
	post(t, theirs, http.StatusOK, "/api/unitycatalog/query", `{"statement": "DROP TABLE main.samples.demo_data"}`)

	// What ana makes is out of ben's sight, until she grants it.
	corbel(t, s, ana, 0, "sample-data", "create", "--unity-catalog")
	blind := corbel(t, s, ben, 3, "sample-data", "create", "--all")
	if !strings.Contains(blind.Stderr, "GRANT SELECT ON TABLE `main`.`samples`.`demo_regions` TO `ben@example.com`;") || !strings.Contains(blind.Stdout, "done       Give you preferences") {
		t.Errorf("ben: %s%s", blind.Stdout, blind.Stderr)
	}
	corbel(t, s, ben, 0, "sample-data", "cleanup", "--unity-catalog")
	for _, table := range []string{"demo_regions", "demo_data", "demo_stays"} {
		post(t, signIn(t, s, ana), http.StatusOK, "/api/unitycatalog/query", "{\"statement\": \"GRANT SELECT ON TABLE main.samples."+table+" TO `"+ben+"`\"}")
	}
	if ran := corbel(t, s, ben, 0, "sample-data", "create", "--all"); !strings.Contains(ran.Stdout, "was filled by ana@example.com") {
		t.Errorf("ben, who may read them: %s", ran.Stdout)
	}
	if ran := corbel(t, s, ben, 3, "sample-data", "cleanup", "--all"); !strings.Contains(ran.Stderr, "MANAGE on main.samples.demo_regions") {
		t.Errorf("ben cleans up: %s", ran.Stderr)
	}
	corbel(t, s, ana, 1, "sample-data", "status") // complete but for her own rows
}

// `make sample-data` needs nobody to have started anything.
func TestMakeSampleDataNeedsNoWorkspace(t *testing.T) {
	state := t.TempDir()
	script := func(args ...string) {
		t.Helper()
		ran, err := programs.Script(bounded(t), "sample-data", state, args...)
		if err != nil || ran.Code != 0 {
			t.Fatalf("%v, exit code %d: %s%s", err, ran.Code, ran.Stdout, ran.Stderr)
		}
	}
	script("create", "--all")
	script("status") // on what the workspace before has left
	s, err := stack.Start(t.Context(), programs, state)
	if err != nil {
		t.Fatal(err) // a workspace that was left behind would hold the folder
	}
	cleanUp(t, s)
	if status := get(t, signIn(t, s, ana), http.StatusOK, sampleData+"/status").Body; !strings.Contains(status, `"lakebase":{"state":"complete"`) {
		t.Errorf("in the application: %s", status)
	}
	script("status") // in the workspace that runs
}
