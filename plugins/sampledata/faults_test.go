package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

const onlyTables = `{"targets":["unity-catalog"]}`

// refusing fails statements that begin with a word as a warehouse does.
func refusing(word, message string) func(http.ResponseWriter, string) bool {
	return func(w http.ResponseWriter, sql string) bool {
		if !strings.HasPrefix(sql, word) {
			return false
		}
		answer(w, http.StatusOK, failedStatement("BAD_REQUEST", message))
		return true
	}
}

func TestMissingGrantsAreNamed(t *testing.T) {
	t.Parallel()
	const insufficient = "[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have %s. SQLSTATE: 42501"
	for name, test := range map[string]struct {
		word, message string
		noSchema      bool
		want          []string
	}{
		"to create the schema": {"CREATE SCHEMA", fmt.Sprintf(insufficient, "CREATE SCHEMA on Catalog 'main'"), true, []string{
			"GRANT CREATE SCHEMA ON CATALOG `main` TO `ana@example.com`;",
		}},
		"to create a table": {"CREATE TABLE", fmt.Sprintf(insufficient, "CREATE TABLE on Schema 'main.samples'"), false, []string{
			"GRANT CREATE TABLE ON SCHEMA `main`.`samples` TO `ana@example.com`;",
		}},
		"to write, named otherwise": {"MERGE", "PERMISSION_DENIED: No.", false, []string{
			"GRANT SELECT ON TABLE `main`.`samples`.`demo_regions` TO `ana@example.com`;", "GRANT MODIFY ON TABLE `main`.`samples`.`demo_regions` TO `ana@example.com`;",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, own := newDatabricks(t), &keeper{}
			d.noSchema = test.noSchema
			d.meeting(refusing(test.word, test.message))
			c := start(t, d, own)
			s := c.setUp(both)
			_, code, message, grants := s.failure(t)
			if code != "PRIVILEGE_MISSING" || !slices.Equal(grants, test.want) || !strings.Contains(message, test.want[0]) {
				t.Errorf("%s: %s: %v", code, message, grants)
			}
			if s.State != "failed" || own.rows != 6 || s.states()["skipped"] == 0 {
				t.Errorf("the other target does not run, or what follows is tried: %+v", s)
			}
			page := c.do(http.StatusOK, http.MethodGet, "/fragments/overview?run="+s.ID, "")
			if !strings.Contains(page, test.want[0]) || !strings.Contains(page, "Go on") {
				t.Errorf("the page: %s", page)
			}
			// Once it is granted, the same is done.
			d.meeting(nil)
			if again := c.setUp(both); again.State != "succeeded" {
				t.Errorf("after the grant: %+v", again)
			}
		})
	}
}

func TestMissingSchemaIsMade(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.noSchema = true
	if s := start(t, d, nil).setUp(onlyTables); s.State != "succeeded" || s.Steps[0].Note != "created" {
		t.Errorf("%+v", s)
	}
}

func TestTablesOfOthersAreNeverTouched(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.tables["demo_data"] = map[string]string{"somebody": "else's"}
	c := start(t, d, nil)
	s := c.setUp(onlyTables)
	if title, code, message, _ := s.failure(t); code != "TABLE_NOT_OURS" || !strings.Contains(title, "demo_data") || !strings.Contains(message, "left as it is") {
		t.Errorf("%s: %s: %s", title, code, message)
	}
	if text := c.do(http.StatusOK, http.MethodGet, "/status", ""); !strings.Contains(text, `"state":"foreign"`) {
		t.Errorf("status: %s", text)
	}
	gone := decode(t, c.do(http.StatusOK, http.MethodDelete, "/data?target=unity-catalog", ""))
	if gone.states()["kept"] != 1 || gone.State != "succeeded" {
		t.Errorf("clean up: %+v", gone)
	}
	for _, sql := range d.statements {
		if strings.Contains(sql, "demo_data") && !strings.HasPrefix(sql, "CREATE TABLE IF NOT EXISTS `main`.`samples`.`demo_regions`") && !strings.Contains(sql, "`demo_stays` (") {
			t.Errorf("a statement names it: %s", sql)
		}
	}
}

