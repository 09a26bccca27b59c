package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/sdk/plugin"
)

// keeper is a host with a plugin lakebase that remembers what it is told.
type keeper struct {
	mu   sync.Mutex
	seen []string
}

func (k *keeper) Call(r *http.Request, _ string) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(content)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen = append(k.seen, r.Method+" "+r.URL.Path+" "+body)
	w := httptest.NewRecorder()
	switch route := r.Method + " " + r.URL.Path; route {
	case "GET /api/lakebase/history":
		_, _ = io.WriteString(w, `{"history":[{"id":"1","statement":"SELECT 'before'","catalog":"c","status":"SUCCEEDED","duration_ms":1500}]}`)
	case "GET /api/lakebase/saved-queries":
		_, _ = io.WriteString(w, `{"saved_queries":[{"id":"q1","name":"<mine>","statement":"SELECT 'saved'"}]}`)
	case "GET /api/lakebase/saved-queries/q1":
		_, _ = io.WriteString(w, `{"id":"q1","name":"mine","statement":"SELECT 'saved'","catalog":"c","schema":"s"}`)
	case "POST /api/lakebase/saved-queries":
		if strings.Contains(body, "taken") {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"detail":"There is a query of that name.","code":"NAME_TAKEN"}`)
			break
		}
		_, _ = io.WriteString(w, `{"id":"q1"}`)
	case "POST /api/lakebase/history":
		w.WriteHeader(http.StatusCreated)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
	return w.Result(), nil
}

func (k *keeper) told(route string) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var found []string
	for _, s := range k.seen {
		if body, ok := strings.CutPrefix(s, route+" "); ok {
			found = append(found, body)
		}
	}
	return found
}

func TestRunsAreRecordedOnceAndQueriesSaved(t *testing.T) {
	t.Parallel()
	d := newDatabricks(t, map[string]http.HandlerFunc{"POST " + statements: answerJSON(200, submitted)})
	external(d, "s1", 3, 3)
	k := &keeper{}
	u := d.startBeside(t, k)
	sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT 3"}, "catalog": {"c"}, "schema": {"s"}})
	for range 2 {
		fragment(t, u, fragments+"/sql-result?run=s1")
	}
	recorded := k.told("POST /api/lakebase/history")
	if len(recorded) != 1 {
		t.Fatalf("recorded %v", recorded)
	}
	var e lakebase.Execution
	if err := json.Unmarshal([]byte(recorded[0]), &e); err != nil || e.Statement != "SELECT 3" || e.Catalog != "c" || e.Schema != "s" || e.Status != "SUCCEEDED" ||
		e.RowCount == nil || *e.RowCount != 3 || e.DurationMS == nil {
		t.Errorf("recorded %s, %v", recorded[0], err)
	}
	queries := fragment(t, u, fragments+"/sql-queries")
	if got := links(queries); got["<mine>"] != "/sql?saved=q1" || got["SELECT 'before'"] != "/sql?catalog=c&statement=SELECT+%27before%27" {
		t.Errorf("links %v", got)
	}
	if got := text(fragment(t, u, fragments+"/sql-editor?saved=q1")); !strings.Contains(got, "SELECT 'saved'") {
		t.Error(got)
	}
	address := sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT 4"}, "action": {"save"}, "save_as": {"four"}})
	if address.Query().Get("saved") != "q1" || len(k.told("POST /api/lakebase/saved-queries")) != 1 {
		t.Errorf("leads to %s", address)
	}
	address = sqlForm(t, u, "", "run", url.Values{"statement": {"SELECT 4"}, "action": {"save"}, "save_as": {"taken"}})
	if got := text(fragment(t, u, fragments+"/sql-result?"+address.RawQuery)); !strings.Contains(got, "There is a query of that name.") {
		t.Error(got)
	}
	if n := len(d.received("POST " + statements)); n != 1 {
		t.Errorf("%d statements were sent", n)
	}
}

func TestWithoutLakebaseThePageIsClean(t *testing.T) {
	t.Parallel()
	u := newDatabricks(t, map[string]http.HandlerFunc{}).start(t, nil)
	if got := text(fragment(t, u, fragments+"/sql-queries")); got != "" {
		t.Errorf("says %q", got)
	}
	if got := text(fragment(t, u, fragments+"/sql-editor")); strings.Contains(got, "Save") {
		t.Error(got)
	}
}

func TestTheManifestListsTheCalls(t *testing.T) {
	t.Parallel()
	calls := (&unityCatalog{}).Manifest().Calls
	for _, want := range lakebase.Calls {
		if !slices.Contains(calls, want) {
			t.Errorf("the manifest lacks %v", want)
		}
	}
}

var _ plugin.Caller = (*keeper)(nil)
