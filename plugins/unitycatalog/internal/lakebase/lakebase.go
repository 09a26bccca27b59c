// Package lakebase asks the plugin of that name for what it keeps of the caller: what was run, and saved queries. An app without it
// answers NotEnabled, and its pages go on without.
package lakebase

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

const (
	name = "lakebase"
	root = "/api/lakebase"
	// patience is how long a request waits for an answer.
	patience = 2 * time.Second
	// maxAnswer is the largest answer that is read: statements of up to 1 MiB, some of them.
	maxAnswer = 32 << 20
)

// Calls are what the manifest must list.
var Calls = []plugin.CallTarget{
	{Plugin: name, Method: http.MethodGet, Pattern: root + "/history"},
	{Plugin: name, Method: http.MethodPost, Pattern: root + "/history"},
	{Plugin: name, Method: http.MethodGet, Pattern: root + "/saved-queries"},
	{Plugin: name, Method: http.MethodPost, Pattern: root + "/saved-queries"},
	{Plugin: name, Method: http.MethodGet, Pattern: root + "/saved-queries/{id}"},
}

// Execution is a statement that was run.
type Execution struct {
	Statement string `json:"statement"`
	Catalog   string `json:"catalog,omitempty"`
	Schema    string `json:"schema,omitempty"`
	// Status is SUCCEEDED, FAILED or CANCELED.
	Status string `json:"status"`
	// Error is the error class of one that failed.
	Error      string `json:"error,omitempty"`
	RowCount   *int64 `json:"row_count,omitempty"`
	DurationMS *int64 `json:"duration_ms,omitempty"`
}

// Entry is an Execution that was recorded.
type Entry struct {
	ID string `json:"id"`
	Execution
	ExecutedAt time.Time `json:"executed_at"`
}

// Query is a saved query.
type Query struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name"`
	Statement string `json:"statement"`
	Catalog   string `json:"catalog,omitempty"`
	Schema    string `json:"schema,omitempty"`
}

// Client asks. It is safe for concurrent use.
type Client struct {
	Host   plugin.Caller
	Logger *slog.Logger
}

// IsAbsent says of an error that the app has no lakebase.
func IsAbsent(err error) bool { return err != nil && fault.KindOf(err) == fault.NotEnabled }

// Record keeps what ctx's caller has run. What cannot be kept is said in the log alone: the run was not for this.
func (c *Client) Record(ctx context.Context, e Execution) {
	if err := c.do(ctx, http.MethodPost, "/history", e, nil); err != nil && !IsAbsent(err) {
		c.Logger.LogAttrs(ctx, slog.LevelWarn, "run not recorded", slog.String("error", err.Error()))
	}
}

// Recent returns the last of what ctx's caller has run.
func (c *Client) Recent(ctx context.Context, limit int) ([]Entry, error) {
	var answer struct {
		History []Entry `json:"history"`
	}
	err := c.do(ctx, http.MethodGet, "/history?limit="+strconv.Itoa(limit), nil, &answer)
	return answer.History, err
}

// Saved returns the first of the saved queries of ctx's caller.
func (c *Client) Saved(ctx context.Context, limit int) ([]Query, error) {
	var answer struct {
		Queries []Query `json:"saved_queries"`
	}
	err := c.do(ctx, http.MethodGet, "/saved-queries?limit="+strconv.Itoa(limit), nil, &answer)
	return answer.Queries, err
}

// Open returns one saved query of ctx's caller.
func (c *Client) Open(ctx context.Context, id string) (q Query, err error) {
	return q, c.do(ctx, http.MethodGet, "/saved-queries/"+url.PathEscape(id), nil, &q)
}

// Save keeps a query.
func (c *Client) Save(ctx context.Context, q Query) (saved Query, err error) {
	return saved, c.do(ctx, http.MethodPost, "/saved-queries", q, &saved)
}

func (c *Client) do(ctx context.Context, method, path string, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, root+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.Host.Call(request, name)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // read as far as it matters
	limited := io.LimitReader(response.Body, maxAnswer)
	if response.StatusCode >= http.StatusBadRequest {
		return refusal(response.StatusCode, limited)
	}
	if answer == nil {
		return nil
	}
	if err := json.NewDecoder(limited).Decode(answer); err != nil {
		return fmt.Errorf("answer of lakebase to %s %s: %w", method, path, err)
	}
	return nil
}

// refusal is what lakebase has said.
func refusal(status int, body io.Reader) error {
	kind := fault.Upstream
	for _, k := range fault.Kinds() {
		if k.Status() == status && k != fault.NotEnabled {
			kind = k
			break
		}
	}
	f := fault.Wrap(kind, errors.New("lakebase answers with status "+strconv.Itoa(status)), "")
	var problem fault.Problem
	if json.NewDecoder(body).Decode(&problem) == nil {
		f.Message, f.Code, f.Fields = problem.Detail, problem.Code, problem.Errors
	}
	if f.Code == fault.NotEnabled.String() {
		f.Kind = fault.NotEnabled
	}
	return f
}
