package config

import (
	"strconv"
	"strings"
)

// Origin is where a value came from.
type Origin struct {
	// Source is a file's path, "environment NAME", "flag --name" or "default".
	Source string
	// Line within a file, from 1; 0 for everything that is not a file.
	Line int
}

// String returns "config/corbel.yaml:12", "environment LOG_LEVEL", "flag --port" or "default".
func (o Origin) String() string {
	if o.Line == 0 {
		return o.Source
	}
	return o.Source + ":" + strconv.Itoa(o.Line)
}

// Finding is one thing that is wrong with the configuration.
type Finding struct {
	Origin Origin
	// Key is the dotted key, "" when the finding is about a whole file.
	Key string
	// Message says what is wrong and what to do. It holds no secret.
	Message string
}

// String returns the finding as one line.
func (f Finding) String() string {
	if f.Origin == (Origin{}) {
		return f.Message
	}
	return f.Origin.String() + ": " + f.Message
}

// Findings are all things that are wrong with the configuration, in the order of the layers and their lines.
type Findings []Finding

// Error returns the findings, one a line.
func (fs Findings) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}
