package main

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
)

// peakMemory is the most memory that a process ever had resident, in megabytes.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes / 1024
}

// statementAnswer is what these tests read of a statement.
type statementAnswer struct {
	ID     string `json:"statement_id"`
	Status struct {
		State string `json:"state"`
	} `json:"status"`
	Manifest struct {
		Rows   int64 `json:"total_row_count"`
		Bytes  int64 `json:"total_byte_count"`
		Chunks int   `json:"total_chunk_count"`
	} `json:"manifest"`
	resultAnswer `json:"result"`
}

type resultAnswer struct {
	Links []struct {
		URL  string `json:"external_link"`
		Next string `json:"next_chunk_internal_link"`
	} `json:"external_links"`
}

func TestTenMillionRowsNeedLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches ten million rows twice: run without -short")
	}
	const rows, maxGrowth = 10_000_000, 200
	e, c, _ := serveWorkspace(t)
	run := func(statement, format string) statementAnswer {
		var a statementAnswer
		c.call(http.MethodPost, "/api/2.0/sql/statements", map[string]any{
			"warehouse_id": c.warehouse, "statement": statement, "disposition": "EXTERNAL_LINKS", "format": format, "wait_timeout": "0s",
		}, &a)
		eventually(t, statement, func() bool {
			id := a.ID
			a = statementAnswer{}
			c.call(http.MethodGet, "/api/2.0/sql/statements/"+id, nil, &a)
			return a.Status.State != "PENDING" && a.Status.State != "RUNNING"
		})
		if a.Status.State != "SUCCEEDED" {
			t.Fatalf("%s: %s", statement, a.Status.State)
		}
		return a
	}
	run("SELECT count(*) FROM samples.transport.airports", "JSON_ARRAY")
	before := peakMemory(t, e.cmd.Process.Pid)
	for _, format := range []string{"JSON_ARRAY", "ARROW_STREAM"} {
		a := run("SELECT id, id % 7 AS m FROM range(10000000)", format)
		if a.Manifest.Rows != rows {
			t.Fatalf("%s: %d rows", format, a.Manifest.Rows)
		}
		var fetched int64
		for link := a.Links[0]; ; {
			fetched += c.drain(link.URL)
			if link.Next == "" {
				break
			}
			var next resultAnswer
			c.call(http.MethodGet, link.Next, nil, &next)
			link = next.Links[0]
		}
		if fetched < 80_000_000 {
			t.Errorf("%s: %d bytes came", format, fetched)
		}
	}
	grown := peakMemory(t, e.cmd.Process.Pid) - before
	t.Logf("before %d MB, grown by %d MB", before, grown)
	if grown >= maxGrowth {
		t.Errorf("grown by %d MB, want less than %d", grown, maxGrowth)
	}
}
