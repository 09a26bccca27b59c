package supervisor

import (
	"bytes"
	"log/slog"
	"sync"
	"time"
)

// The bounds of what is kept of a process's output for its status.
const (
	// keptLines is how many of the last lines are kept.
	keptLines = 20
	// keptLineBytes is how much of each of them, and of the line of a panic.
	keptLineBytes = 512
)

// output takes what one process writes to stdout and stderr: it logs each line, within the plugin's rate, and keeps the
// last ones. go-plugin's own parser of stderr is not used: it panics on JSON of unexpected types.
type output struct {
	log *pluginLog

	mu     sync.Mutex
	last   [keptLines][]byte // a ring
	lines  int               // how many have come
	panic  []byte            // the first line of a panic, nil without one
	broken bool              // a panic has begun: what follows is its trace
}

// stream returns a writer of one of the process's streams: "stdout" or "stderr".
func (o *output) stream(name string) *lineWriter {
	return &lineWriter{emit: func(line []byte, cut bool) { o.line(name, line, cut) }}
}

// line takes one line.
func (o *output) line(stream string, line []byte, cut bool) {
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	trace := o.keep(line)
	if !o.log.allow() {
		return
	}
	if record, ok := parseLine(line); ok && !cut {
		emit(o.log.handler, record.at, record.level, record.message, record.attrs)
		return
	}
	level := slog.LevelWarn
	if trace {
		level = slog.LevelError
	}
	attrs := []slog.Attr{slog.String("line", printable(string(line)))}
	if cut {
		attrs = append(attrs, slog.Int("cut_at_bytes", maxLine))
	}
	emit(o.log.handler, time.Now(), level, "plugin "+stream, attrs)
}

// keep remembers the line for the process's status and says whether it belongs to a panic.
func (o *output) keep(line []byte) (trace bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	slot := &o.last[o.lines%keptLines]
	*slot = append((*slot)[:0], line[:min(len(line), keptLineBytes)]...)
	o.lines++
	if !o.broken && startsPanic(line) {
		o.panic = bytes.Clone(line[:min(len(line), keptLineBytes)])
		o.broken = true
	}
	return o.broken
}

// startsPanic says whether a line is the first that Go's runtime writes when it ends a program.
func startsPanic(line []byte) bool {
	for _, start := range [][]byte{[]byte("panic: "), []byte("fatal error: "), []byte("runtime: out of memory"), []byte("SIG")} {
		if bytes.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

// describe adds what the process said last to its exit.
func (o *output) describe(e *Exit) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e.Panic = printable(string(o.panic))
	for i := max(0, o.lines-keptLines); i < o.lines; i++ {
		e.Output = append(e.Output, printable(string(o.last[i%keptLines])))
	}
}
