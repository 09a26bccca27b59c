package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
	"corbel.example/sdk/sdktest"
)

func TestMain(m *testing.M) {
	// The SDK's Google sign-in brings this goroutine along; it starts with the process and never ends.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"))
}

// databricks is a workspace in small: one schema, tables with properties and a number of rows.
type databricks struct {
	*httptest.Server

	mu       sync.Mutex
	noSchema bool
	hidden   string                       // a table that nobody may see
	tables   map[string]map[string]string // properties by name
	rows     map[string]int
	// statements are those that were performed, in their order.
	statements []string
	// meet is asked about each statement first; it answers itself and returns true, or returns false.
	meet func(w http.ResponseWriter, sql string) bool
	// polled answers for a statement that did not end at once.
	polled func(w http.ResponseWriter, id string)
	// cancelled are the ids of cancelled statements.
	cancelled []string
}

func newDatabricks(t *testing.T) *databricks {
	t.Helper()
	d := &databricks{tables: map[string]map[string]string{}, rows: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/2.1/unity-catalog/schemas/{name}", func(w http.ResponseWriter, _ *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.noSchema {
			answer(w, http.StatusNotFound, `{"error_code":"SCHEMA_DOES_NOT_EXIST","message":"no schema"}`)
			return
		}
		answer(w, http.StatusOK, `{"name":"samples"}`)
	})
	mux.HandleFunc("GET /api/2.1/unity-catalog/tables/{name}", func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		name := strings.TrimPrefix(r.PathValue("name"), "main.samples.")
		if name == d.hidden {
			answer(w, http.StatusForbidden, `{"error_code":"PERMISSION_DENIED","message":"no"}`)
			return
		}
		properties, ok := d.tables[name]
		if !ok {
			answer(w, http.StatusNotFound, `{"error_code":"TABLE_DOES_NOT_EXIST","message":"no table"}`)
			return
		}
		raw, err := json.Marshal(map[string]any{"owner": "ana@example.com", "properties": properties})
		if err != nil {
			t.Error(err)
		}
		answer(w, http.StatusOK, string(raw))
	})
	mux.HandleFunc("POST /api/2.0/sql/statements", d.execute)
	mux.HandleFunc("GET /api/2.0/sql/statements/{id}", func(w http.ResponseWriter, r *http.Request) {
		if d.polled != nil {
			d.polled(w, r.PathValue("id"))
		}
	})
	mux.HandleFunc("POST /api/2.0/sql/statements/{id}/cancel", func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.cancelled = append(d.cancelled, r.PathValue("id"))
		answer(w, http.StatusOK, `{}`)
	})
	d.Server = httptest.NewServer(mux)
	t.Cleanup(d.Close)
	return d
}

var (
	tableName = regexp.MustCompile("`main`\\.`samples`\\.`([^`]+)`")
	property  = regexp.MustCompile(`'(corbel\.sample_data\.\w+)' = '([^']*)'`)
	rowOfCall = regexp.MustCompile(`\(:r\d+_`)
)

func (d *databricks) execute(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Statement  string
		Parameters []struct{ Name, Type string }
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(raw, &body) != nil {
		return
	}
	d.mu.Lock()
	meet := d.meet
	d.mu.Unlock()
	if meet != nil && meet(w, body.Statement) {
		return
	}
	answer(w, http.StatusOK, d.perform(body.Statement))
}

// perform does what a statement says, and returns the answer.
func (d *databricks) perform(sql string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.statements = append(d.statements, sql)
	name := ""
	if found := tableName.FindStringSubmatch(sql); found != nil {
		name = found[1]
	}
	switch {
	case strings.HasPrefix(sql, "CREATE SCHEMA"):
		d.noSchema = false
	case strings.HasPrefix(sql, "CREATE TABLE"):
		if d.tables[name] == nil {
			d.tables[name] = propertiesIn(sql)
		}
	case strings.HasPrefix(sql, "ALTER TABLE"):
		maps.Copy(d.tables[name], propertiesIn(sql))
	case strings.HasPrefix(sql, "DROP TABLE"):
		delete(d.tables, name)
		delete(d.rows, name)
	case strings.HasPrefix(sql, "MERGE"):
		before := d.rows[name]
		d.rows[name] = len(rowOfCall.FindAllString(sql, -1))
		return succeeded(`"num_affected_rows"`, fmt.Sprintf(`["%d"]`, d.rows[name]-before))
	case strings.HasPrefix(sql, "SELECT"):
		var rows []string
		for _, found := range tableName.FindAllStringSubmatch(sql, -1) {
			rows = append(rows, fmt.Sprintf(`[%q,"%d"]`, found[1], d.rows[found[1]]))
		}
		return succeeded(`"name","n"`, strings.Join(rows, ","))
	}
	return succeeded("", "")
}

