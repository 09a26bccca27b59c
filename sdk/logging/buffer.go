package logging

import (
	"io"
	"sync"
	"time"
)

const (
	// bufferDelay is how long a line waits for company.
	bufferDelay = 10 * time.Millisecond
	// maxBuffered is how many bytes wait; beyond, whoever logs writes them himself.
	maxBuffered = 64 << 10
)

// Buffer collects the lines of a log and writes them together, a moment later: a program's answer does not wait for whoever reads its
// log. What a killed process had not written yet is lost, the lines of bufferDelay at most.
//
// It is safe for concurrent use.
type Buffer struct {
	out io.Writer

	mu     sync.Mutex
	lines  []byte
	timer  *time.Timer // runs while there are lines
	closed bool
}

// NewBuffer returns a Buffer before out. Close it at the program's end.
func NewBuffer(out io.Writer) *Buffer {
	b := &Buffer{out: out}
	b.timer = time.AfterFunc(bufferDelay, b.flush)
	b.timer.Stop()
	return b
}

// Write takes whole lines. The error is that of writing to out at once, where that is done.
func (b *Buffer) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines)+len(lines) > maxBuffered {
		if err := b.write(); err != nil {
			return 0, err
		}
	}
	if b.closed || len(lines) > maxBuffered {
		return b.out.Write(lines)
	}
	if len(b.lines) == 0 {
		b.timer.Reset(bufferDelay)
	}
	b.lines = append(b.lines, lines...)
	return len(lines), nil
}

// Close writes what waits. Lines that come later are written at once.
func (b *Buffer) Close() error {
	b.timer.Stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return b.write()
}

func (b *Buffer) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	// There is nobody to tell that the log cannot be written.
	_ = b.write()
}

// write writes what waits. The caller has the lock.
func (b *Buffer) write() error {
	if len(b.lines) == 0 {
		return nil
	}
	_, err := b.out.Write(b.lines)
	b.lines = b.lines[:0]
	return err
}
