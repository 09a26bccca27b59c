package run

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"corbel.example/plugins/unitycatalog/internal/lakebase"
	"corbel.example/plugins/unitycatalog/internal/statement"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

const (
	// firstLook and longestPause are how often a run is asked about while somebody waits for it.
	firstLook    = 25 * time.Millisecond
	longestPause = 300 * time.Millisecond
	pauseFactor  = 1.5
	// maxOpen is how many runs of one user may be under way.
	maxOpen = 10
	// maxCaughtUp is how many forgotten runs are asked about on the way to another.
	maxCaughtUp = 3
)

// Desk starts runs and follows them. It is safe for concurrent use.
type Desk struct {
	runner *statement.Runner
	keeper *lakebase.Client
	runs   *registry
}

// NewDesk returns a Desk that records with keeper what has ended.
func NewDesk(runner *statement.Runner, keeper *lakebase.Client) *Desk {
	return &Desk{runner: runner, keeper: keeper, runs: newRegistry()}
}

// Start submits a query. A refusal is a run too, which has ended with it: what the user has written is not to be lost.
func (d *Desk) Start(ctx context.Context, q Query) *Run {
	if open := len(d.runs.open(userOf(ctx))); open >= maxOpen {
		return d.Refuse(ctx, q, fault.Newf(fault.Exhausted, "%d of your statements are running. Wait for one, or cancel it.", open).WithCode("TOO_MANY_RUNS"))
	}
	began := time.Now()
	submitted, err := d.runner.Start(ctx, statement.Request{
		SQL: q.SQL, Catalog: q.Catalog, Schema: q.Schema, Parameters: q.Parameters, RowLimit: q.Limit, External: true,
	})
	if err != nil {
		r := d.Refuse(ctx, q, err)
		d.record(ctx, r, nil)
		return r
	}
	r := &Run{ID: submitted.ID, Query: q, Began: began, seen: time.Now()}
	d.runs.add(userOf(ctx), r)
	return r
}

// Refuse keeps a query that cannot be run, with the reason.
func (d *Desk) Refuse(ctx context.Context, q Query, reason error) *Run {
	r := &Run{ID: "refused-" + rand.Text(), Query: q, ended: true, err: reason}
	d.runs.add(userOf(ctx), r)
	return r
}

// Find returns a run of ctx's caller, or nil.
func (d *Desk) Find(ctx context.Context, id string) *Run { return d.runs.get(userOf(ctx), id) }

// Status is where a run is.
type Status struct {
	// Run is nil for one that this process has not started.
	Run *Run
	// Manifest is the result, or a state alone while there is none.
	Manifest *statement.Manifest
}

// Wait follows a run until it has ended, or for as long as somebody has patience. It returns the run's failure.
func (d *Desk) Wait(ctx context.Context, id string, patience time.Duration) (Status, error) {
	r := d.Find(ctx, id)
	if r != nil && r.Began.IsZero() {
		_, _, err := r.Ending()
		return Status{Run: r}, err
	}
	until := time.Now().Add(patience)
	for pause := firstLook; ; pause = min(time.Duration(float64(pause)*pauseFactor), longestPause) {
		m, err := d.ask(ctx, id, r)
		if err != nil || m.State != statement.Pending && m.State != statement.Running || time.Now().Add(pause).After(until) {
			return Status{Run: r, Manifest: m}, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return Status{Run: r, Manifest: m}, ctx.Err()
		}
	}
}

// ask asks how a run is, and notes its end.
func (d *Desk) ask(ctx context.Context, id string, r *Run) (*statement.Manifest, error) {
	m, err := d.runner.Describe(ctx, id)
	switch {
	case r == nil:
	case err == nil && (m.State == statement.Pending || m.State == statement.Running):
		r.look(time.Now())
	case err == nil:
		if r.end(time.Now(), nil) {
			d.record(ctx, r, m)
		}
	case isItsEnd(err):
		if r.end(time.Now(), err) {
			d.record(ctx, r, nil)
		}
	}
	return m, err
}

// isItsEnd tells the failure of a statement from that of asking about it.
func isItsEnd(err error) bool {
	var f *fault.Error
	if !errors.As(err, &f) {
		return false
	}
	return statement.Words(err) != "" || f.Code == statement.CodeCanceled || f.Code == statement.CodeClosed || f.Code == statement.CodeUnknown
}

// Cancel asks for the end of a run.
func (d *Desk) Cancel(ctx context.Context, id string) error { return d.runner.Cancel(ctx, id) }

// CatchUp asks about runs of ctx's caller that nobody has seen the end of, so that they are recorded. except is one that is asked
// about anyhow.
func (d *Desk) CatchUp(ctx context.Context, except string) {
	left := maxCaughtUp
	for _, r := range d.runs.open(userOf(ctx)) {
		if r.ID == except {
			continue
		}
		if left--; left < 0 {
			return
		}
		if _, err := d.ask(ctx, r.ID, r); err != nil && !isItsEnd(err) {
			return // there is no answer for the others either
		}
	}
}

// record tells lakebase how a run ended.
func (d *Desk) record(ctx context.Context, r *Run, m *statement.Manifest) {
	_, took, err := r.Ending()
	e := lakebase.Execution{Statement: r.Query.SQL, Catalog: r.Query.Catalog, Schema: r.Query.Schema, Status: string(statement.Succeeded)}
	if ms := took.Milliseconds(); took > 0 {
		e.DurationMS = &ms
	}
	if m != nil {
		e.RowCount = &m.RowCount
	}
	if err != nil {
		e.Status, e.Error = string(statement.Failed), fault.From(err).ErrorCode()
		if e.Error == statement.CodeCanceled {
			e.Status, e.Error = string(statement.Canceled), ""
		}
		if e.Error == statement.CodeClosed || e.Error == statement.CodeUnknown {
			return // how it ended is not known
		}
	}
	d.keeper.Record(ctx, e)
}

func userOf(ctx context.Context) string {
	id, _ := identity.FromContext(ctx)
	return id.User.ID
}
