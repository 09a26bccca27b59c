package workspace

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/databricks/databricks-sdk-go/client"
	"github.com/google/go-cmp/cmp"
)

// slow is a statement that runs until it is cancelled.
const slow = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.id * b.id % 7 = 3"

func poll(t *testing.T, c *client.DatabricksClient, id string, until ...string) answer {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		var a answer
		if err := c.Do(t.Context(), http.MethodGet, "/api/2.0/sql/statements/"+id, nil, nil, nil, &a); err != nil {
			t.Fatal(err)
		}
		for _, state := range until {
			if a.Status.State == state {
				return a
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("statement is %s, want %v", a.Status.State, until)
		}
	}
}

func TestStatementRunsOnAfterItsWait(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	a, err := execute(t.Context(), c, "SELECT 'x' AS a", object{"wait_timeout": "0s"})
	if err != nil {
		t.Fatal(err)
	}
	if done := poll(t, c, a.StatementID, "SUCCEEDED"); done.rows() != "x" {
		t.Errorf("rows %q", done.rows())
	}
}

func TestCancelStopsTheEngine(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	a, err := execute(t.Context(), c, slow, object{"wait_timeout": "0s"})
	if err != nil {
		t.Fatal(err)
	}
	poll(t, c, a.StatementID, "RUNNING")
	started := time.Now()
	if err := c.Do(t.Context(), http.MethodPost, "/api/2.0/sql/statements/"+a.StatementID+"/cancel", nil, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	poll(t, c, a.StatementID, "CANCELED")
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("cancelling took %v", took)
	}
	// The slot and the connection are free again.
	if got := sql(t, c, "SELECT 1").rows(); got != "1" {
		t.Errorf("after cancel: %s", got)
	}
}

