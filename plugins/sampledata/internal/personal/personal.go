// Package personal gives a user rows of their own, by way of the plugin lakebase, and takes them back.
package personal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/plugin"
)

// Name of the target.
const Name = "lakebase"

const (
	keeper = "lakebase"
	path   = "/api/lakebase/sample-data"
	// maxAnswer is the largest answer that is read.
	maxAnswer = 64 << 10
	// attempts is how often a change is asked for while the database is away, with a pause that doubles from firstPause:
	// one that has slept needs some seconds.
	attempts   = 4
	firstPause = 500 * time.Millisecond
)

// Calls are what the manifest must list.
func Calls() []plugin.CallTarget {
	var calls []plugin.CallTarget
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		calls = append(calls, plugin.CallTarget{Plugin: keeper, Method: method, Pattern: path})
	}
	return calls
}

// Target is the user's own rows. Its tasks and questions need a request of the user under way.
type Target struct {
	Host  plugin.Caller
	Place dataset.Place
}

// Status is what a user has.
type Status struct {
	// State is absent, complete, incomplete, or disabled when the application has no Lakebase.
	State        string `json:"state"`
	Preferences  int    `json:"preferences"`
	SavedQueries int    `json:"saved_queries"`
	Notes        int    `json:"notes"`
	Expected     int    `json:"expected"`
}

// Disabled is the state when the application has no Lakebase.
const Disabled = "disabled"

// Rows is how much it is.
func (s *Status) Rows() int { return s.Preferences + s.SavedQueries + s.Notes }

// Request is what is sent, for those who want to see it before.
func (t *Target) Request() (method, address string, body dataset.Personal) {
	return http.MethodPut, path, dataset.PersonalOf(t.Place)
}

// SetUp gives the rows.
func (t *Target) SetUp() []run.Task {
	return []run.Task{{Target: Name, Title: "Give you preferences, saved queries and a note", Do: func(ctx context.Context, _ func(string)) (run.Outcome, error) {
		return t.change(ctx, http.MethodPut, dataset.PersonalOf(t.Place))
	}}}
}

// CleanUp takes them back.
func (t *Target) CleanUp() []run.Task {
	return []run.Task{{Target: Name, Title: "Take back preferences, saved queries and the note", Do: func(ctx context.Context, _ func(string)) (run.Outcome, error) {
		return t.change(ctx, http.MethodDelete, nil)
	}}}
}

func (t *Target) change(ctx context.Context, method string, body any) (run.Outcome, error) {
	before, err := t.patiently(ctx, http.MethodGet, nil)
	if fault.KindOf(err) == fault.NotEnabled && err != nil {
		return run.Outcome{State: run.Skipped, Note: "This application has no Lakebase: the plugin lakebase is not enabled."}, nil
	}
	if err != nil {
		return run.Outcome{}, err
	}
	after, err := t.patiently(ctx, method, body)
	if err != nil {
		return run.Outcome{}, err
	}
	rows := after.Rows()
	outcome := run.Outcome{State: run.Done, Rows: &rows}
	if before.Rows() == rows {
		outcome.State, outcome.Note = run.Unchanged, "is there"
		if method == http.MethodDelete {
			outcome.Note = "is not there"
		}
	}
	if method == http.MethodDelete {
		outcome.Rows = nil
	} else if rows < after.Expected {
		outcome.Note = "what you have chosen or named yourself stays as it is"
	}
	return outcome, nil
}

// patiently is call, for a database that may have to wake up first.
func (t *Target) patiently(ctx context.Context, method string, body any) (Status, error) {
	pause := firstPause
	for try := 1; ; try++ {
		s, err := t.call(ctx, method, body)
		if err == nil || try == attempts || fault.KindOf(err) != fault.Unavailable {
			return s, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return s, err
		}
		pause *= 2
	}
}

// Status says what the user has.
func (t *Target) Status(ctx context.Context) (Status, error) {
	s, err := t.call(ctx, http.MethodGet, nil)
	if err != nil && fault.KindOf(err) == fault.NotEnabled {
		return Status{State: Disabled}, nil
	}
	return s, err
}

func (t *Target) call(ctx context.Context, method string, body any) (s Status, err error) {
	var content []byte
	if body != nil {
		if content, err = json.Marshal(body); err != nil {
			return s, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, path, bytes.NewReader(content))
	if err != nil {
		return s, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := t.Host.Call(request, keeper)
	if err != nil {
		return s, err
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return s, err
	}
	if answer.StatusCode != http.StatusOK {
		return s, problem(answer.StatusCode, text)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fault.Wrap(fault.Upstream, err, "").WithOrigin(keeper)
	}
	all := dataset.PersonalOf(t.Place)
	s.Expected, s.State = all.Len(), "complete"
	switch rows := s.Rows(); {
	case rows == 0:
		s.State = "absent"
	case rows < s.Expected:
		s.State = "incomplete"
	}
	return s, nil
}

// problem is the fault that lakebase answered with.
func problem(status int, text []byte) error {
	kind := fault.Upstream
	for _, k := range fault.Kinds() {
		if k.Status() == status && k != fault.NotEnabled {
			kind = k
			break
		}
	}
	var p fault.Problem
	if err := json.Unmarshal(text, &p); err != nil {
		return fault.Wrap(kind, err, "").WithOrigin(keeper)
	}
	if p.Code == fault.NotEnabled.String() {
		kind = fault.NotEnabled
	}
	return fault.New(kind, p.Detail).WithCode(p.Code).WithOrigin(keeper)
}