func propertiesIn(sql string) map[string]string {
	all := map[string]string{}
	for _, found := range property.FindAllStringSubmatch(sql, -1) {
		all[found[1]] = found[2]
	}
	return all
}

func succeeded(columns, rows string) string {
	var list []string
	for name := range strings.SplitSeq(columns, ",") {
		if name != "" {
			list = append(list, `{"name":`+name+`}`)
		}
	}
	return `{"statement_id":"s","status":{"state":"SUCCEEDED"},"manifest":{"schema":{"columns":[` + strings.Join(list, ",") + `]}},"result":{"data_array":[` + rows + `]}}`
}

func failedStatement(code, message string) string {
	return fmt.Sprintf(`{"statement_id":"s","status":{"state":"FAILED","error":{"error_code":%q,"message":%q}}}`, code, message)
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // the test sees what is missing
}

// meeting sets what statements meet.
func (d *databricks) meeting(meet func(w http.ResponseWriter, sql string) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.meet = meet
}

// keeper is the plugin lakebase in small. Of the plugin unitycatalog it knows that it was told to look anew.
type keeper struct {
	mu        sync.Mutex
	rows      int
	down      bool
	refreshed []string
}

func (k *keeper) call(w http.ResponseWriter, r *http.Request, plugin string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if plugin == "unitycatalog" {
		k.refreshed = append(k.refreshed, r.Method+" "+r.URL.Path)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if k.down {
		fault.Fail(w, fault.New(fault.Unavailable, "The database is away."), "")
		return
	}
	switch r.Method {
	case http.MethodPut:
		k.rows = 6
	case http.MethodDelete:
		k.rows = 0
	}
	answer(w, http.StatusOK, fmt.Sprintf(`{"preferences":%d,"saved_queries":%d,"notes":%d}`, k.rows/3, k.rows/2, k.rows/6))
}

// caller is the test's own header that says who calls: it stands for the platform's proxy.
const caller = "Test-Caller"

// client calls the plugin as a user.
type client struct {
	t         *testing.T
	url, user string
}

// start starts the plugin. own is nil for an application without Lakebase.
func start(t *testing.T, d *databricks, own *keeper, settings ...string) *client {
	t.Helper()
	all := strings.Join(settings, "")
	if !strings.Contains(all, "warehouse_id") {
		all += `,"warehouse_id":"wh"`
	}
	config := fmt.Sprintf(`{"host":%q%s}`, d.URL, all)
	options := sdktest.Options{Config: json.RawMessage(config), AccessToken: "token", Timeout: time.Minute, Caller: func(r *http.Request) identity.User {
		return identity.User{ID: r.Header.Get(caller), Email: r.Header.Get(caller) + "@example.com"}
	}}
	if own != nil {
		options.Call = own.call
	}
	return &client{t: t, url: sdktest.Start(t, &sampleData{}, options).URL, user: "ana"}
}

func (c *client) as(user string) *client { return &client{t: c.t, url: c.url, user: user} }

func (c *client) open(ctx context.Context, method, path, body string, header ...string) *http.Response {
	c.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, c.url+"/api/sampledata"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set(caller, c.user)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	without := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := without.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

// do calls and expects a status.
func (c *client) do(status int, method, path, body string, header ...string) string {
	c.t.Helper()
	answer := c.open(c.t.Context(), method, path, body, header...)
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if answer.StatusCode != status {
		c.t.Fatalf("%s %s: status %d, want %d: %s", method, path, answer.StatusCode, status, text)
	}
	if answer.StatusCode == http.StatusSeeOther {
		return answer.Header.Get("Location")
	}
	return string(text)
}
