package workspace

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// A result streams: most of it does not exist yet when its first rows have been read.

func TestFailuresInTheMiddleOfAResultAreFailures(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	for range 3 { // the connection stays good
		if class, _ := sqlError(t, c, "SELECT 1 / (id - 400000) FROM range(1000000)"); class != "DIVIDE_BY_ZERO 22012" {
			t.Errorf("error %s", class)
		}
	}
	if got := sql(t, c, "SELECT 1").rows(); got != "1" {
		t.Errorf("after the failure: %s", got)
	}
}

func TestCancelStopsTheEngineBetweenRows(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	// One row comes at once, and after it none for ages.
	a, err := execute(t.Context(), c, "SELECT a.id FROM range(1000000) a, range(1000000) b WHERE a.id = 0 AND b.id = 0 OR a.id * b.id = -1", object{"wait_timeout": "0s"})
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
	if got := sql(t, c, "SELECT count(*) FROM range(100000)").rows(); got != "100000" {
		t.Errorf("after cancel: %s", got)
	}
}

func TestArrowStreams(t *testing.T) {
	t.Parallel()
	c := serve(t, t.TempDir()).databricks(t, ana)
	a, err := execute(t.Context(), c, "SELECT id, IF(id = 1, NULL, concat('n', id)) AS name, map('k', id) AS m FROM range(200000) ORDER BY id",
		object{"disposition": "EXTERNAL_LINKS", "format": "ARROW_STREAM"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Manifest.TotalChunkCount < 2 {
		t.Fatalf("answer %+v", a)
	}
	var rows int64
	for chunk := a.Result; ; {
		link := chunk.ExternalLinks[0]
		status, body := fetch(t, link.ExternalLink)
		if status != http.StatusOK {
			t.Fatalf("status %d: %s", status, body)
		}
		r, err := ipc.NewReader(bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
			if rows == 0 && (r.RecordBatch().Column(1).ValueStr(0) != "n0" || !r.RecordBatch().Column(1).IsNull(1)) {
				t.Errorf("first rows: %v", r.RecordBatch().Column(1))
			}
			rows += r.RecordBatch().NumRows()
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		r.Release()
		if link.NextChunkIndex == nil {
			break
		}
		chunk = chunkAnswer{}
		if err := c.Do(t.Context(), http.MethodGet, link.NextChunkInternalLink, nil, nil, nil, &chunk); err != nil {
			t.Fatal(err)
		}
	}
	if rows != 200000 {
		t.Errorf("%d rows came", rows)
	}
}
