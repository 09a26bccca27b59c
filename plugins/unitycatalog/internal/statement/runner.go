package statement

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go/client"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const (
	root = "/api/2.0/sql/statements"
	// waitTimeout is how long a submission waits for the result; most statements need no poll. The API takes 5 to 50 s.
	waitTimeout = 5 * time.Second
	// submitTimeout bounds a submission after its caller has left.
	submitTimeout = 30 * time.Second
	firstPoll     = 100 * time.Millisecond
	longestPoll   = 2 * time.Second
	pollFactor    = 1.5
	// cancelTimeout bounds the cancelling of a statement whose caller has left.
	cancelTimeout = 10 * time.Second
	// columnsTTL and maxKeptColumns bound what is remembered of results, whose chunks come without columns. The
	// workspace keeps results for about an hour.
	columnsTTL     = time.Hour
	maxKeptColumns = 50_000
)

// Settings of a Runner.
type Settings struct {
	// WarehouseID is empty when there is none; statements then get a fault that says so.
	WarehouseID string
	// Timeout bounds a statement.
	Timeout time.Duration
	Logger  *slog.Logger
}

// Runner runs statements. It is safe for concurrent use.
type Runner struct {
	workspace  *workspace.Workspace
	settings   Settings
	links      *links
	columns    *workspace.Cache[string, []Column]
	manifests  *workspace.Cache[string, *Manifest]
	background *tasks
}

// NewRunner returns a Runner.
func NewRunner(w *workspace.Workspace, settings Settings) *Runner {
	return &Runner{
		workspace: w, settings: settings, background: newTasks(), links: newLinks(),
		columns: workspace.NewCache[string](workspace.CacheSettings[[]Column]{
			MaxEntries: maxKeptColumns, TTL: columnsTTL,
			Weigh: func(c []Column) uint32 { return uint32(len(c)) + 1 }, //nolint:gosec // bounded by the size of an answer
		}),
		manifests: workspace.NewCache[string](workspace.CacheSettings[*Manifest]{MaxEntries: maxKeptManifests, TTL: columnsTTL, Weigh: (*Manifest).weight}),
	}
}

// Close waits for cancellations under way, each bounded. Statements under way end as they would have.
func (r *Runner) Close() {
	r.background.wait()
	r.columns.Close()
	r.manifests.Close()
	r.links.close()
}

