package ui

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (e Editor) rows() string {
	const usual = 8
	if e.Rows > 0 {
		return strconv.Itoa(e.Rows)
	}
	return strconv.Itoa(usual)
}

// errorUnits is where the error is as browsers count: in units of UTF-16, an end of line being one.
func (e Editor) errorUnits() (start, end int) {
	from := min(max(e.ErrorStart, 0), len(e.Value))
	to := min(max(e.ErrorEnd, from), len(e.Value))
	start = units(e.Value[:from])
	return start, start + units(e.Value[from:to])
}

func units(s string) int {
	n := 0
	for i, r := range s {
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
		case r > '\uffff' && r != utf8.RuneError:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Completion is a name that may stand where an Editor's user is typing.
type Completion struct {
	// Label is the name; the editor quotes it where that is needed.
	Label string `json:"label"`
	// Kind decides the icon: catalog, schema, table, view, column, function, volume or model.
	Kind string `json:"kind"`
	// Detail stands beside it: a type.
	Detail string `json:"detail,omitempty"`
}

// CompletionPath returns the parts of the name before the one that is being typed: of "main.samples.tr" main and samples.
func CompletionPath(r *http.Request) []string {
	path := r.FormValue("path")
	if path == "" {
		return nil
	}
	return strings.Split(path, pathSeparator)
}

const (
	// pathSeparator stands between the parts of a path: no name has it.
	pathSeparator = "\x1f"
	// maxCompletions is how many completions an answer has.
	maxCompletions = 1000
)

// WriteCompletions answers an Editor, with the first 1,000 completions.
func WriteCompletions(w http.ResponseWriter, all []Completion) error {
	kept := all[:min(maxCompletions, len(all))]
	if kept == nil {
		kept = []Completion{}
	}
	body, err := json.Marshal(map[string][]Completion{"items": kept})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(body)
	return err
}
