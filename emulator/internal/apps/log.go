package apps

import (
	"bytes"
	"strings"
	"sync"
	"time"
)

const (
	// maxLogLines bounds the lines of an app that are kept; the oldest make room.
	maxLogLines = 5000
	// maxLogLine bounds one of them, in bytes.
	maxLogLine = 8 << 10
)

// Who writes to an app's log.
const (
	fromApp    = "APP"
	fromSystem = "SYSTEM"
)

// Line is a line of an app's log.
type Line struct {
	Source string `json:"source"`
	// Timestamp is in seconds since 1970.
	Timestamp float64 `json:"timestamp"`
	Message   string  `json:"message"`
}

// Log is the end of what an app and the workspace have said about it. It is safe for concurrent use.
type Log struct {
	mu      sync.Mutex
	lines   []Line
	first   int // number of the first of lines
	changed chan struct{}
}

func newLog() *Log { return &Log{changed: make(chan struct{})} }

// Since returns the lines from a number on, the number of the next, and a channel that is
// closed when there is one. Lines that are not kept any more are left out.
func (l *Log) Since(number int) (lines []Line, next int, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := min(max(number-l.first, 0), len(l.lines))
	return append([]Line(nil), l.lines[from:]...), l.first + len(l.lines), l.changed
}

func (l *Log) add(source string, messages ...string) {
	at := float64(time.Now().UnixMilli()) / 1000
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range messages {
		if len(m) > maxLogLine {
			m = m[:maxLogLine]
		}
		if len(l.lines) == maxLogLines {
			l.lines = append(l.lines[:0], l.lines[1:]...)
			l.first++
		}
		l.lines = append(l.lines, Line{source, at, strings.ToValidUTF8(m, "\uFFFD")})
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// say adds what the workspace has to say.
func (l *Log) say(message string) { l.add(fromSystem, strings.Split(message, "\n")...) }

// output takes what an app writes, whole lines at a time.
type output struct{ log *Log }

func (o output) Write(p []byte) (int, error) {
	var messages []string
	for line := range bytes.Lines(p) {
		messages = append(messages, string(bytes.TrimRight(line, "\r\n")))
	}
	o.log.add(fromApp, messages...)
	return len(p), nil
}
