package plugin

import "time"

// Depth of a health check.
type Depth uint8

const (
	// Shallow asks the plugin alone. It decides on restarts.
	Shallow Depth = iota
	// Deep asks the plugin's resources too. It decides on readiness.
	Deep
)

// Status is a state of health.
type Status uint8

const (
	// Serving: all is well.
	Serving Status = iota + 1
	// Degraded: it works in part.
	Degraded
	// NotServing: it does not work.
	NotServing
)

// String returns "serving", "degraded" or "not serving".
func (s Status) String() string {
	switch s {
	case Serving:
		return "serving"
	case Degraded:
		return "degraded"
	case NotServing:
		return "not serving"
	default:
		return "unknown"
	}
}

// Health is the outcome of a check.
type Health struct {
	Status Status
	// Message is one line for an operator; required unless Status is Serving.
	Message string
	// Resources are what a deep check asked.
	Resources []ResourceHealth
}

// ResourceHealth is the state of one thing that the plugin depends on.
type ResourceHealth struct {
	Name    string
	Status  Status
	Message string
	Latency time.Duration
}
