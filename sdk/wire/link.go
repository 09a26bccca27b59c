package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"syscall"

	pluginv1 "corbel.example/sdk/proto/corbel/plugin/v1"
)

const (
	frameLengthBytes = 4
	linkReadBuffer   = 64 << 10
	// inlineFlushes is how many rounds of writing a sender does for others before the link's writer takes over.
	inlineFlushes = 4
	// crowd is how many exchanges under way make it worth to wait for company before a write.
	crowd = 4
)

// errLinkClosed is what a link gives after Close.
var errLinkClosed = errors.New("link closed")

// link carries frames over a connected socket. A sender writes its frame itself when the socket takes it at once, which
// saves two goroutine switches an exchange; frames made meanwhile are collected and leave together. When the socket is
// full the link's own goroutine takes over, so that send never waits: what can pile up is bounded by the exchanges in flight.
type link struct {
	conn net.Conn
	raw  syscall.RawConn
	// load is the number of exchanges under way. In a crowd a sender lets others run before it writes, so that their frames
	// share its system call and the other side's wake-up; alone it would only lose time.
	load func() int

	mu      sync.Mutex
	pending []byte // frames to be written after those being written
	spare   []byte // the buffer written last, to be used again
	writing bool   // somebody writes
	err     error  // why the link ended

	rest   chan []byte // handed to the writer goroutine: what the socket did not take
	closed chan struct{}
	once   sync.Once
	done   sync.WaitGroup
}

func newLink(conn net.Conn, load func() int) *link {
	l := &link{conn: conn, load: load, rest: make(chan []byte, 1), closed: make(chan struct{})}
	if sc, ok := conn.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			l.raw = raw
		}
	}
	l.done.Go(l.write)
	return l
}

// close ends the link; err is what later sends return. It does not wait for the writer.
func (l *link) close(err error) {
	l.once.Do(func() {
		l.mu.Lock()
		l.err = err
		l.mu.Unlock()
		close(l.closed)
		// The other side has nothing more to say and we nothing to hear: an error here changes nothing.
		_ = l.conn.Close()
	})
}

// wait returns when the writer has ended. Call it after close.
func (l *link) wait() { l.done.Wait() }

// send queues a frame and writes it if nobody else is writing. It never waits for the other side.
func (l *link) send(f *pluginv1.Frame) error {
	size := f.SizeVT()
	if size > MaxFrame {
		return fmt.Errorf("frame of %d bytes: the limit is %d", size, MaxFrame)
	}
	l.mu.Lock()
	if l.err != nil {
		defer l.mu.Unlock()
		return l.err
	}
	if err := l.appendFrame(f, size); err != nil {
		l.mu.Unlock()
		return err
	}
	if l.writing {
		l.mu.Unlock()
		return nil
	}
	l.writing = true
	if l.load() >= crowd {
		l.mu.Unlock()
		runtime.Gosched()
		l.mu.Lock()
	}
	for range inlineFlushes {
		buf := l.take()
		l.mu.Unlock()
		n, err := l.tryWrite(buf)
		if err != nil {
			l.close(err)
			return err
		}
		if n < len(buf) {
			l.rest <- buf[n:] // never blocks: only the one that set writing sends, and its buffer holds one
			return nil
		}
		l.mu.Lock()
		l.spare = buf[:0]
		if len(l.pending) == 0 {
			l.writing = false
			l.mu.Unlock()
			return nil
		}
	}
	l.mu.Unlock()
	l.rest <- nil
	return nil
}

// appendFrame encodes f behind the pending frames. l.mu is held.
func (l *link) appendFrame(f *pluginv1.Frame, size int) error {
	start := len(l.pending)
	end := start + frameLengthBytes + size
	l.pending = grow(l.pending, end)
	binary.LittleEndian.PutUint32(l.pending[start:], uint32(size)) //nolint:gosec // at most MaxFrame
	if _, err := f.MarshalToSizedBufferVT(l.pending[start+frameLengthBytes : end]); err != nil {
		l.pending = l.pending[:start]
		return fmt.Errorf("encode frame: %w", err)
	}
	return nil
}

func grow(b []byte, n int) []byte {
	if n <= cap(b) {
		return b[:n]
	}
	bigger := make([]byte, n, max(n, 2*cap(b), 4<<10))
	copy(bigger, b)
	return bigger
}

// take returns what is to be written and makes room for more. l.mu is held.
func (l *link) take() []byte {
	buf := l.pending
	l.pending, l.spare = l.spare[:0], nil
	return buf
}

// tryWrite writes what the socket takes without waiting.
func (l *link) tryWrite(buf []byte) (n int, err error) {
	if l.raw == nil {
		return 0, nil // not a socket (a test's pipe): the writer goroutine does it
	}
	rawErr := l.raw.Write(func(fd uintptr) bool {
		for {
			n, err = syscall.Write(int(fd), buf)
			if !errors.Is(err, syscall.EINTR) {
				return true
			}
		}
	})
	switch {
	case rawErr != nil:
		return 0, rawErr
	case errors.Is(err, syscall.EAGAIN):
		return 0, nil
	case err != nil:
		return 0, err
	}
	return n, nil
}

// write is the writer goroutine: it finishes what a sender could not.
func (l *link) write() {
	for {
		select {
		case <-l.closed:
			return
		case buf := <-l.rest:
			for more := true; more; {
				if len(buf) > 0 {
					if _, err := l.conn.Write(buf); err != nil {
						l.close(err)
						return
					}
				}
				l.mu.Lock()
				if len(l.pending) == 0 {
					l.writing, more = false, false
				} else {
					buf = l.take()
				}
				l.mu.Unlock()
			}
		}
	}
}

// read calls handle with every frame that arrives, until the link ends, and returns why: io.EOF when the other side
// has closed. handle owns the frame.
func (l *link) read(handle func(*pluginv1.Frame) error) error {
	r := bufio.NewReaderSize(l.conn, linkReadBuffer)
	for {
		f, err := readFrame(r)
		if err != nil {
			return err
		}
		if err := handle(f); err != nil {
			return err
		}
	}
}

// readFrame reads one frame. Its strings and bytes share one buffer, made for this frame.
func readFrame(r io.Reader) (*pluginv1.Frame, error) {
	var prefix [frameLengthBytes]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(prefix[:])
	if size > MaxFrame {
		return nil, fmt.Errorf("frame of %d bytes: the limit is %d", size, MaxFrame)
	}
	buf := make([]byte, size)
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, fmt.Errorf("frame cut off: %w", err)
	}
	f := pluginv1.FrameFromVTPool()
	if err := f.UnmarshalVTUnsafe(buf); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	return f, nil
}
