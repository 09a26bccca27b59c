package app

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

const (
	// maxLine bounds what is kept of a line that does not end, in bytes. A longer
	// one passes in pieces.
	maxLine = 64 << 10

	// The end of the output that an error message shows.
	maxTailLines = 20
	maxTailLine  = 500 // bytes
)

// lineWriter passes output on unchanged, but only whole lines at a time, so that
// lines of several writers don't mix.
type lineWriter struct {
	out     io.Writer
	tail    *tail
	pending []byte
}

// Write never fails: if nobody reads our output any more, the app must not
// notice.
func (w *lineWriter) Write(p []byte) (int, error) {
	w.pending = append(w.pending, p...)
	end := bytes.LastIndexByte(w.pending, '\n') + 1
	if end == 0 && len(w.pending) >= maxLine {
		end = len(w.pending)
	}
	if end > 0 {
		w.pass(w.pending[:end])
		w.pending = append(w.pending[:0], w.pending[end:]...)
	}
	return len(p), nil
}

// flush passes on a last line that has no end.
func (w *lineWriter) flush() {
	if len(w.pending) > 0 {
		w.pass(append(w.pending, '\n'))
		w.pending = nil
	}
}

func (w *lineWriter) pass(lines []byte) {
	w.out.Write(lines) //nolint:errcheck // see Write
	w.tail.add(lines)
}

// tail keeps the last lines. It is safe for concurrent use.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (t *tail) add(lines []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for line := range bytes.Lines(lines) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > maxTailLine {
			line = line[:maxTailLine]
		}
		if len(t.lines) == maxTailLines {
			t.lines = append(t.lines[:0], t.lines[1:]...)
		}
		t.lines = append(t.lines, string(line))
	}
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}
