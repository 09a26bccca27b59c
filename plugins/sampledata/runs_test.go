package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// snapshot is a run as the API tells it.
type snapshot struct {
	ID      string
	Kind    string
	State   string
	Percent int
	Rows    int
	Steps   []struct {
		Target, Title, State, Note string
		Error                      *struct {
			Code, Message string
			Grants        []string
		}
	}
}

func decode(t *testing.T, text string) (s snapshot) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return s
}

// states counts the steps by state.
func (s *snapshot) states() map[string]int {
	all := map[string]int{}
	for _, step := range s.Steps {
		all[step.State]++
	}
	return all
}

// failure is that of the step that failed.
func (s *snapshot) failure(t *testing.T) (title, code, message string, grants []string) {
	t.Helper()
	for _, step := range s.Steps {
		if step.Error != nil {
			return step.Title, step.Error.Code, step.Error.Message, step.Error.Grants
		}
	}
	t.Fatalf("no step has failed: %+v", s)
	return "", "", "", nil
}

const both = `{"targets":["unity-catalog","lakebase"]}`

// setUp runs to the end.
func (c *client) setUp(body string) snapshot {
	c.t.Helper()
	return c.await(decode(c.t, c.do(http.StatusAccepted, http.MethodPost, "/runs", body)))
}

func (c *client) await(s snapshot) snapshot {
	c.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); s.State == "running"; <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("the run does not end: %+v", s)
		}
		s = decode(c.t, c.do(http.StatusOK, http.MethodGet, "/runs/"+s.ID, ""))
	}
	return s
}

func TestSetUpAndCleanUp(t *testing.T) {
	t.Parallel()
	d, own := newDatabricks(t), &keeper{}
	c := start(t, d, own)
	s := c.setUp(both)
	if s.State != "succeeded" || s.Percent != 100 || s.Rows != 4+8+12+6 || s.states()["done"] != 7 {
		t.Fatalf("set up: %+v", s)
	}
	if want := []string{"DELETE /api/unitycatalog/catalogs/main/schemas/samples/copies"}; !slices.Equal(own.refreshed, want) {
		t.Errorf("the catalog was told %v", own.refreshed)
	}
	again := c.setUp(both)
	if again.State != "succeeded" || again.states()["unchanged"] != 8 {
		t.Errorf("set up again: %+v", again)
	}
	status := c.do(http.StatusOK, http.MethodGet, "/status", "")
	if !strings.Contains(status, `"name":"main.samples.demo_data","table":"demo_data","state":"complete","version":"1","owner":"ana@example.com","rows":8,"expected":8`) {
		t.Errorf("status: %s", status)
	}
	// What somebody has deleted comes back.
	d.mu.Lock()
	d.rows["demo_data"] = 3
	d.mu.Unlock()
	if status := c.do(http.StatusOK, http.MethodGet, "/status", ""); !strings.Contains(status, `"state":"incomplete"`) {
		t.Errorf("status with rows missing: %s", status)
	}
	if s := c.setUp(both); s.states()["done"] != 1 || s.Steps[4].Note != "5 restored" {
		t.Errorf("restored: %+v", s)
	}
	for _, want := range []string{"done", "unchanged"} { // twice
		if s := decode(t, c.do(http.StatusOK, http.MethodDelete, "/data", "")); s.State != "succeeded" || s.states()[want] != 4 {
			t.Errorf("clean up: %+v", s)
		}
	}
	if len(d.tables) != 0 || own.rows != 0 {
		t.Errorf("left: %v, %d rows", d.tables, own.rows)
	}
	if c.do(http.StatusOK, http.MethodDelete, "/data?target=lakebase", ""); t.Failed() {
		t.Log(d.statements)
	}
}

func TestValuesAreParameters(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	c := start(t, d, nil)
	c.setUp(`{"targets":["unity-catalog"]}`)
	for _, sql := range d.statements {
		if strings.HasPrefix(sql, "MERGE") && (strings.Contains(sql, "Lamplighter") || strings.Contains(sql, "'")) {
			t.Errorf("a statement holds values: %s", sql)
		}
	}
}

