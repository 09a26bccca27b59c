package stack

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
)

// maxLine bounds one line of output and maxLines what is kept of them; older ones are forgotten.
const (
	maxLine  = 1 << 20
	maxLines = 100_000
)

// Line is one line of output. Fields are nil when it is no JSON object.
type Line struct {
	Text   string
	Fields map[string]any
}

// Field returns a field as text, "" when there is none.
func (l Line) Field(name string) string {
	v, ok := l.Fields[name]
	if !ok {
		return ""
	}
	return fmt.Sprint(v)
}

// Log is the output of the programs, as it comes.
type Log struct {
	mu      sync.Mutex
	lines   []Line
	changed chan struct{} // closed and renewed with every line
	done    chan struct{} // closed at the end of the output
}

func newLog() *Log {
	return &Log{changed: make(chan struct{}), done: make(chan struct{})}
}

// read takes lines until r ends.
func (l *Log) read(r io.Reader) {
	defer close(l.done)
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	for s.Scan() {
		line := Line{Text: s.Text()}
		if strings.HasPrefix(line.Text, "{") && json.Unmarshal(s.Bytes(), &line.Fields) != nil {
			line.Fields = nil
		}
		l.mu.Lock()
		if l.lines = append(l.lines, line); len(l.lines) > maxLines {
			l.lines = append([]Line(nil), l.lines[maxLines/2:]...)
		}
		close(l.changed)
		l.changed = make(chan struct{})
		l.mu.Unlock()
	}
	// The writer must never block on a reader that gave up, on a line that is too long for instance.
	_, _ = io.Copy(io.Discard, r)
}

// Lines returns the lines so far that match.
func (l *Log) Lines(match func(Line) bool) []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Line
	for _, line := range l.lines {
		if match(line) {
			found = append(found, line)
		}
	}
	return found
}

// Wait waits until a line matches, and returns the first that does.
func (l *Log) Wait(ctx context.Context, match func(Line) bool) (Line, error) {
	for {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if found := l.Lines(match); len(found) > 0 {
			return found[0], nil
		}
		select {
		case <-changed:
		case <-l.done:
			if found := l.Lines(match); len(found) > 0 {
				return found[0], nil
			}
			return Line{}, fmt.Errorf("the output ended without the line; its end:\n%s", l.Tail(20))
		case <-ctx.Done():
			return Line{}, fmt.Errorf("wait for a line: %w; the output's end:\n%s", ctx.Err(), l.Tail(20))
		}
	}
}

// Tail returns the last n lines.
func (l *Log) Tail(n int) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, line := range l.lines[max(0, len(l.lines)-n):] {
		b.WriteString(line.Text)
		b.WriteByte('\n')
	}
	return b.String()
}
