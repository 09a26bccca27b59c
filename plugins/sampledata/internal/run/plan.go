package run

import "context"

// Kind says what a run is for.
type Kind string

// The kinds.
const (
	SetUp   Kind = "set-up"
	CleanUp Kind = "clean-up"
)

// Plan is what a run is to do.
type Plan struct {
	Kind Kind
	// Targets are those of the tasks, in the order in which people named them.
	Targets []string
	// Background are done one after the other, whether somebody waits or not.
	Background []Task
	// InRequest need a request of the user under way: they call another plugin. They are done beside the others.
	InRequest []Task
	// After is called once it has ended, in a request of the user: that of the first who sees the end. nil for nothing.
	After func(ctx context.Context)
}

// Task is a step that is to be done. It can be done again at any time.
type Task struct {
	Target string
	Title  string
	// Do does it. What it reports is shown while it does.
	Do func(ctx context.Context, note func(string)) (Outcome, error)
}

// Outcome is what came of a task.
type Outcome struct {
	State State
	// Rows there are now; nil where there is nothing to count.
	Rows *int
	Note string
}

// State of a step or a run.
type State string

// The states.
const (
	Pending State = "pending"
	Running State = "running"
	// Done: it was done now. Unchanged: there was nothing to do. Kept: it was left alone on purpose.
	Done      State = "done"
	Unchanged State = "unchanged"
	Kept      State = "kept"
	// Skipped: it is not possible here, or was not tried after one before it failed.
	Skipped State = "skipped"
	Failed  State = "failed"
	// Succeeded is of runs alone.
	Succeeded State = "succeeded"
)

// Step is how far a task is.
type Step struct {
	Target string `json:"target"`
	Title  string `json:"title"`
	State  State  `json:"state"`
	Note   string `json:"note,omitempty"`
	Rows   *int   `json:"rows,omitempty"`
	// ElapsedMS is how long it took, or has taken.
	ElapsedMS int64  `json:"elapsed_ms"`
	Error     *Error `json:"error,omitempty"`
}

// Error is why a step failed.
type Error struct {
	Code string `json:"code"`
	// Message says what failed and what to do about it.
	Message string `json:"message"`
	// Grants are statements that somebody with the right to must run first.
	Grants    []string `json:"grants,omitempty"`
	Retryable bool     `json:"retryable"`
}

// Snapshot is how far a run is.
type Snapshot struct {
	ID      string   `json:"id"`
	Kind    Kind     `json:"kind"`
	Targets []string `json:"targets"`
	// State is running, succeeded or failed.
	State   State `json:"state"`
	Percent int   `json:"percent"`
	// Rows are those of all steps together.
	Rows      int    `json:"rows"`
	ElapsedMS int64  `json:"elapsed_ms"`
	Steps     []Step `json:"steps"`

	// Version grows with every change.
	Version uint64 `json:"-"`
}

// Ended says whether nothing follows.
func (s *Snapshot) Ended() bool { return s.State != Running }

// FirstError is that of the first step that failed, nil when none has.
func (s *Snapshot) FirstError() *Error {
	for i := range s.Steps {
		if s.Steps[i].Error != nil {
			return s.Steps[i].Error
		}
	}
	return nil
}