// Execute runs a statement to its end and returns its result with the first chunk of rows.
func (r *Runner) Execute(ctx context.Context, request Request) (*Result, error) {
	start := time.Now()
	ctx, stop := context.WithTimeout(ctx, r.settings.Timeout)
	defer stop()
	c, err := r.client(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := r.submit(ctx, c, request, waitTimeout)
	if err == nil {
		answer, err = r.wait(ctx, c, answer)
	}
	if err != nil {
		return nil, r.explain(ctx, err)
	}
	result, err := answer.outcome()
	r.log(ctx, answer, start)
	if err != nil {
		return nil, err
	}
	return result, r.remember(ctx, result)
}

// Start submits a statement and returns without waiting for its end. It runs on when the caller leaves.
func (r *Runner) Start(ctx context.Context, request Request) (*Result, error) {
	start := time.Now()
	c, err := r.client(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := r.submit(ctx, c, request, 0)
	if err != nil {
		return nil, err
	}
	r.log(ctx, answer, start)
	result, err := answer.outcome()
	if err != nil {
		return nil, err
	}
	return result, r.remember(ctx, result)
}

// Get returns a statement of the user's own: its state while it runs, its result with the first chunk when it has
// succeeded. One that failed gives its failure, one of another user is not found.
func (r *Runner) Get(ctx context.Context, id string) (*Result, error) {
	c, err := r.clientFor(ctx, id)
	if err != nil {
		return nil, err
	}
	answer, err := r.fetch(ctx, c, id)
	if err != nil {
		return nil, err
	}
	result, err := answer.outcome()
	if err != nil {
		return nil, err
	}
	return result, r.remember(ctx, result)
}

// Chunk returns a chunk of the result of one of the user's own statements.
func (r *Runner) Chunk(ctx context.Context, id string, index int) (*Chunk, error) {
	c, err := r.clientFor(ctx, id)
	if err != nil {
		return nil, err
	}
	columns, err := r.columns.Get(ctx, id, func(ctx context.Context) ([]Column, error) {
		answer, err := r.fetch(ctx, c, id)
		if err != nil {
			return nil, err
		}
		if answer.running() {
			return nil, fault.New(fault.Conflict, "The statement has no result yet. Try again when it has succeeded.").WithCode("STATEMENT_RUNNING")
		}
		result, err := answer.outcome()
		if err != nil {
			return nil, err
		}
		return result.Columns, nil
	})
	if err != nil {
		return nil, err
	}
	var answer chunk
	path := statementPath(id) + "/result/chunks/" + strconv.Itoa(index)
	if err := workspace.Do(ctx, c, workspace.Call{Op: "unitycatalog.chunk", Method: http.MethodGet, Path: path, Answer: &answer}); err != nil {
		return nil, noChunk(ownOnly(err))
	}
	rows, err := newRows(columns, answer.Cells)
	if err != nil {
		return nil, err
	}
	return &Chunk{ID: id, Index: index, RowOffset: answer.RowOffset, Columns: columns, Rows: rows, NextChunk: answer.Next}, nil
}

// Cancel asks for the end of one of the user's own statements. One that has ended stays as it is.
func (r *Runner) Cancel(ctx context.Context, id string) error {
	c, err := r.clientFor(ctx, id)
	if err != nil {
		return err
	}
	// Databricks answers a cancel the same whether there is such a statement or not.
	if _, err := r.fetch(ctx, c, id); err != nil {
		return err
	}
	return ownOnly(cancel(ctx, c, id))
}

func (r *Runner) client(ctx context.Context) (*client.DatabricksClient, error) {
	if r.settings.WarehouseID == "" {
		return nil, &fault.Error{
			Kind: fault.Unavailable, Code: "WAREHOUSE_MISSING", Op: "unitycatalog.statement",
			Message: "This application has no SQL warehouse. Set DATABRICKS_WAREHOUSE_ID or plugins.unitycatalog.config.warehouse_id.",
		}
	}
	return r.workspace.User(ctx)
}

var validID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func (r *Runner) clientFor(ctx context.Context, id string) (*client.DatabricksClient, error) {
	if !validID.MatchString(id) {
		return nil, errNoStatement(errors.New("malformed statement id"))
	}
	return r.workspace.User(ctx)
}

func (r *Runner) fetch(ctx context.Context, c *client.DatabricksClient, id string) (*response, error) {
	var answer response
	err := workspace.Do(ctx, c, workspace.Call{Op: "unitycatalog.statement", Method: http.MethodGet, Path: statementPath(id), Answer: &answer})
	if err != nil {
		return nil, ownOnly(err)
	}
	return &answer, answer.check()
}

// remember keeps the columns of a result for its chunks.
func (r *Runner) remember(ctx context.Context, result *Result) error {
	if result.State != Succeeded || result.ChunkCount < 2 {
		return nil
	}
	_, err := r.columns.Get(ctx, result.ID, func(context.Context) ([]Column, error) { return result.Columns, nil })
	return err
}

func (r *Runner) log(ctx context.Context, answer *response, start time.Time) {
	attrs := []slog.Attr{
		slog.String("statement_id", answer.ID), slog.String("state", string(answer.Status.State)),
		slog.Int64("rows", answer.Manifest.RowCount), slog.Int64("duration_ms", time.Since(start).Milliseconds()),
	}
	if answer.Status.State == Failed {
		attrs = append(attrs, slog.String("code", failure(answer.Status.Error.Code, answer.Status.Error.Message, answer.Status.SQLState).Code))
	}
	r.settings.Logger.LogAttrs(ctx, slog.LevelInfo, "statement", attrs...)
}

func cancel(ctx context.Context, c *client.DatabricksClient, id string) error {
	return workspace.Do(ctx, c, workspace.Call{Op: "unitycatalog.cancel", Method: http.MethodPost, Path: statementPath(id) + "/cancel"})
}

func statementPath(id string) string { return root + "/" + url.PathEscape(id) }

// ownOnly makes another user's statement one that does not exist: whether it does is not the caller's to know.
func ownOnly(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	denied := f.Kind == fault.Forbidden && !strings.Contains(f.Message, "scope")
	if denied || f.Kind == fault.NotFound {
		return errNoStatement(err)
	}
	return err
}

// noChunk says of a statement that is the user's what is missing. The workspace tells a chunk beyond the last like a result
// that has expired.
func noChunk(err error) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.Wrap(fault.NotFound, err, "The statement's result has no such chunk, or has expired. The statement says how many there are.").
		WithCode("CHUNK_NOT_FOUND").WithOp("unitycatalog.chunk")
}

func errNoStatement(err error) *fault.Error {
	return fault.Wrap(fault.NotFound, err, "There is no such statement of yours. It may have expired: run it again.").WithCode(CodeUnknown).WithOp("unitycatalog.statement")
}

// Warehouse returns the state of the warehouse, as the user may know it: RUNNING, STARTING, STOPPED, ...
func (r *Runner) Warehouse(ctx context.Context) (string, error) {
	c, err := r.client(ctx)
	if err != nil {
		return "", err
	}
	var answer struct {
		State string `json:"state"`
	}
	err = workspace.Do(ctx, c, workspace.Call{
		Op: "unitycatalog.warehouse", Method: http.MethodGet,
		Path: "/api/2.0/sql/warehouses/" + url.PathEscape(r.settings.WarehouseID), Answer: &answer,
	})
	return answer.State, err
}