func TestTwoAtOnceAreOne(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	d.meeting(func(_ http.ResponseWriter, sql string) bool {
		if strings.HasPrefix(sql, "CREATE TABLE") {
			select {
			case arrived <- struct{}{}:
			default:
			}
			<-release
		}
		return false
	})
	c := start(t, d, &keeper{})
	first := decode(t, c.do(http.StatusAccepted, http.MethodPost, "/runs", `{"targets":["unity-catalog"]}`))
	<-arrived
	second := decode(t, c.do(http.StatusOK, http.MethodPost, "/runs", `{"targets":["unity-catalog"]}`))
	if first.ID != second.ID {
		t.Errorf("two runs: %s and %s", first.ID, second.ID)
	}
	for _, other := range []string{
		c.do(http.StatusConflict, http.MethodPost, "/runs", both), c.do(http.StatusConflict, http.MethodDelete, "/data", ""),
	} {
		if !strings.Contains(other, "RUN_UNDER_WAY") {
			t.Errorf("another one: %s", other)
		}
	}
	if at := c.do(http.StatusSeeOther, http.MethodPost, "/forms/set-up", "target=unity-catalog", "Content-Type", "application/x-www-form-urlencoded"); at != "/sample-data?run="+first.ID {
		t.Errorf("the form leads to %s", at)
	}
	c.as("ben").do(http.StatusNotFound, http.MethodGet, "/runs/"+first.ID, "")
	c.as("ben").do(http.StatusNotFound, http.MethodGet, "/runs/"+first.ID+"/events", "")
	if text := c.do(http.StatusOK, http.MethodGet, "/fragments/overview", ""); !strings.Contains(text, "Setting up") || !strings.Contains(text, `src="/_fragment/sampledata/progress?run=`+first.ID) {
		t.Errorf("the page does not show the run under way: %s", text)
	}
	close(release)
	c.await(first)
}

func TestEventsTellOfARunUntilItsEnd(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t)
	release := make(chan struct{})
	d.meeting(func(http.ResponseWriter, string) bool { <-release; return false })
	c := start(t, d, &keeper{})
	s := decode(t, c.do(http.StatusAccepted, http.MethodPost, "/runs", both))
	events := c.open(t.Context(), http.MethodGet, "/runs/"+s.ID+"/events", "")
	close(release)
	text, err := io.ReadAll(events.Body)
	if err != nil || events.Body.Close() != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	id, data, _ := strings.Cut(all[len(all)-1], "\nevent: run\ndata: ")
	if last := decode(t, data); last.State != "succeeded" || last.Percent != 100 {
		t.Errorf("the last event: %+v", last)
	}
	if events.Header.Get("Content-Type") != "text/event-stream" || len(all) < 3 {
		t.Errorf("%s, %d events", events.Header.Get("Content-Type"), len(all))
	}
	c.do(http.StatusNoContent, http.MethodGet, "/runs/"+s.ID+"/events", "", "Last-Event-ID", strings.TrimPrefix(id, "id: "))
	if again := c.do(http.StatusOK, http.MethodGet, "/runs/"+s.ID+"/events", "", "Last-Event-ID", "1"); !strings.Contains(again, data) {
		t.Errorf("again: %s", again)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	c := start(t, newDatabricks(t), nil)
	for _, body := range []string{``, `{`, `[]`, `{"targets":[]}`, `{"targets":["moon"]}`, `{"targets":["lakebase","lakebase"]}`, `{"targets":"lakebase"}`, `{"all":true}`, "{\"targets\":[\"\xff\"]}"} {
		c.do(http.StatusBadRequest, http.MethodPost, "/runs", body)
	}
	c.do(http.StatusBadRequest, http.MethodDelete, "/data?target=moon", "")
	c.do(http.StatusNotFound, http.MethodGet, "/runs/none", "")
	if text := c.do(http.StatusOK, http.MethodGet, "/fragments/overview?run=none", ""); !strings.Contains(text, "There is no such run of yours") {
		t.Errorf("the page of no run: %s", text)
	}
}

func TestRunsAreBounded(t *testing.T) {
	t.Parallel()
	c := start(t, newDatabricks(t), &keeper{})
	var ids []string
	for range 7 {
		ids = append(ids, c.setUp(`{"targets":["lakebase"]}`).ID)
	}
	for _, id := range ids[:2] {
		c.do(http.StatusNotFound, http.MethodGet, "/runs/"+id, "")
	}
	for _, id := range slices.Concat(ids[2:]) {
		c.do(http.StatusOK, http.MethodGet, "/runs/"+id, "")
	}
}