func TestWaitTimeoutCancels(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	a, err := execute(t.Context(), c, slow, object{"wait_timeout": "5s", "on_wait_timeout": "CANCEL"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Status.State != "CANCELED" {
		t.Errorf("state %s", a.Status.State)
	}
}

func TestStatementsOfOthersDoNotExist(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	a := sql(t, s.databricks(t, ana), "SELECT 1")
	for _, path := range []string{"", "/result/chunks/0"} {
		err := s.databricks(t, ben).Do(t.Context(), http.MethodGet, "/api/2.0/sql/statements/"+a.StatementID+path, nil, nil, nil, nil)
		if e := apiError(t, err); e.StatusCode != http.StatusNotFound {
			t.Errorf("%q: status %d", path, e.StatusCode)
		}
	}
	running, err := execute(t.Context(), s.databricks(t, ana), slow, object{"wait_timeout": "0s"})
	if err != nil {
		t.Fatal(err)
	}
	// A cancel answers the same whether there is such a statement or not.
	if err := s.databricks(t, ben).Do(t.Context(), http.MethodPost, "/api/2.0/sql/statements/"+running.StatementID+"/cancel", nil, nil, nil, nil); err != nil {
		t.Errorf("cancel: %v", err)
	}
	poll(t, s.databricks(t, ana), running.StatementID, "RUNNING")
}

// wide makes a result of several chunks.
const wide = "SELECT id, repeat('x', 100) AS filler FROM range(60000) ORDER BY id"

func TestChunksFollowEachOther(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	a := sql(t, c, wide)
	if a.Manifest.TotalChunkCount < 3 || a.Manifest.TotalRowCount != 60000 {
		t.Fatalf("%d chunks, %d rows", a.Manifest.TotalChunkCount, a.Manifest.TotalRowCount)
	}
	var next int64
	for chunk := a.Result; ; {
		if chunk.RowOffset != next || int64(len(chunk.DataArray)) != chunk.RowCount {
			t.Fatalf("chunk at %d of %d rows, want offset %d", chunk.RowOffset, len(chunk.DataArray), next)
		}
		for _, row := range chunk.DataArray {
			if *row[0] != fmt.Sprint(next) {
				t.Fatalf("row %d holds %s", next, *row[0])
			}
			next++
		}
		if chunk.NextChunkIndex == nil {
			break
		}
		link := chunk.NextChunkInternalLink
		chunk = chunkAnswer{}
		if err := c.Do(t.Context(), http.MethodGet, link, nil, nil, nil, &chunk); err != nil {
			t.Fatal(err)
		}
	}
	if next != 60000 {
		t.Errorf("%d rows came", next)
	}
}

func TestLimitsTruncate(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for _, l := range []struct {
		more      object
		rows      int64
		truncated bool
	}{
		{object{"row_limit": 0}, 0, true},
		{object{"row_limit": 10}, 10, true},
		{object{"row_limit": 10, "format": "PARQUET", "disposition": "NOPE", "on_wait_timeout": "NOPE", "unknown": 1}, 10, true},
		{object{"row_limit": 60000}, 60000, false},
		{object{"byte_limit": 1200}, 11, true},
		{object{"row_limit": 5, "byte_limit": 1 << 20}, 5, true},
	} {
		a, err := execute(t.Context(), c, wide, l.more)
		if err != nil {
			t.Fatal(err)
		}
		if a.Manifest.TotalRowCount != l.rows || a.Manifest.Truncated != l.truncated {
			t.Errorf("%v: %d rows, truncated %v, want %d, %v (%s)", l.more, a.Manifest.TotalRowCount, a.Manifest.Truncated, l.rows, l.truncated, a.Status.Error.Message)
		}
	}
}

func TestInlineResultIsBounded(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	if class, _ := sqlError(t, c, "SELECT repeat('x', 1000) FROM range(30000)"); class != "INLINE_LIMIT_EXCEEDED 54000" {
		t.Errorf("error %s", class)
	}
}

func TestExternalLinksNeedNoToken(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c := s.databricks(t, ana)
	for _, format := range []string{"JSON_ARRAY", "CSV"} {
		a, err := execute(t.Context(), c, "SELECT id, IF(id = 1, NULL, 'a,\"b') AS s, '' AS e FROM range(2) ORDER BY id", object{"disposition": "EXTERNAL_LINKS", "format": format})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Result.ExternalLinks) != 1 || len(a.Result.DataArray) != 0 {
			t.Fatalf("result %+v", a.Result)
		}
		link := a.Result.ExternalLinks[0].ExternalLink
		status, body := fetch(t, link)
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", link, status)
		}
		if format == "CSV" {
			got, err := csv.NewReader(strings.NewReader(body)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]string{{"id", "s", "e"}, {"0", `a,"b`, ""}, {"1", "", ""}}, got); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(body, "1,,\"\"\r\n") {
				t.Errorf("NULL and the empty string look alike in %q", body)
			}
		} else {
			var rows [][]*string
			if err := json.Unmarshal([]byte(body), &rows); err != nil || len(rows) != 2 || rows[1][1] != nil || *rows[1][2] != "" {
				t.Errorf("body %s, error %v", body, err)
			}
		}
		for _, forged := range []string{strings.Replace(link, "/0?", "/1?", 1), link[:len(link)-2], strings.Replace(link, "expires=", "expires=9", 1)} {
			if status, _ := fetch(t, forged); status != http.StatusForbidden {
				t.Errorf("forged link %s: status %d", forged, status)
			}
		}
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
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

func TestBadStatementRequests(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for name, r := range map[string]struct {
		more   object
		status int
		code   string
	}{
		"unknown warehouse":      {object{"warehouse_id": "nope"}, 404, "NOT_FOUND"},
		"no warehouse":           {object{"warehouse_id": ""}, 400, "BAD_REQUEST"},
		"wait too short":         {object{"wait_timeout": "3s"}, 400, "INVALID_PARAMETER_VALUE"},
		"wait too long":          {object{"wait_timeout": "51s"}, 400, "INVALID_PARAMETER_VALUE"},
		"wait not a duration":    {object{"wait_timeout": "soon"}, 400, "INVALID_PARAMETER_VALUE"},
		"cancel without wait":    {object{"wait_timeout": "0s", "on_wait_timeout": "CANCEL"}, 400, "INVALID_PARAMETER_VALUE"},
		"inline csv":             {object{"format": "CSV"}, 400, "INVALID_PARAMETER_VALUE"},
		"inline arrow":           {object{"format": "ARROW_STREAM"}, 400, "INVALID_PARAMETER_VALUE"},
		"no statement":           {object{"statement": nil}, 400, "BAD_REQUEST"},
		"negative limit":         {object{"row_limit": -1}, 400, "INVALID_PARAMETER_VALUE"},
		"statement not a string": {object{"statement": 5}, 400, "MALFORMED_REQUEST"},
		"no bytes":               {object{"byte_limit": 0}, 400, "INVALID_PARAMETER_VALUE"},
		"row limit of 2^31":      {object{"row_limit": 1 << 31}, 400, "INVALID_PARAMETER_VALUE"},
		"parameters not a list":  {object{"parameters": "x"}, 400, "MALFORMED_REQUEST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := execute(t.Context(), c, "SELECT 1", r.more)
			if e := apiError(t, err); e.StatusCode != r.status || e.ErrorCode != r.code {
				t.Errorf("status %d %s, want %d %s: %s", e.StatusCode, e.ErrorCode, r.status, r.code, e.Message)
			}
		})
	}
}

func TestStatementsThatAreNone(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	c := s.databricks(t, ana)
	for _, statement := range []string{"", "  ", ";", "-- nothing"} {
		class, message := sqlError(t, c, statement)
		if class != "PARSE_EMPTY_STATEMENT 42617" && class != "PARSE_SYNTAX_ERROR 42601" {
			t.Errorf("%q: %s %s", statement, class, message)
		}
	}
	if err := c.Do(t.Context(), http.MethodPost, "/api/2.0/sql/statements/00000000-0000-0000-0000-000000000000/cancel", nil, nil, nil, nil); err != nil {
		t.Errorf("cancel of what is not there: %v", err)
	}
	status, body := s.request(t, "/api/2.0/sql/warehouses", "Bearer nonsense")
	if status != http.StatusForbidden || body != `{"error_code":403,"message":"Invalid access token."}` {
		t.Errorf("wrong token: %d %s", status, body)
	}
}
