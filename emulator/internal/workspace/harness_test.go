package workspace

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/config"
	"go.uber.org/goleak"
)

const (
	ana  = "ana@example.com"
	ben  = "ben@example.com"
	cleo = "cleo@example.com"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The SDK's client keeps its idle connections.
		goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"),
		goleak.IgnoreTopFunction("go.opencensus.io/stats/view.(*worker).start"),
	)
}

// served is a workspace behind a test server.
type served struct {
	*Workspace
	url string
}

// serve opens the workspace in dir and serves it until the test ends.
func serve(t testing.TB, dir string) *served {
	t.Helper()
	return serveWith(t, Config{StateDir: dir})
}

func serveWith(t testing.TB, c Config) *served {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	if c.Apps != nil { // they must know the address before it answers
		c.Apps.Workspace.URL = "http://" + server.Listener.Addr().String()
	}
	w, err := Open(c)
	if err != nil {
		t.Fatal(errors.Join(err, server.Listener.Close()))
	}
	server.Config.Handler = w.Handler()
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := w.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return &served{w, server.URL}
}

func (s *served) personalToken(t testing.TB, user string) string {
	t.Helper()
	token, err := s.Directory().PersonalToken(user)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// databricks is the real SDK's client as the user.
func (s *served) databricks(t testing.TB, user string) *client.DatabricksClient {
	t.Helper()
	return s.databricksWith(t, s.personalToken(t, user))
}

func (s *served) databricksWith(t testing.TB, token string) *client.DatabricksClient {
	t.Helper()
	c, err := client.New(&config.Config{Host: s.url, Token: token, AuthType: "pat", RateLimitPerSecond: 10_000, HTTPTransport: http.DefaultTransport})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type object = map[string]any

// answer is a statement's answer with NULLs told from empty strings.
type answer struct {
	StatementID string `json:"statement_id"`
	Status      struct {
		State    string `json:"state"`
		SQLState string `json:"sql_state"`
		Error    struct {
			ErrorCode string `json:"error_code"`
			Message   string `json:"message"`
		} `json:"error"`
	} `json:"status"`
	Manifest struct {
		Schema struct {
			Columns []struct {
				Name     string `json:"name"`
				TypeName string `json:"type_name"`
				TypeText string `json:"type_text"`
			} `json:"columns"`
		} `json:"schema"`
		TotalRowCount   int64 `json:"total_row_count"`
		TotalChunkCount int   `json:"total_chunk_count"`
		Truncated       bool  `json:"truncated"`
	} `json:"manifest"`
	Result chunkAnswer `json:"result"`
}

type chunkAnswer struct {
	DataArray             [][]*string `json:"data_array"`
	RowOffset             int64       `json:"row_offset"`
	RowCount              int64       `json:"row_count"`
	NextChunkIndex        *int        `json:"next_chunk_index"`
	NextChunkInternalLink string      `json:"next_chunk_internal_link"`
	ExternalLinks         []struct {
		ExternalLink          string `json:"external_link"`
		NextChunkIndex        *int   `json:"next_chunk_index"`
		NextChunkInternalLink string `json:"next_chunk_internal_link"`
	} `json:"external_links"`
}

// rows is the result as text: columns with | between them, rows with newlines.
func (a answer) rows() string {
	lines := make([]string, len(a.Result.DataArray))
	for i, row := range a.Result.DataArray {
		cells := make([]string, len(row))
		for j, v := range row {
			if cells[j] = "NULL"; v != nil {
				cells[j] = *v
			}
		}
		lines[i] = strings.Join(cells, "|")
	}
	return strings.Join(lines, "\n")
}

func (a answer) types() string {
	names := make([]string, len(a.Manifest.Schema.Columns))
	for i, c := range a.Manifest.Schema.Columns {
		names[i] = c.TypeText
	}
	return strings.Join(names, "|")
}

func (a answer) columns() string {
	names := make([]string, len(a.Manifest.Schema.Columns))
	for i, c := range a.Manifest.Schema.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, "|")
}

// execute sends a statement and returns the answer. more is added to the request.
func execute(ctx context.Context, c *client.DatabricksClient, statement string, more object) (a answer, err error) {
	body := object{"statement": statement, "warehouse_id": WarehouseID, "wait_timeout": "50s"}
	for k, v := range more {
		body[k] = v
	}
	headers := map[string]string{"Content-Type": "application/json"}
	err = c.Do(ctx, http.MethodPost, "/api/2.0/sql/statements/", headers, nil, body, &a)
	return a, err
}

// sql runs a statement that must succeed.
func sql(t testing.TB, c *client.DatabricksClient, statement string, parameters ...object) answer {
	t.Helper()
	a, err := execute(t.Context(), c, statement, object{"parameters": parameters})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if a.Status.State != "SUCCEEDED" {
		t.Fatalf("%s: %s %s", statement, a.Status.State, a.Status.Error.Message)
	}
	return a
}

// sqlError runs a statement that must fail, and returns its error class and SQLSTATE.
func sqlError(t testing.TB, c *client.DatabricksClient, statement string, parameters ...object) (class, message string) {
	t.Helper()
	a, err := execute(t.Context(), c, statement, object{"parameters": parameters})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if a.Status.State != "FAILED" {
		t.Fatalf("%s: %s, want FAILED; rows:\n%s", statement, a.Status.State, a.rows())
	}
	message = a.Status.Error.Message
	class, _, ok := strings.Cut(strings.TrimPrefix(message, "["), "]")
	if !ok || !strings.Contains(message, " SQLSTATE: "+a.Status.SQLState) {
		t.Errorf("%s: message %q does not name class and SQLSTATE %s", statement, message, a.Status.SQLState)
	}
	return class + " " + a.Status.SQLState, message
}

func get(t testing.TB, c *client.DatabricksClient, path string, query object) (object, error) {
	t.Helper()
	var out object
	err := c.Do(t.Context(), http.MethodGet, path, map[string]string{"Accept": "application/json"}, nil, query, &out)
	return out, err
}

func value(v any) object { return object{"name": "p", "value": fmt.Sprint(v)} }
