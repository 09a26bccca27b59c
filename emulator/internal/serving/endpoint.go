package serving

import (
	"sync"
	"time"

	"corbel.example/emulator/internal/principal"
)

// Ready says whether an endpoint answers.
type Ready string

// The states of an endpoint.
const (
	StateReady    Ready = "READY"
	StateNotReady Ready = "NOT_READY"
)

// ConfigUpdate says whether an endpoint is being changed.
type ConfigUpdate string

// The states of a change.
const (
	NotUpdating      ConfigUpdate = "NOT_UPDATING"
	UpdateInProgress ConfigUpdate = "IN_PROGRESS"
	UpdateFailed     ConfigUpdate = "UPDATE_FAILED"
	UpdateCancelled  ConfigUpdate = "UPDATE_CANCELED"
)

// State is an endpoint's state.
type State struct {
	Ready        Ready        `json:"ready"`
	ConfigUpdate ConfigUpdate `json:"config_update"`
}

// Valid reports whether both parts are states that there are.
func (s State) Valid() bool {
	switch s.ConfigUpdate {
	case NotUpdating, UpdateInProgress, UpdateFailed, UpdateCancelled:
		return s.Ready == StateReady || s.Ready == StateNotReady
	}
	return false
}

// Tasks of endpoints that aren't custom models.
const (
	TaskChat       = "llm/v1/chat"
	TaskEmbeddings = "llm/v1/embeddings"
)

// Endpoint is a serving endpoint. It is safe for concurrent use.
type Endpoint struct {
	// ID is what permissions are asked for by, 32 hexadecimal digits.
	ID   string
	Name string
	// Task is empty for custom models.
	Task string
	// Model names what is served, and ServedName this serving of it.
	Model, ServedName string
	Created           time.Time
	// Input and Output are JSON Schemas of requests and answers, Example is a request.
	Input, Output any
	Example       any

	about   string
	load    func() (Model, string, error)
	limiter *limiter

	mu      sync.Mutex
	model   Model  // nil until it has been trained
	report  string // how the model did when it was trained
	failure string // why it was not
	forced  *State // what tests want it to be
	grants  map[string]Permission
}

// Description says what the endpoint is and, once its model has been trained, how good it is.
func (e *Endpoint) Description() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.report == "" {
		return e.about
	}
	return e.about + " " + e.report
}

// State returns the endpoint's state, and a message about it that may be empty.
func (e *Endpoint) State() (State, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state(), e.failure
}

// state is State for callers that hold the lock.
func (e *Endpoint) state() State {
	switch {
	case e.forced != nil:
		return *e.forced
	case e.model != nil:
		return State{StateReady, NotUpdating}
	case e.failure != "":
		return State{StateNotReady, UpdateFailed}
	default:
		return State{StateNotReady, UpdateInProgress}
	}
}

// Force gives the endpoint a state; nil gives it its own again.
func (e *Endpoint) Force(s *State) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.forced = s
}

// Limit changes how many requests a user may send to the endpoint in a minute; 0 means any number.
func (e *Endpoint) Limit(perMinute int) { e.limiter.set(perMinute) }

// Ready returns what answers requests, or false when the endpoint isn't ready.
func (e *Endpoint) Ready() (Model, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.model, e.model != nil && e.state().Ready == StateReady
}

// Admit counts a request of somebody. Beyond the limit it returns false, and when to try again.
func (e *Endpoint) Admit(p principal.Principal) (wait time.Duration, ok bool) {
	return e.limiter.take(p.UserName)
}

// train trains the model.
func (e *Endpoint) train() {
	model, report, err := e.load()
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.failure = err.Error()
		return
	}
	e.model, e.report = model, report
}
