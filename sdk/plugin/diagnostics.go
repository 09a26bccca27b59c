package plugin

import "strings"

// Severity of a Diagnostic.
type Severity uint8

const (
	// Warning: the plugin works with this configuration, but somebody should look.
	Warning Severity = iota + 1
	// Error: the plugin does not accept this configuration.
	Error
)

// Diagnostic is one finding about a configuration.
type Diagnostic struct {
	Severity Severity
	// Summary is one line.
	Summary string
	// Detail says what to do about it.
	Detail string
	// Path is the dotted path of the key within the plugin's configuration, "" for all of it.
	Path string
}

// Diagnostics are the findings about one configuration. Empty means it is accepted.
type Diagnostics []Diagnostic

// OfError returns err as one error diagnostic, and nothing for nil.
func OfError(err error) Diagnostics {
	if err == nil {
		return nil
	}
	return Diagnostics{{Severity: Error, Summary: err.Error()}}
}

// HasError says whether one of them is an error.
func (ds Diagnostics) HasError() bool {
	for _, d := range ds {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// String joins the findings, one a line.
func (ds Diagnostics) String() string {
	lines := make([]string, 0, len(ds))
	for _, d := range ds {
		line := d.Summary
		if d.Path != "" {
			line = d.Path + ": " + line
		}
		if d.Detail != "" {
			line += ": " + d.Detail
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
