package warehouse

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/databricks/databricks-sdk-go/client"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

const (
	root = "/api/2.0/sql/statements"
	// waitTimeout is how long a submission waits for the end of its statement.
	waitTimeout = "5s"
	firstPoll   = 100 * time.Millisecond
	longestPoll = 2 * time.Second
	// cancelTimeout bounds the cancelling of a statement that nobody waits for any more.
	cancelTimeout = 5 * time.Second
	// attempts is how often a statement is sent, with a pause that doubles from firstPause.
	attempts   = 4
	firstPause = 250 * time.Millisecond
)

// Settings of a Warehouse.
type Settings struct {
	// ID is empty when there is no warehouse: statements then get a fault that says so.
	ID string
	// Timeout bounds a statement, the start of the warehouse included.
	Timeout time.Duration
	Logger  *slog.Logger
}

// Warehouse runs statements. It is safe for concurrent use.
type Warehouse struct {
	workspace *workspace.Workspace
	settings  Settings
}

// New returns a Warehouse.
func New(w *workspace.Workspace, settings Settings) *Warehouse {
	return &Warehouse{workspace: w, settings: settings}
}

// Result is what a statement returned: one chunk, the sample is small.
type Result struct {
	Columns []string
	Rows    [][]*string
}

// Run runs a statement to its end. waiting, if not nil, is called once when the warehouse has to start first.
func (w *Warehouse) Run(ctx context.Context, statement dataset.Statement, waiting func()) (*Result, error) {
	ctx, stop := context.WithTimeout(ctx, w.settings.Timeout)
	defer stop()
	if w.settings.ID == "" {
		return nil, fault.New(fault.Unavailable, "This application has no SQL warehouse. Set DATABRICKS_WAREHOUSE_ID or plugins.sampledata.config.warehouse_id.").
			WithCode("WAREHOUSE_MISSING")
	}
	c, err := w.workspace.User(ctx)
	if err != nil {
		return nil, err
	}
	pause := firstPause
	for try := 1; ; try++ {
		result, err := w.once(ctx, c, statement, waiting)
		if err == nil || try == attempts || !passes(err) {
			return result, explain(ctx, err)
		}
		w.settings.Logger.LogAttrs(ctx, slog.LevelInfo, "statement is sent again", slog.Int("try", try), slog.Any("error", err))
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, explain(ctx, err)
		}
		pause *= 2
	}
}

// answer is what the Statement Execution API says about a statement.
type answer struct {
	ID     string `json:"statement_id"`
	Status struct {
		State string `json:"state"`
		Error struct {
			Code    string `json:"error_code"`
			Message string `json:"message"`
		} `json:"error"`
	} `json:"status"`
	Manifest struct {
		Schema struct {
			Columns []struct {
				Name string `json:"name"`
			} `json:"columns"`
		} `json:"schema"`
	} `json:"manifest"`
	Result struct {
		Cells [][]*string `json:"data_array"`
	} `json:"result"`
}

func (a *answer) running() bool { return a.Status.State == "PENDING" || a.Status.State == "RUNNING" }

// once sends a statement once, and waits for its end. It cancels the statement when it cannot wait any longer.
func (w *Warehouse) once(ctx context.Context, c *client.DatabricksClient, statement dataset.Statement, waiting func()) (*Result, error) {
	var a answer
	err := workspace.Do(ctx, c, workspace.Call{Op: "sampledata.statement", Method: http.MethodPost, Path: root, Answer: &a, Body: map[string]any{
		"statement": statement.SQL, "parameters": statement.Parameters, "warehouse_id": w.settings.ID,
		"wait_timeout": waitTimeout, "on_wait_timeout": "CONTINUE", "disposition": "INLINE", "format": "JSON_ARRAY",
	}})
	if err != nil {
		return nil, missing(err)
	}
	id, interval, told := a.ID, firstPoll, waiting == nil
	for a.running() {
		if a.Status.State == "PENDING" && !told {
			told = true
			waiting()
		}
		timer := time.NewTimer(interval)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			w.cancel(ctx, c, id)
			if a.Status.State == "PENDING" {
				return nil, errors.Join(errPending, ctx.Err())
			}
			return nil, ctx.Err()
		}
		next := answer{}
		if err := workspace.Do(ctx, c, workspace.Call{Op: "sampledata.poll", Method: http.MethodGet, Path: path(id), Answer: &next}); err != nil {
			w.cancel(ctx, c, id)
			return nil, err
		}
		a = next
		interval = min(2*interval, longestPoll)
	}
	if a.Status.State != "SUCCEEDED" {
		return nil, failure(a.Status.State, a.Status.Error.Code, a.Status.Error.Message)
	}
	result := &Result{Rows: a.Result.Cells}
	for _, column := range a.Manifest.Schema.Columns {
		result.Columns = append(result.Columns, column.Name)
	}
	return result, nil
}

func (w *Warehouse) cancel(ctx context.Context, c *client.DatabricksClient, id string) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer stop()
	if err := workspace.Do(ctx, c, workspace.Call{Op: "sampledata.cancel", Method: http.MethodPost, Path: path(id) + "/cancel"}); err != nil {
		w.settings.Logger.LogAttrs(ctx, slog.LevelWarn, "statement could not be cancelled", slog.String("statement_id", id), slog.Any("error", err))
	}
}

func path(id string) string { return root + "/" + url.PathEscape(id) }

// Value returns the first row's value of a column, nil when there is none.
func (r *Result) Value(column string) *string {
	for i, name := range r.Columns {
		if name == column && len(r.Rows) > 0 && i < len(r.Rows[0]) {
			return r.Rows[0][i]
		}
	}
	return nil
}
