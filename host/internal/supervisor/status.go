package supervisor

import (
	"fmt"
	"time"
)

// State is where a plugin is in its life.
type State string

// The states of a plugin.
const (
	// Starting: its first process is being brought up.
	Starting State = "starting"
	// Ready: it serves.
	Ready State = "ready"
	// Degraded: it serves, and says itself that not all is well.
	Degraded State = "degraded"
	// Restarting: its process has ended and a new one is being brought up.
	Restarting State = "restarting"
	// CrashLoop: its processes keep ending; the next try comes after a wait.
	CrashLoop State = "crash loop"
	// Failed: a step of its start failed; the next try comes after a wait.
	Failed State = "failed"
	// Draining: it finishes what is under way.
	Draining State = "draining"
	// Stopped: it has no process and gets none.
	Stopped State = "stopped"
)

// Status is what the supervisor knows of one plugin.
type Status struct {
	Name  string
	State State
	// Since is when the plugin came into this state.
	Since time.Time
	// Ready is when the current process became ready; zero without one.
	Ready time.Time
	// Version is the manifest's; "" before the first Describe.
	Version string
	// PID of the current process, 0 without one.
	PID int
	// Restarts counts the processes that replaced one that had been ready.
	Restarts int
	// Required: the application is not ready without this plugin.
	Required bool
	// Message is one line: what is wrong and what to do about it. "" when all is well.
	Message string
	// LastExit is how the last process ended that was not told to be replaced, nil if none has.
	LastExit *Exit
}

// Exit is the end of a process.
type Exit struct {
	At time.Time
	// Code is the exit code, -1 when a signal ended the process.
	Code int
	// Signal is the name of the signal that ended the process, "" when it exited.
	Signal string
	// Reason is why the supervisor ended the process, "" when it ended by itself.
	Reason string
	// Panic is the line of a Go panic or fatal error, "" without one.
	Panic string
	// Output is the last lines the process wrote to stdout and stderr, oldest first.
	Output []string
}

// String says in one line how the process ended.
func (e *Exit) String() string {
	var s string
	if e.Signal != "" {
		s = "ended by signal: " + e.Signal
	} else {
		s = fmt.Sprintf("exit status %d", e.Code)
	}
	switch {
	case e.Reason != "":
		s = e.Reason + " (" + s + ")"
	case e.Panic != "":
		s += ": " + e.Panic
	case len(e.Output) > 0:
		s += ": " + e.Output[len(e.Output)-1]
	}
	return s
}