// A table of somebody else's may come between the question and CREATE TABLE IF NOT EXISTS, which then does nothing.
func TestTableOfOthersThatComesMeanwhile(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.meeting(func(_ http.ResponseWriter, sql string) bool {
		if strings.HasPrefix(sql, "CREATE TABLE IF NOT EXISTS `main`.`samples`.`demo_regions`") {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.tables["demo_regions"] = map[string]string{}
		}
		return false
	})
	s := start(t, d, nil).setUp(onlyTables)
	if _, code, _, _ := s.failure(t); code != "TABLE_NOT_OURS" || slices.ContainsFunc(d.statements, func(sql string) bool { return strings.HasPrefix(sql, "MERGE") }) {
		t.Errorf("%s: %v", code, d.statements)
	}
}

func TestTablesOutOfSight(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.hidden = "demo_regions"
	c := start(t, d, nil)
	s := c.setUp(onlyTables)
	_, code, message, grants := s.failure(t)
	if want := []string{"GRANT SELECT ON TABLE `main`.`samples`.`demo_regions` TO `ana@example.com`;"}; code != "TABLE_HIDDEN" || !slices.Equal(grants, want) || !strings.HasSuffix(message, want[0]) {
		t.Errorf("%s: %s: %v", code, message, grants)
	}
	if s.Percent != 14 {
		t.Errorf("%d%% for one of seven steps", s.Percent)
	}
	if gone := decode(t, c.do(http.StatusOK, http.MethodDelete, "/data?target=unity-catalog", "")); gone.Steps[0].State != "kept" {
		t.Errorf("clean up: %+v", gone)
	}
	if text := c.do(http.StatusOK, http.MethodGet, "/status", ""); !strings.Contains(text, `"state":"hidden"`) {
		t.Errorf("status: %s", text)
	}
	if slices.ContainsFunc(d.statements, func(sql string) bool { return strings.HasPrefix(sql, "MERGE") || strings.HasPrefix(sql, "DROP") }) {
		t.Errorf("something was done to it: %v", d.statements)
	}
}

func TestTablesOfAnotherVersion(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.tables["demo_regions"] = map[string]string{"corbel.sample_data.table": "demo_regions", "corbel.sample_data.version": "0"}
	c := start(t, d, nil)
	s := c.setUp(onlyTables)
	if _, code, message, _ := s.failure(t); code != "OTHER_VERSION" || !strings.Contains(message, "Clean up") {
		t.Errorf("%s: %s", code, message)
	}
	c.do(http.StatusOK, http.MethodDelete, "/data?target=unity-catalog", "")
	if again := c.setUp(onlyTables); again.State != "succeeded" {
		t.Errorf("after cleaning up: %+v", again)
	}
}

func TestTablesThatSomebodyElseHasFilled(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	c := start(t, d, nil)
	c.setUp(onlyTables)
	d.meeting(refusing("MERGE", "[INSUFFICIENT_PERMISSIONS] User does not have MODIFY on Table 'main.samples.demo_data'."))
	if s := c.as("ben").setUp(onlyTables); s.State != "succeeded" || s.Steps[2].Note != "was filled by ana@example.com" {
		t.Errorf("%+v", s)
	}
}

func TestWithoutLakebase(t *testing.T) {
	t.Parallel()
	c := start(t, newDatabricks(t), nil)
	s := c.setUp(both)
	if s.State != "succeeded" || s.Rows != 24 || s.states()["skipped"] != 1 {
		t.Errorf("both: %+v", s)
	}
	if s := c.setUp(`{"targets":["lakebase"]}`); s.State != "failed" || !strings.Contains(s.Steps[0].Note, "no Lakebase") {
		t.Errorf("lakebase alone: %+v", s)
	}
	if text := c.do(http.StatusOK, http.MethodGet, "/status", ""); !strings.Contains(text, `"state":"disabled"`) {
		t.Errorf("status: %s", text)
	}
}

func TestLakebaseThatIsAway(t *testing.T) {
	t.Parallel()
	own := &keeper{down: true}
	c := start(t, newDatabricks(t), own)
	s := c.setUp(both)
	if title, _, message, _ := s.failure(t); s.State != "failed" || s.Rows != 24 || !strings.Contains(title, "preferences") || message == "" {
		t.Errorf("%+v", s)
	}
	own.mu.Lock()
	own.down = false
	own.mu.Unlock()
	if s := c.setUp(both); s.State != "succeeded" || s.states()["unchanged"] != 7 {
		t.Errorf("again: %+v", s)
	}
}

