package statement

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/databricks/databricks-sdk-go/client"

	"corbel.example/sdk/fault"
	"corbel.example/sdk/workspace"
)

// submit sends a statement. The submission itself outlives ctx, within its own bound: only its answer has the id by which
// the statement can be cancelled when the caller has left meanwhile.
func (r *Runner) submit(ctx context.Context, c *client.DatabricksClient, request Request, wait time.Duration) (*response, error) {
	type outcome struct {
		answer *response
		err    error
	}
	done := make(chan outcome, 1)
	r.background.start(func() {
		detached, stop := context.WithTimeout(context.WithoutCancel(ctx), submitTimeout)
		defer stop()
		answer, err := r.post(detached, c, request, wait)
		done <- outcome{answer, err}
	})
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		r.background.start(func() {
			if o := <-done; o.err == nil && o.answer.running() {
				r.abandon(ctx, c, o.answer.ID)
			}
		})
		return nil, ctx.Err()
	}
}

func (r *Runner) post(ctx context.Context, c *client.DatabricksClient, request Request, wait time.Duration) (*response, error) {
	var answer response
	disposition := "INLINE"
	if request.External {
		disposition = "EXTERNAL_LINKS"
	}
	err := workspace.Do(ctx, c, workspace.Call{
		Op: "unitycatalog.statement", Method: http.MethodPost, Path: root, Answer: &answer,
		Body: submission{
			Statement: request.SQL, WarehouseID: r.settings.WarehouseID, Catalog: request.Catalog, Schema: request.Schema,
			Parameters: request.Parameters, RowLimit: request.RowLimit,
			WaitTimeout: fmt.Sprintf("%ds", int(wait/time.Second)), OnWaitTimeout: "CONTINUE",
			Disposition: disposition, Format: "JSON_ARRAY",
		},
	})
	if err != nil {
		return nil, refused(err)
	}
	return &answer, answer.check()
}

// wait polls until the statement has ended. When it cannot wait any longer, it cancels the statement.
func (r *Runner) wait(ctx context.Context, c *client.DatabricksClient, answer *response) (*response, error) {
	id, interval := answer.ID, firstPoll
	for answer.running() {
		timer := time.NewTimer(interval)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			r.background.start(func() { r.abandon(ctx, c, id) })
			if answer.Status.State == Pending {
				return nil, errors.Join(errPending, ctx.Err())
			}
			return nil, ctx.Err()
		}
		next, err := r.fetch(ctx, c, id)
		if fault.KindOf(err) == fault.Timeout && isNearlyOver(ctx) {
			<-ctx.Done()
			continue
		}
		if err != nil {
			r.background.start(func() { r.abandon(ctx, c, id) })
			return nil, err
		}
		answer = next
		interval = min(time.Duration(float64(interval)*pollFactor), longestPoll)
	}
	return answer, nil
}

// isNearlyOver says whether a poll that had no answer in time was the last one: the statement is then where it was before.
func isNearlyOver(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) < longestPoll
}

// abandon cancels a statement that nobody waits for any more.
func (r *Runner) abandon(ctx context.Context, c *client.DatabricksClient, id string) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer stop()
	if err := cancel(ctx, c, id); err != nil {
		r.settings.Logger.LogAttrs(ctx, slog.LevelWarn, "statement could not be cancelled",
			slog.String("statement_id", id), slog.String("error", err.Error()))
		return
	}
	r.settings.Logger.LogAttrs(ctx, slog.LevelInfo, "statement cancelled", slog.String("statement_id", id))
}

// errPending says that a statement had not begun when its time was over.
var errPending = errors.New("the statement is still PENDING")

// startingRetry is when a warehouse that did not start in time is worth another try.
const startingRetry = 5 * time.Second

// explain tells the end of a statement's time from the caller's own leaving.
func (r *Runner) explain(ctx context.Context, err error) error {
	switch {
	case ctx.Err() == nil:
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, errPending):
		return fault.Wrap(fault.Unavailable, err, "The SQL warehouse is starting, or has too much to do. Try again in a moment.").
			WithCode("WAREHOUSE_STARTING").WithOp("unitycatalog.statement").WithRetryAfter(startingRetry)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fault.Wrap(fault.Timeout, err, "The statement took too long and was cancelled. Ask for less, narrow it with WHERE for instance.").
			WithCode("STATEMENT_TIMEOUT").WithOp("unitycatalog.statement")
	default:
		return fault.Wrap(fault.Canceled, err, "").WithOp("unitycatalog.statement")
	}
}

// refused names the way out of a submission that the warehouse itself, not the statement, stands in the way of.
func refused(err error) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.NotFound {
		return fault.Wrap(fault.Unavailable, err, "The SQL warehouse of this application does not exist or is not yours to use. Check DATABRICKS_WAREHOUSE_ID.").
			WithCode("WAREHOUSE_NOT_FOUND").WithOp(f.Op).WithOrigin(workspace.Origin)
	}
	return err
}