// hangUp breaks the connection.
func hangUp(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func TestConnectionThatIsLostOnce(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	var merges atomic.Int32
	d.meeting(func(w http.ResponseWriter, sql string) bool {
		if strings.HasPrefix(sql, "MERGE") && merges.Add(1) == 1 {
			d.perform(sql) // it was done, and nobody was told
			hangUp(w)
		}
		return false
	})
	if s := start(t, d, nil).setUp(onlyTables); s.State != "succeeded" || s.Rows != 24 || merges.Load() != 4 {
		t.Errorf("%d merges: %+v", merges.Load(), s)
	}
}

func TestConnectionThatStaysLost(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.meeting(func(w http.ResponseWriter, sql string) bool {
		if strings.HasPrefix(sql, "MERGE INTO `main`.`samples`.`demo_data`") {
			hangUp(w)
		}
		return false
	})
	c := start(t, d, nil)
	s := c.setUp(onlyTables)
	if title, _, message, _ := s.failure(t); title != "Fill main.samples.demo_data" || !strings.Contains(message, "cannot be reached") {
		t.Errorf("%s: %s", title, message)
	}
	if s.states()["skipped"] != 2 || d.rows["demo_regions"] != 4 {
		t.Errorf("half-way: %+v, %v", s, d.rows)
	}
	d.meeting(nil)
	if s := c.setUp(onlyTables); s.State != "succeeded" || d.rows["demo_data"] != 8 || d.rows["demo_stays"] != 12 {
		t.Errorf("again: %+v, %v", s, d.rows)
	}
}

func TestStatementThatAnotherOneGotInTheWayOf(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	var once atomic.Bool
	d.meeting(func(w http.ResponseWriter, sql string) bool {
		if !strings.HasPrefix(sql, "MERGE") || once.Swap(true) {
			return false
		}
		return refusing("MERGE", "[DELTA_CONCURRENT_APPEND] Another transaction wrote to it. SQLSTATE: 2D521")(w, sql)
	})
	if s := start(t, d, nil).setUp(onlyTables); s.State != "succeeded" {
		t.Errorf("%+v", s)
	}
}

const pending = `{"statement_id":"p","status":{"state":"PENDING"}}`

func TestWarehouseThatStarts(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	looked, begun := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	d.meeting(func(w http.ResponseWriter, _ string) bool {
		if first.Swap(true) {
			return false
		}
		answer(w, http.StatusOK, pending)
		return true
	})
	var once atomic.Bool
	d.polled = func(w http.ResponseWriter, _ string) {
		if !once.Swap(true) {
			close(begun)
			<-looked
		}
		answer(w, http.StatusOK, d.perform("CREATE TABLE IF NOT EXISTS `main`.`samples`.`demo_regions` ('corbel.sample_data.table' = 'demo_regions')"))
	}
	c := start(t, d, nil)
	s := decode(t, c.do(http.StatusAccepted, http.MethodPost, "/runs", onlyTables))
	<-begun
	if text := c.do(http.StatusOK, http.MethodGet, "/runs/"+s.ID, ""); !strings.Contains(text, "waiting for the SQL warehouse to start") {
		t.Errorf("while it starts: %s", text)
	}
	close(looked)
	if s := c.await(s); s.State != "succeeded" {
		t.Errorf("%+v", s)
	}
}

func TestWarehouseThatDoesNotStart(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	d.meeting(func(w http.ResponseWriter, _ string) bool { answer(w, http.StatusOK, pending); return true })
	d.polled = func(w http.ResponseWriter, _ string) { answer(w, http.StatusOK, pending) }
	s := start(t, d, nil, `,"statement_timeout":"1s"`).setUp(onlyTables)
	if _, code, message, _ := s.failure(t); code != "WAREHOUSE_STARTING" || !strings.Contains(message, "what is done stays") {
		t.Errorf("%s: %s", code, message)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.cancelled, "p") {
		t.Errorf("cancelled: %v", d.cancelled)
	}
}

func TestNoWarehouse(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	s := start(t, d, &keeper{}, `,"warehouse_id":""`).setUp(both)
	if _, code, message, _ := s.failure(t); code != "WAREHOUSE_MISSING" || !strings.Contains(message, "DATABRICKS_WAREHOUSE_ID") || s.Rows != 6 {
		t.Errorf("%s: %s: %+v", code, message, s)
	}
}
